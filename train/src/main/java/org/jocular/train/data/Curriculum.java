package org.jocular.train.data;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Which lessons come in which step, as a function of seed and step alone, so that a run that was killed goes on with the very lessons it would have had.
 * Every source is gone through in epochs, each in another order ({@link Shuffle}).
 */
public final class Curriculum {
    private static final int STRIDE = 1 << 8;

    private final List<Source> sources;
    private final double[] shares;
    private final int batch;
    private final long seed;
    private final long size;
    /** For every so many items, how many of those before came from each source. */
    private final List<long[]> ranks = new ArrayList<>();

    /** How several sources are mixed. */
    public enum Mixture {
        /** As one long list: each lesson once in an epoch. */
        SIZE,
        /** Drawn item by item in proportion to the square root of the sources' sizes; Dai et al. 2023 (InstructBLIP). */
        SQRT,
        /** Drawn item by item in proportion to given weights. */
        WEIGHTS;

        /** As recipes write it. */
        public String json() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * @param weights one for each source, for {@link Mixture#WEIGHTS}; otherwise not looked at
     * @param batch lessons in a step
     */
    public Curriculum(List<? extends Source> sources, Mixture mixture, double[] weights, int batch, long seed) {
        this.sources = List.copyOf(sources);
        this.batch = batch;
        this.seed = seed;
        size = sources.stream().mapToLong(Source::size).sum();
        shares = mixture == Mixture.SIZE || sources.size() == 1 ? new double[0] : new double[sources.size()];
        for (int i = 0; i < shares.length; i++) {
            shares[i] = mixture == Mixture.SQRT ? Math.sqrt(sources.get(i).size()) : weights[i];
        }
        ranks.add(new long[sources.size()]);
    }

    /** Lessons in all sources together. */
    public long size() {
        return size;
    }

    /** Steps after which as many lessons were shown as there are, or a few more. */
    public long stepsPerEpoch() {
        return Math.ceilDiv(size, batch);
    }

    /**
     * The lessons of a step.
     *
     * @param step 0 for the first
     */
    public List<Lesson> batch(long step) {
        List<Lesson> lessons = new ArrayList<>(batch);
        for (long item = step * batch; item < (step + 1) * batch; item++) {
            lessons.add(shares.length == 0 ? listed(item) : drawn(item));
        }
        return lessons;
    }

    private Lesson listed(long item) {
        long at = shuffled(size, -1, item);
        int source = 0;
        while (at >= sources.get(source).size()) {
            at -= sources.get(source++).size();
        }
        return lesson(source, at, item);
    }

    private Lesson drawn(long item) {
        int source = sourceOf(item);
        long rank = ranksBefore(item)[source];
        return lesson(source, shuffled(sources.get(source).size(), source, rank), item);
    }

    private Lesson lesson(int source, long index, long item) {
        return sources.get(source).lesson((int) index, Draw.mix(seed, 1, item));
    }

    /** @param list tells the orders of several lists apart */
    private long shuffled(long n, int list, long rank) {
        return new Shuffle(n, Draw.mix(seed, 2, list, rank / n)).at(rank % n);
    }

    private int sourceOf(long item) {
        double total = 0;
        for (double share : shares) {
            total += share;
        }
        double left = Draw.unit(Draw.mix(seed, 3, item)) * total;
        int source = 0;
        while (source < shares.length - 1 && left >= shares[source]) {
            left -= shares[source++];
        }
        return source;
    }

    /** Counting draws costs nanoseconds each, so entering a run late costs less than a second; reading lessons would not. */
    private synchronized long[] ranksBefore(long item) {
        while (ranks.size() <= item / STRIDE) {
            long from = (ranks.size() - 1L) * STRIDE;
            ranks.add(counted(ranks.getLast(), from, from + STRIDE));
        }
        return counted(ranks.get((int) (item / STRIDE)), item / STRIDE * STRIDE, item);
    }

    private long[] counted(long[] before, long from, long to) {
        long[] counts = before.clone();
        for (long item = from; item < to; item++) {
            counts[sourceOf(item)]++;
        }
        return counts;
    }
}
