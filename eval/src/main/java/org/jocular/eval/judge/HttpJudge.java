package org.jocular.eval.judge;

import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.jocular.eval.judge.Endpoint.Failure;
import org.jocular.eval.task.JudgedTask.Question;
import org.jocular.tensor.BadInput;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * A language model behind any OpenAI-compatible endpoint, asked as haotian-liu/LLaVA, llava/eval/eval_gpt_review_visual.py asks: a system and a user
 * message, temperature 0.2, at most 1024 tokens. What was answered once is never sent again.
 */
public final class HttpJudge implements Judge {
    /** Part of what replies are kept under: to be counted up when the meaning of a kept reply changes. */
    private static final int FORMAT = 1;

    private static final Duration LONGEST_WAIT = Duration.ofMinutes(5);

    /**
     * How it is asked.
     *
     * @param model       its name, pinned: marks of different models cannot be compared
     * @param temperature from 0 on
     * @param maxTokens   of a review
     * @param seed        is sent where there is one; not all servers obey
     * @param timeout     for a whole request, from connecting to the last byte
     * @param tries       how often a request is sent at most, until it is answered
     * @param requests    how many may be sent in one run, all tries counted; 0 where only kept replies may be used; null for any number
     * @param tokens      after how many, by the server's account, nothing more is sent; null for any number
     * @param atOnce      how many requests may be under way at the same time
     * @param keyVariable environment variable with the key, which is stored nowhere; none is sent where it is not set
     */
    public record Options(
            @Nullable String model,
            double temperature,
            int maxTokens,
            @Nullable Long seed,
            Duration timeout,
            int tries,
            @Nullable Long requests,
            @Nullable Long tokens,
            int atOnce,
            String keyVariable) {
        public Options {
            require(temperature >= 0 && temperature <= 2, "temperature", temperature, "0 to 2");
            require(maxTokens > 0, "max_tokens", maxTokens, "at least 1");
            require(timeout.isPositive(), "timeout", Endpoint.seconds(timeout), "more than 0 s");
            require(tries > 0, "number of tries", tries, "at least 1");
            require(requests == null || requests >= 0, "budget of requests", requests, "at least 0");
            require(tokens == null || tokens >= 0, "budget of tokens", tokens, "at least 0");
            require(atOnce > 0, "number of requests at once", atOnce, "at least 1");
        }

        /** As in LLaVA's script, patient, and without a budget. */
        public static Options of(@Nullable String model) {
            return new Options(model, 0.2, 1024, null, Duration.ofMinutes(2), 6, null, null, 4, "OPENAI_API_KEY");
        }

        private static void require(boolean good, String what, @Nullable Object found, String expected) {
            if (!good) {
                throw new BadInput("the judge's %s is %s, expected %s".formatted(what, found, expected));
            }
        }
    }

    private final String model;
    private final Options options;
    private final ReplyCache cache;
    private final Endpoint endpoint;
    private final Backoff backoff;
    private final Budget budget;
    private final Map<String, Integer> answeredAs = new TreeMap<>();
    private volatile @Nullable String refusal;

    /**
     * @param address as far as before {@code /chat/completions}: {@code https://api.openai.com/v1}
     * @throws BadInput if the address is no address, or the model is not named
     */
    public HttpJudge(String address, Options options, ReplyCache cache) {
        this(address, options, cache, System::getenv, new Backoff(0, Thread::sleep), InstantSource.system());
    }

    HttpJudge(
            String address,
            Options options,
            ReplyCache cache,
            UnaryOperator<@Nullable String> environment,
            Backoff backoff,
            InstantSource clock) {
        if (options.model == null || options.model.isBlank()) {
            throw new BadInput(
                    "the judge needs the name of a model, because marks of different models cannot be compared");
        }
        this.endpoint = new Endpoint(address, options.keyVariable, environment, options.timeout, clock);
        this.model = options.model;
        this.options = options;
        this.cache = cache;
        this.backoff = backoff;
        this.budget = new Budget(options.requests, options.tokens);
    }

    @Override
    public String label() {
        return "%s (%s)".formatted(model, endpoint.host());
    }

    @Override
    public SequencedMap<String, Object> settings() {
        SequencedMap<String, Object> settings = new LinkedHashMap<>();
        settings.put("kind", "chat endpoint");
        settings.put("endpoint", endpoint.base());
        settings.put("model", model);
        settings.put("temperature", options.temperature);
        settings.put("max_tokens", options.maxTokens);
        if (options.seed != null) {
            settings.put("seed", options.seed);
        }
        return settings;
    }

    @Override
    public int atOnce() {
        return options.atOnce;
    }

    @Override
    public String review(String task, String sampleId, Question question)
            throws NoReview, OutOfBudget, InterruptedException {
        ObjectNode body = body(question);
        ObjectNode request = JsonNodeFactory.instance.objectNode();
        request.put("format", FORMAT);
        request.put("endpoint", endpoint.base());
        request.set("body", body);
        Completion reply = cache.get(request, () -> ask(body));
        if (reply.model() != null) {
            synchronized (answeredAs) {
                answeredAs.merge(reply.model(), 1, Integer::sum);
            }
        }
        return reply.review();
    }

    private ObjectNode body(Question question) {
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        body.put("model", model);
        ArrayNode messages = body.putArray("messages");
        messages.addObject().put("role", "system").put("content", question.system());
        messages.addObject().put("role", "user").put("content", question.message());
        body.put("temperature", options.temperature);
        body.put("max_tokens", options.maxTokens);
        if (options.seed != null) {
            body.put("seed", options.seed);
        }
        return body;
    }

    private Completion ask(ObjectNode body) throws NoReview, OutOfBudget, InterruptedException {
        for (int tries = 1; ; tries++) {
            if (Thread.interrupted()) {
                throw new InterruptedException("before asking the judge");
            }
            if (refusal != null) {
                throw new NoReview(refusal);
            }
            budget.take();
            switch (endpoint.post(body)) {
                case Completion reply -> {
                    budget.spend(reply.tokens());
                    return reply;
                }
                case Failure failure -> {
                    budget.spend(failure.tokens());
                    giveUpOrWait(failure, tries);
                }
            }
        }
    }

    private void giveUpOrWait(Failure failure, int tries) throws NoReview, OutOfBudget, InterruptedException {
        if (failure.kind() != Endpoint.Kind.PASSING) {
            String why = "%s refuses: %s".formatted(endpoint.base(), failure.why());
            if (failure.kind() == Endpoint.Kind.ALL_REFUSED) {
                refusal = why;
            }
            throw new NoReview(why);
        }
        if (tries >= options.tries) {
            throw new NoReview("%s gave none in %d tries, at last %s".formatted(endpoint.base(), tries, failure.why()));
        }
        Duration wait = failure.retryAfter();
        if (wait != null && wait.compareTo(LONGEST_WAIT) > 0) {
            throw new NoReview("%s wants to be asked again only in %s: %s"
                    .formatted(endpoint.base(), Endpoint.seconds(wait), failure.why()));
        }
        budget.require(); // or it would wait for nothing
        backoff.sleep(tries, wait);
    }

    /** Says so if a model answered that was not asked for by this name, or more than one did. */
    @Override
    public List<String> notes() {
        List<String> notes = new ArrayList<>();
        synchronized (answeredAs) {
            if (!answeredAs.isEmpty() && !answeredAs.keySet().equals(Set.of(model))) {
                List<String> names = new ArrayList<>();
                answeredAs.forEach((name, replies) -> names.add("%s (%d)".formatted(name, replies)));
                notes.add("%s was asked for, and %s answered: %s"
                        .formatted(
                                model,
                                names.size() == 1 ? "another name" : "more than one model",
                                String.join(", ", names)));
            }
        }
        String trouble = cache.trouble();
        if (trouble != null) {
            notes.add(trouble);
        }
        return notes;
    }

    @Override
    public void close() {
        endpoint.close();
    }
}
