package org.jocular.llama;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.jocular.tensor.BadInput;
import org.jocular.tensor.Executor;
import org.jocular.tokenizers.Tokenizer;

/**
 * Answers many requests together. Prompts of different lengths are computed in the same passes, and then every step is one pass over the weights
 * for all sequences, beams and candidates that are in flight; where a request ends, the next one takes its place.
 */
public final class Generator {
    private final LanguageModel model;
    private final Tokenizer tokenizer;
    private final Passes passes;

    public Generator(Executor executor, LanguageModel model, Tokenizer tokenizer) {
        this.model = model;
        this.tokenizer = tokenizer;
        this.passes = new Passes(executor, model);
    }

    /** A prompt and how to answer it. */
    public record Request(Prompt prompt, GenerationSettings settings, Answer.Listener listener) {
        public Request(Prompt prompt, GenerationSettings settings) {
            this(prompt, settings, text -> {});
        }
    }

    /** A prompt, and the ids of candidates that may follow it. */
    public record Candidates(Prompt prompt, List<int[]> ids) {}

    /**
     * Answers all requests, at most {@code atOnce} at the same time.
     *
     * @throws BadInput if a prompt and its answer exceed the model's context; before anything is computed
     */
    public List<Answer> answer(List<Request> requests, int atOnce) {
        Answer[] answers = new Answer[requests.size()];
        answer(requests, atOnce, (number, answer) -> answers[number] = answer);
        return Arrays.asList(answers);
    }

    /** The same; {@code done} is given each answer as soon as it is complete, with the number of its request. */
    public void answer(List<Request> requests, int atOnce, BiConsumer<Integer, Answer> done) {
        requests.forEach(request -> check(request.prompt, request.settings));
        fly(
                requests.size(),
                atOnce,
                number -> flight(number, requests.get(number), model.newCache(0), 0),
                flight -> done.accept(flight.number, flight.answer()));
    }

    /**
     * Summed negative log-likelihoods of candidates right after their prompts, each prompt computed once however many follow it.
     *
     * @throws BadInput if a candidate is empty, or prompt and candidates exceed the model's context
     */
    public List<double[]> score(List<Candidates> requests, int atOnce) {
        double[][] sums = new double[requests.size()][];
        score(requests, atOnce, (number, values) -> sums[number] = values);
        return Arrays.asList(sums);
    }

    /** The same; {@code done} is given each request's sums as soon as they are complete, with its number. */
    public void score(List<Candidates> requests, int atOnce, BiConsumer<Integer, double[]> done) {
        requests.forEach(request -> check(request.prompt, request.ids));
        fly(
                requests.size(),
                atOnce,
                number -> flight(number, requests.get(number), model.newCache(0), 0),
                flight -> done.accept(flight.number, flight.sums()));
    }

    private interface Departure {
        Flight of(int number);
    }

    private void fly(int requests, int atOnce, Departure departure, Consumer<Flight> landed) {
        if (atOnce < 1) {
            throw new IllegalArgumentException("at least one request at once, not " + atOnce);
        }
        List<Flight> flights = new ArrayList<>();
        int next = 0;
        try {
            while (next < requests || !flights.isEmpty()) {
                int flying = flights.size();
                while (next < requests && flights.size() < atOnce) {
                    flights.add(departure.of(next++));
                }
                if (flights.size() > flying) {
                    passes.read(flights.subList(flying, flights.size()));
                } else {
                    passes.step(flights);
                }
                for (Flight flight : List.copyOf(flights)) {
                    if (flight.landed()) {
                        landed.accept(flight);
                        flights.remove(flight);
                        flight.cache.close();
                    }
                }
            }
        } finally {
            flights.forEach(flight -> flight.cache.close());
        }
    }

    /** Answers one request with a cache that the caller owns, and in which the prompt's first rows are already. */
    Flight run(Flight flight) {
        List<Flight> alone = List.of(flight);
        passes.read(alone);
        while (!flight.landed()) {
            passes.step(alone);
        }
        return flight;
    }

    Flight flight(int number, Request request, KvCache cache, int cached) {
        GenerationSettings settings = request.settings;
        List<Integer> counted = counted(request.prompt, settings);
        int rows = Math.max(0, request.prompt.length() - cache.length()) + settings.newTokens(counted.size());
        Search search;
        if (settings.numBeams() == 1) {
            cache.reserve(rows);
            search = new SingleSearch(cache, settings, counted, tokenizer, request.listener);
        } else {
            // Beams branch late in practice: dropped branches are forgotten when this is full.
            cache.reserve(rows + 16 * settings.numBeams());
            search = new BeamSearch(cache, settings, counted, tokenizer, request.listener);
        }
        return new Flight(number, request.prompt, cache, cached, search);
    }

    Flight flight(int number, Candidates request, KvCache cache, int cached) {
        return new Flight(number, request.prompt, cache, cached, new Ranking(cache, request.ids));
    }

    /** The tokens before the answer that count for lengths and repetitions. */
    private List<Integer> counted(Prompt prompt, GenerationSettings settings) {
        return switch (model) {
            case CausalLm causal ->
                settings.promptCounts() ? IntStream.of(prompt.ids()).boxed().toList() : List.of();
            case EncoderDecoderLm encoderDecoder -> List.of(encoderDecoder.decoderStartTokenId());
        };
    }

    /** @throws BadInput if a prompt and its answer exceed the model's context */
    public void check(Prompt prompt, GenerationSettings settings) {
        check(prompt, settings.newTokens(counted(prompt, settings).size()));
    }

    /** @throws BadInput if a prompt and its candidates exceed the model's context */
    public void check(Prompt prompt, List<int[]> candidates) {
        check(prompt, candidates.stream().mapToInt(ids -> ids.length).max().orElse(0));
    }

    private void check(Prompt prompt, int newTokens) {
        if (prompt.length() == 0) {
            throw new BadInput("the prompt has no tokens");
        }
        long needed = switch (model) {
            case CausalLm causal -> (long) prompt.length() + newTokens;
            case EncoderDecoderLm encoderDecoder -> Math.max(prompt.length(), newTokens + 1L);
        };
        if (needed > model.contextLength()) {
            throw new BadInput(
                    "the prompt has %d tokens and the answer may have %d, together more than the model's context of %d"
                            .formatted(prompt.length(), newTokens, model.contextLength()));
        }
    }
}
