package org.jocular.cli;

import java.time.Duration;
import java.util.Locale;
import org.jocular.train.run.Training;

/** How far a training is: a bar on a terminal, a line now and then where nobody watches. A finished stage is a line of the result. */
final class TrainProgress implements Training.Listener {
    private static final int WIDTH = 24;
    private static final long LINE_EVERY = Duration.ofSeconds(30).toNanos();
    private static final long BAR_EVERY = Duration.ofMillis(100).toNanos();

    private final Console console;
    private final boolean results;
    private String stage = "";
    private int before;
    private int all;
    private long begin;
    private long shown;

    /** @param results whether finished stages are printed */
    TrainProgress(Console console, boolean results) {
        this.console = console;
        this.results = results;
    }

    @Override
    public void stage(String name, int number, int of) {
        stage = "stage %d/%d \"%s\"".formatted(number, of, name);
        shown = System.nanoTime();
    }

    @Override
    public void writing(long bytes, long ofBytes) {
        show("", "writing the model it begins with: %s of %s".formatted(Sizes.bytes(bytes), Sizes.bytes(ofBytes)));
    }

    @Override
    public void begin(int done, int steps) {
        before = done;
        all = steps;
        begin = System.nanoTime();
        shown = begin;
        if (done > 0) {
            clear();
            console.note("jocular: %s goes on after step %d of %d".formatted(stage, done, steps));
        }
    }

    @Override
    public void step(int done, double loss, double rate) {
        double seconds = (System.nanoTime() - begin) / 1e9;
        long left = (long) (seconds / (done - before) * (all - done));
        int whole = (int) ((long) WIDTH * done / all);
        show(
                "█".repeat(whole) + "░".repeat(WIDTH - whole) + " ",
                String.format(
                        Locale.ROOT, "%d/%d  loss %.3f  rate %s  %s left", done, all, loss, rate(rate), time(left)));
    }

    @Override
    public void finished(Training.Result result) {
        clear();
        if (results) {
            String origin = switch (result.origin()) {
                case TRAINED -> "";
                case FOUND -> "  finished before";
                case CACHED -> "  from the cache";
            };
            console.out()
                    .printf(
                            Locale.ROOT,
                            "%-20s %,7d steps  loss %.4f  %,7.1f s  %s%s%n",
                            result.stage(),
                            result.steps(),
                            result.loss(),
                            result.seconds(),
                            result.directory(),
                            origin);
            console.out().flush();
        }
    }

    private void show(String bar, String what) {
        long now = System.nanoTime();
        if (now - shown < (console.terminal() ? BAR_EVERY : LINE_EVERY)) {
            return;
        }
        shown = now;
        if (console.terminal()) {
            console.err().print("\r%s %s%s\u001b[K".formatted(stage, bar, what));
            console.err().flush();
        } else {
            console.note("jocular: %s %s".formatted(stage, what));
        }
    }

    private void clear() {
        if (console.terminal()) {
            console.err().print("\r\u001b[K");
            console.err().flush();
        }
    }

    /** {@code 1.9e-3}. */
    private static String rate(double rate) {
        return String.format(Locale.ROOT, "%.1e", rate).replace("e-0", "e-").replace("e+00", "");
    }

    private static String time(long seconds) {
        return seconds < 3600
                ? "%d:%02d".formatted(seconds / 60, seconds % 60)
                : "%d:%02d:%02d".formatted(seconds / 3600, seconds / 60 % 60, seconds % 60);
    }
}
