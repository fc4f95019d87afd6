package org.jocular.eval.judge;

import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.UnaryOperator;
import org.jocular.eval.judge.Completion.Unusable;
import org.jocular.tensor.BadInput;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** An OpenAI-compatible chat endpoint: sends a request once and says what became of it. */
final class Endpoint implements AutoCloseable {
    private static final Duration LONGEST_CONNECT = Duration.ofSeconds(10);
    private static final long LARGEST_REPLY = 16 << 20;
    private static final int LONGEST_MESSAGE = 300;
    // Local servers are given keys like EMPTY or 1, and taking these out of a reply would change its marks.
    private static final int SHORTEST_SECRET = 12;
    private static final Set<Integer> PASSING = Set.of(408, 409, 429);
    private static final Set<String> SCHEMES = Set.of("http", "https");
    // A wrong key and a wrong path or model are wrong for every question.
    private static final Set<Integer> ALWAYS = Set.of(401, 404);

    private final URI base;
    private final String keyVariable;
    private final @Nullable String key;
    private final Duration timeout;
    private final InstantSource clock;
    private final HttpClient client;

    /**
     * @param address     as far as before {@code /chat/completions}
     * @param keyVariable where {@code environment} has the key, which is sent along, and taken out of all that comes back
     * @throws BadInput if the address is no address or holds more, or the key cannot be sent
     */
    Endpoint(
            String address,
            String keyVariable,
            UnaryOperator<@Nullable String> environment,
            Duration timeout,
            InstantSource clock) {
        this.base = uri(address);
        this.keyVariable = keyVariable;
        this.key = key(keyVariable, environment);
        this.timeout = timeout;
        this.clock = clock;
        this.client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1) // small servers stumble over the offer to go on with HTTP/2
                .connectTimeout(timeout.compareTo(LONGEST_CONNECT) < 0 ? timeout : LONGEST_CONNECT)
                .build();
    }

    private static URI uri(String address) {
        URI uri = null;
        try {
            uri = new URI(address.replaceAll("/+$", ""));
        } catch (URISyntaxException e) {
            // told below, without the cause, which repeats the address and thereby a password in it
        }
        if (uri == null || uri.getHost() == null || !SCHEMES.contains(uri.getScheme())) {
            throw new BadInput("the judge's address is not valid, expected one like https://api.openai.com/v1");
        }
        if (uri.getUserInfo() != null || uri.getQuery() != null || uri.getFragment() != null) {
            throw new BadInput(
                    "the judge's address at %s has more than host, port and path, expected its key in an environment variable"
                            .formatted(uri.getHost()));
        }
        return uri;
    }

    private static @Nullable String key(String variable, UnaryOperator<@Nullable String> environment) {
        String key = environment.apply(variable);
        if (key == null || key.isBlank()) {
            return null;
        }
        // A line end comes along easily. About anything else the HTTP client would complain, and print the key.
        if (!key.strip().matches("[!-~]+")) {
            throw new BadInput("the environment variable %s holds characters that no key has".formatted(variable));
        }
        return key.strip();
    }

    /** What requests are sent to, without the path that is the same everywhere. */
    String base() {
        return base.toString();
    }

    /** For people: with the port, if there is one. */
    String host() {
        return base.getPort() < 0 ? base.getHost() : base.getHost() + ":" + base.getPort();
    }

    /** Why a request brought no review. */
    enum Kind {
        /** It may go better the next time. */
        PASSING,
        /** It will never be answered. */
        REFUSED,
        /** Nor will any other. */
        ALL_REFUSED
    }

    /**
     * A request that brought no review.
     *
     * @param why        a clause without a full stop
     * @param retryAfter how long the server wants to be left alone, where it says so
     * @param tokens     what it cost
     */
    record Failure(Kind kind, String why, @Nullable Duration retryAfter, long tokens) implements Outcome {}

    /** What became of a request: the reply, or why there is none. */
    sealed interface Outcome permits Completion, Failure {}

    Outcome post(ObjectNode body) throws InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(base + "/chat/completions"))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofByteArray(JsonMapper.shared().writeValueAsBytes(body)));
        if (key != null) {
            request.header("Authorization", "Bearer " + key);
        }
        CompletableFuture<HttpResponse<byte[]>> sent =
                client.sendAsync(request.build(), BodyHandlers.limiting(BodyHandlers.ofByteArray(), LARGEST_REPLY));
        try {
            // HttpRequest.timeout would end with the headers (until JDK 26), and a body may stop in the middle too.
            return outcome(sent.get(timeout.toNanos(), TimeUnit.NANOSECONDS));
        } catch (TimeoutException e) {
            if (!sent.cancel(true) && sent.state() == Future.State.SUCCESS) {
                return outcome(sent.resultNow()); // it came at the last moment
            }
            return passing("no answer within " + seconds(timeout), null, 0);
        } catch (ExecutionException e) {
            return passing(describe(e.getCause()), null, 0);
        } finally {
            sent.cancel(true);
        }
    }

    private Outcome outcome(HttpResponse<byte[]> response) {
        String body = new String(response.body(), StandardCharsets.UTF_8);
        if (key != null && key.length() >= SHORTEST_SECRET) {
            body = body.replace(key, "***");
        }
        int status = response.statusCode();
        if (status / 100 == 2) {
            try {
                return Completion.read(body);
            } catch (Unusable e) {
                return passing(String.valueOf(e.getMessage()), null, e.tokens());
            }
        }
        String keyless = status == 401 && key == null ? " (%s is not set)".formatted(keyVariable) : "";
        String why = "HTTP %d%s%s".formatted(status, keyless, message(body));
        if (status >= 500 || PASSING.contains(status)) {
            return passing(why, retryAfter(response), 0);
        }
        return new Failure(ALWAYS.contains(status) ? Kind.ALL_REFUSED : Kind.REFUSED, why, null, 0);
    }

    private static Failure passing(String why, @Nullable Duration retryAfter, long tokens) {
        return new Failure(Kind.PASSING, why, retryAfter, tokens);
    }

    private @Nullable Duration retryAfter(HttpResponse<?> response) {
        String value = response.headers().firstValue("Retry-After").orElse("").strip();
        try {
            if (value.matches("\\d{1,9}")) {
                return Duration.ofSeconds(Long.parseLong(value));
            }
            Instant then = ZonedDateTime.parse(value, DateTimeFormatter.RFC_1123_DATE_TIME)
                    .toInstant();
            return Duration.between(clock.instant(), then);
        } catch (DateTimeException e) {
            return null; // absent, or nothing that the standard allows
        }
    }

    /** What the server says about an error, in the places where servers say it. */
    private static String message(String body) {
        String message = body;
        try {
            JsonNode json = JsonMapper.shared().readTree(body);
            for (JsonNode place : new JsonNode[] {
                json.path("error").path("message"), json.path("error"), json.path("message"), json.path("detail")
            }) {
                if (place.isString()) {
                    message = place.stringValue();
                    break;
                }
            }
        } catch (JacksonException e) {
            // then it is plain text or a page, and its beginning has to do
        }
        String line = message.replaceAll("[\\s\\p{Cntrl}]+", " ").strip();
        return line.isEmpty()
                ? ""
                : ": " + (line.length() <= LONGEST_MESSAGE ? line : line.substring(0, LONGEST_MESSAGE) + "…");
    }

    private static String describe(@Nullable Throwable e) {
        if (e instanceof Error error) {
            throw error;
        }
        if (e instanceof ConnectException) {
            return "no connection"; // its message is mostly null
        }
        return "a broken connection: " + (e instanceof IOException ? e.getMessage() : String.valueOf(e));
    }

    static String seconds(Duration duration) {
        return "%s s".formatted(duration.toMillis() / 1000.0).replace(".0 ", " ");
    }

    @Override
    public void close() {
        client.shutdownNow();
        client.close();
    }
}
