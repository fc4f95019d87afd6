package org.jocular.llama;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import org.jocular.llama.Answer.Ending;
import org.jocular.tensor.BadInput;
import org.jocular.tokenizers.Tokenizer;
import org.jspecify.annotations.Nullable;

/**
 * Beam search as Hugging Face defines it: {@code _beam_search} in {@code generation/utils.py} of transformers 4.57.
 *
 * <p>Each step takes the best continuations of all beams together, twice as many as there are beams. Those that end become finished if they
 * rank among the first {@code numBeams}; the best of those that do not end are the beams of the next step. All scores are float sums of
 * log-probabilities after the constraints, not normalised again.
 */
final class BeamSearch implements Search {
    private final KvCache cache;
    private final GenerationSettings settings;
    private final List<Constraint> constraints;
    private final List<Integer> counted;
    private final int maxNewTokens;
    private final Tokenizer tokenizer;
    private final Answer.Listener listener;
    private final SplittableRandom random;
    private List<Beam> running;
    private List<Finished> finished = new ArrayList<>();
    private int generated;

    /** @param row the last of its rows in the cache */
    private record Beam(List<Integer> tokens, float logProbability, int row) {}

    private record Candidate(int beam, int id, float logProbability, double key) {}

    private record Finished(List<Integer> tokens, double score, Ending ending) {}

    BeamSearch(
            KvCache cache,
            GenerationSettings settings,
            List<Integer> counted,
            Tokenizer tokenizer,
            Answer.Listener listener) {
        this.cache = cache;
        this.settings = settings;
        this.constraints = Constraint.of(settings);
        this.counted = List.copyOf(counted);
        this.maxNewTokens = settings.newTokens(counted.size());
        this.tokenizer = tokenizer;
        this.listener = listener;
        this.random = new SplittableRandom(settings.seed());
        this.running = List.of();
    }

    @Override
    public @Nullable Rows next(Scores scores) {
        if (running.isEmpty()) {
            running = List.of(new Beam(counted, 0, cache.length() - 1));
        }
        List<Candidate> best = best(scores);
        generated++;
        List<Beam> going = new ArrayList<>();
        for (int rank = 0; rank < best.size(); rank++) {
            Candidate candidate = best.get(rank);
            List<Integer> tokens = new ArrayList<>(running.get(candidate.beam).tokens);
            tokens.add(candidate.id);
            Ending ending = ending(tokens);
            if (ending == null && going.size() < settings.numBeams()) {
                going.add(new Beam(tokens, candidate.logProbability, running.get(candidate.beam).row));
            } else if (ending != null && rank < settings.numBeams()) {
                double length = Math.pow(generated, settings.lengthPenalty());
                finish(new Finished(tokens, candidate.logProbability / length, ending));
            }
        }
        running = going;
        if (!isDone()) {
            return rows();
        }
        if (finished.isEmpty()) {
            throw new BadInput("the constraints forbid every token after %d".formatted(generated - 1));
        }
        listener.text(text(finished.getFirst().tokens));
        return null;
    }

    /** The best continuations, or in sampling drawn ones, in the order of their scores. */
    private List<Candidate> best(Scores scores) {
        int keep = Math.max(2, 1 + settings.eosTokenIds().size()) * settings.numBeams();
        PriorityQueue<Candidate> best = new PriorityQueue<>(keep + 1, Comparator.comparingDouble(Candidate::key));
        for (int b = 0; b < running.size(); b++) {
            Beam beam = running.get(b);
            float[] row = scores.row(b);
            double logSum = scores.logSum(b);
            for (int id = 0; id < row.length; id++) {
                row[id] = (float) (row[id] - logSum);
            }
            for (Constraint constraint : constraints) {
                constraint.apply(row, beam.tokens, generated);
            }
            for (int id = 0; id < row.length; id++) {
                float sum = row[id] + beam.logProbability;
                // The highest of sums with Gumbel noise are a draw without replacement from their softmax.
                double key = settings.doSample() ? sum - Math.log(-Math.log(random.nextDouble())) : sum;
                if (best.size() < keep || key > best.element().key) {
                    best.add(new Candidate(b, id, sum, key));
                    if (best.size() > keep) {
                        best.remove();
                    }
                }
            }
        }
        return best.stream()
                .filter(candidate -> candidate.logProbability != Float.NEGATIVE_INFINITY)
                .sorted(Comparator.comparingDouble(Candidate::logProbability)
                        .reversed()
                        .thenComparingInt(Candidate::beam)
                        .thenComparingInt(Candidate::id))
                .toList();
    }

    private @Nullable Ending ending(List<Integer> tokens) {
        if (settings.eosTokenIds().contains(tokens.getLast())) {
            return Ending.END_TOKEN;
        }
        if (!settings.stop().isEmpty() && settings.stop().stream().anyMatch(decoded(tokens)::contains)) {
            return Ending.STOP_STRING;
        }
        return generated == maxNewTokens ? Ending.LENGTH : null;
    }

    /** Keeps the best of those that ended. */
    private void finish(Finished ended) {
        finished.add(ended);
        // Stable: of equal ones the older stays.
        finished.sort(Comparator.comparingDouble(Finished::score).reversed());
        finished = new ArrayList<>(finished.subList(0, Math.min(finished.size(), settings.numBeams())));
    }

    private boolean isFull() {
        return finished.size() >= settings.numBeams();
    }

    private boolean isDone() {
        if (running.isEmpty()) {
            return true;
        }
        if (!isFull()) {
            return false;
        }
        return switch (settings.earlyStopping()) {
            case AT_ENOUGH_HYPOTHESES -> true;
            case HEURISTIC -> !canImprove(generated);
            case NEVER -> !canImprove(settings.lengthPenalty() > 0 ? maxNewTokens : generated);
        };
    }

    /** Whether the best beam would beat the worst finished one if it ended with this length and its present score. */
    private boolean canImprove(int length) {
        return running.getFirst().logProbability / Math.pow(length, settings.lengthPenalty())
                > finished.getLast().score;
    }

    private Rows rows() {
        int[] following = running.stream().mapToInt(Beam::row).toArray();
        cache.reserve(following.length, following);
        int[] ids = running.stream().mapToInt(beam -> beam.tokens.getLast()).toArray();
        List<Beam> placed = new ArrayList<>();
        for (int i = 0; i < ids.length; i++) {
            placed.add(new Beam(running.get(i).tokens, running.get(i).logProbability, cache.length() + i));
        }
        running = placed;
        return new Rows(ids, following);
    }

    Answer answer(double prefillSeconds, double decodeSeconds) {
        List<Answer.Sequence> sequences = finished.stream()
                .limit(settings.numReturnSequences())
                .map(f -> new Answer.Sequence(newTokens(f.tokens), text(f.tokens), f.score))
                .toList();
        if (sequences.isEmpty()) {
            throw new IllegalStateException("no sequence was finished");
        }
        Answer.Sequence best = sequences.getFirst();
        return new Answer(
                best.ids(), best.text(), finished.getFirst().ending, sequences, prefillSeconds, decodeSeconds);
    }

    private int[] newTokens(List<Integer> tokens) {
        return tokens.stream().skip(counted.size()).mapToInt(Integer::intValue).toArray();
    }

    private String text(List<Integer> tokens) {
        StopStrings stops = new StopStrings(settings.stop());
        return stops.feed(decoded(tokens)) + stops.flush();
    }

    private String decoded(List<Integer> tokens) {
        return tokenizer.decode(newTokens(tokens), true);
    }
}
