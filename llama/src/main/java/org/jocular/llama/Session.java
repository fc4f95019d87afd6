package org.jocular.llama;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.jocular.tensor.BadInput;
import org.jocular.tensor.Executor;
import org.jocular.tokenizers.Tokenizer;

/**
 * One conversation with a language model: its cache, and the prompt that is in it. A prompt that begins like what the cache holds is computed
 * from where it differs.
 */
public final class Session implements AutoCloseable {
    private final LanguageModel model;
    private final Generator generator;
    private KvCache cache;
    // What stands in the first rows of the cache: the last prompt, or as much of it as was computed, and its answer.
    private int[] ids = {};
    private long[] pictures = {};

    public Session(Executor executor, LanguageModel model, Tokenizer tokenizer) {
        this.model = model;
        this.generator = new Generator(executor, model, tokenizer);
        this.cache = model.newCache(0);
    }

    /**
     * Answers a prompt.
     *
     * @param prompt its embeddings must live for the call
     * @throws BadInput if prompt and answer exceed the model's context
     */
    public Answer answer(Prompt prompt, GenerationSettings settings, Answer.Listener listener) {
        generator.check(prompt, settings);
        int cached = prepare(prompt);
        Generator.Request request = new Generator.Request(prompt, settings, listener);
        Answer answer =
                generator.run(generator.flight(0, request, cache, cached)).answer();
        remember(prompt, answer);
        return answer;
    }

    /**
     * Summed negative log-likelihoods of candidates right after a prompt, which is computed once however many there are.
     *
     * @param candidates their ids
     * @throws BadInput if a candidate is empty, or prompt and candidates exceed the model's context
     */
    public double[] score(Prompt prompt, List<int[]> candidates) {
        generator.check(prompt, candidates);
        int cached = prepare(prompt);
        Generator.Candidates request = new Generator.Candidates(prompt, candidates);
        return generator.run(generator.flight(0, request, cache, cached)).sums();
    }

    /** Forgets what does not belong to the prompt; returns how many of its rows need not be computed again. */
    private int prepare(Prompt prompt) {
        int common = commonLength(prompt);
        ids = prompt.ids();
        pictures = prompt.pictures();
        if (model instanceof EncoderDecoderLm) {
            boolean encoded = common == prompt.length() && common == cache.encoded();
            if (!encoded) {
                cache.close();
                cache = model.newCache(0);
            }
            cache.truncate(0);
            return encoded ? common : 0;
        }
        // The last token is computed in any case: its scores are wanted. Where something failed, the cache holds less.
        common = Math.min(common, Math.min(prompt.length() - 1, cache.length()));
        cache.truncate(common);
        return common;
    }

    /** A later prompt may go on with the answer. Beams and candidates leave branches behind instead, which are of no use. */
    private void remember(Prompt prompt, Answer answer) {
        if (answer.sequences().isEmpty() && model instanceof CausalLm) {
            ids = IntStream.concat(IntStream.of(prompt.ids()), IntStream.of(answer.ids()))
                    .limit(cache.length()) // the last token is never run
                    .toArray();
            pictures = Arrays.copyOf(prompt.pictures(), ids.length);
        }
    }

    /** How many rows at the beginning of the prompt are those in the cache: the same tokens, and of the same pictures. */
    private int commonLength(Prompt prompt) {
        int n = 0;
        while (n < Math.min(ids.length, prompt.length())
                && ids[n] == prompt.ids()[n]
                && pictures[n] == prompt.pictures()[n]) {
            n++;
        }
        return n;
    }

    @Override
    public void close() {
        cache.close();
    }
}
