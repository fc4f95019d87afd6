package org.jocular.llama;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jocular.tensor.BadInput;
import org.jocular.tensor.Executor;
import org.jocular.tensor.Ops;
import org.jocular.tensor.Tensor;
import org.jocular.tokenizers.StreamDecoder;
import org.jocular.tokenizers.Tokenizer;

/**
 * One conversation with a language model: its cache, and the tokens that are in it. A prompt that begins like the one before is computed from
 * where it differs.
 */
public final class Session implements AutoCloseable {
    /** Rows of a prompt that are computed at a time: enough to fill the matrix product, few enough to bound the memory of a layer. */
    private static final int CHUNK = 512;

    private final Executor executor;
    private final CausalLm model;
    private final Tokenizer tokenizer;
    private final List<Integer> tokens = new ArrayList<>();
    private final List<Long> pictures = new ArrayList<>();
    private final KvCache cache;

    /** Why an answer ended. */
    public enum Ending {
        /** The model chose an end token. */
        END_TOKEN,
        /** A stop string came up. */
        STOP_STRING,
        /** As many tokens as were allowed. */
        LENGTH
    }

    /**
     * An answer.
     *
     * @param ids what was generated, with the end token if there was one
     * @param text without special tokens and without the stop string
     * @param prefillSeconds for the prompt, up to the first token's scores
     * @param decodeSeconds for all further tokens
     */
    public record Answer(int[] ids, String text, Ending ending, double prefillSeconds, double decodeSeconds) {}

    /** Sees an answer while it grows. */
    @FunctionalInterface
    public interface Listener {
        /** @param text a further piece of the answer, whole characters only */
        void text(String text);
    }

    public Session(Executor executor, CausalLm model, Tokenizer tokenizer) {
        this.executor = executor;
        this.model = model;
        this.tokenizer = tokenizer;
        this.cache = model.newCache(0);
    }

    /**
     * Answers a prompt.
     *
     * @param prompt its embeddings must live for the call
     * @throws BadInput if prompt and answer exceed the model's context
     */
    public Answer answer(Prompt prompt, GenerationSettings settings, Listener listener) {
        long start = System.nanoTime();
        reserve(prompt.length(), settings.maxNewTokens());
        float[] scores = prefill(prompt);
        long prefilled = System.nanoTime();

        List<Constraint> constraints = Constraint.of(settings);
        Sampler sampler = new Sampler(settings);
        StreamDecoder decoder = tokenizer.streamDecoder(true);
        StopStrings stops = new StopStrings(settings.stop());
        StringBuilder text = new StringBuilder();
        List<Integer> counted = new ArrayList<>(settings.promptCounts() ? tokens : List.of());
        int[] generated = new int[settings.maxNewTokens()];
        int n = 0;
        Ending ending = Ending.LENGTH;
        while (true) {
            for (Constraint constraint : constraints) {
                constraint.apply(scores, counted, n);
            }
            int id = sampler.choose(scores);
            generated[n++] = id;
            counted.add(id);
            emit(stops.feed(decoder.feed(id)), text, listener);
            if (settings.eosTokenIds().contains(id)) {
                ending = Ending.END_TOKEN;
                break;
            }
            if (stops.stopped()) {
                ending = Ending.STOP_STRING;
                break;
            }
            if (n == settings.maxNewTokens()) {
                break;
            }
            scores = step(id);
        }
        emit(stops.feed(decoder.flush()), text, listener);
        if (ending == Ending.LENGTH && stops.stopped()) {
            ending = Ending.STOP_STRING;
        }
        emit(stops.flush(), text, listener);
        long end = System.nanoTime();
        return new Answer(
                Arrays.copyOf(generated, n),
                text.toString(),
                ending,
                (prefilled - start) / 1e9,
                (end - prefilled) / 1e9);
    }

    /**
     * Summed negative log-likelihoods of candidates right after a prompt, which is computed once however many there are.
     *
     * @param candidates their ids
     * @throws BadInput if a candidate is empty, or prompt and candidates exceed the model's context
     */
    public double[] score(Prompt prompt, List<int[]> candidates) {
        if (candidates.stream().anyMatch(ids -> ids.length == 0)) {
            throw new BadInput("a candidate has no tokens");
        }
        int longest = candidates.stream().mapToInt(ids -> ids.length).max().orElse(0);
        reserve(prompt.length(), longest);
        float[] afterPrompt = prefill(prompt);
        double[] sums = new double[candidates.size()];
        for (int c = 0; c < sums.length; c++) {
            int[] ids = candidates.get(c);
            sums[c] = negativeLogLikelihood(afterPrompt, 0, model.vocabSize(), ids[0]);
            if (ids.length > 1) {
                float[] scores = scores(Arrays.copyOf(ids, ids.length - 1));
                for (int i = 1; i < ids.length; i++) {
                    sums[c] += negativeLogLikelihood(scores, (i - 1) * model.vocabSize(), model.vocabSize(), ids[i]);
                }
                cache.truncate(prompt.length());
            }
        }
        return sums;
    }

    private float[] scores(int[] ids) {
        try (Ops ops = executor.begin()) {
            Tensor hidden = model.decode(ops, ids, Batch.of(cache, ids.length));
            return ops.read(model.logits(ops, hidden));
        }
    }

    /** −log softmax of one row of scores, at one token. */
    private static double negativeLogLikelihood(float[] scores, int from, int n, int id) {
        double max = Double.NEGATIVE_INFINITY;
        for (int i = from; i < from + n; i++) {
            max = Math.max(max, scores[i]);
        }
        double sum = 0;
        for (int i = from; i < from + n; i++) {
            sum += Math.exp(scores[i] - max);
        }
        return max + Math.log(sum) - scores[from + id];
    }

    private static void emit(String piece, StringBuilder text, Listener listener) {
        if (!piece.isEmpty()) {
            text.append(piece);
            listener.text(piece);
        }
    }

    /** Makes room for the prompt and the answer, without losing what is in the cache. */
    private void reserve(int prompt, int maxNewTokens) {
        long needed = (long) prompt + maxNewTokens;
        if (prompt == 0) {
            throw new BadInput("the prompt has no tokens");
        }
        if (needed > model.contextLength()) {
            throw new BadInput(
                    "the prompt has %d tokens and the answer may have %d, together more than the model's context of %d"
                            .formatted(prompt, maxNewTokens, model.contextLength()));
        }
        cache.reserve((int) Math.max(0, needed - cache.length()));
    }

    /** Computes the part of the prompt that is not in the cache yet, and returns the scores of the token after it. */
    private float[] prefill(Prompt prompt) {
        int length = prompt.length();
        // The last token is computed in any case: its scores are wanted.
        int common = Math.min(commonLength(prompt), length - 1);
        cache.truncate(common);
        tokens.subList(common, tokens.size()).clear();
        pictures.subList(common, pictures.size()).clear();
        float[] scores = new float[0];
        for (int from = common; from < length; from += CHUNK) {
            int to = Math.min(from + CHUNK, length);
            try (Ops ops = executor.begin()) {
                Tensor hidden = model.forward(ops, prompt.embeddings().slice(from, to), Batch.of(cache, to - from));
                if (to == length) {
                    scores = ops.read(model.logits(ops, ops.rows(hidden, to - from - 1, to - from)));
                }
            }
        }
        for (int i = common; i < length; i++) {
            tokens.add(prompt.ids()[i]);
            pictures.add(prompt.pictures()[i]);
        }
        return scores;
    }

    /** How many rows at the beginning of the prompt are those in the cache: the same tokens, and of the same pictures. */
    private int commonLength(Prompt prompt) {
        int n = 0;
        while (n < Math.min(tokens.size(), prompt.length())
                && tokens.get(n) == prompt.ids()[n]
                && pictures.get(n) == prompt.pictures()[n]) {
            n++;
        }
        return n;
    }

    /** Adds a token to the sequence and returns the scores of the next one. */
    private float[] step(int id) {
        float[] scores = scores(new int[] {id});
        tokens.add(id);
        pictures.add(0L);
        return scores;
    }

    @Override
    public void close() {
        cache.close();
    }
}
