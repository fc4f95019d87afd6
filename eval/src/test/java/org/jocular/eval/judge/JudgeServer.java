package org.jocular.eval.judge;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A chat endpoint on the loopback that does with each question what its script says, and then answers. */
final class JudgeServer implements AutoCloseable {
    static final JsonMapper JSON = JsonMapper.shared();

    /** What it does with one request. */
    @FunctionalInterface
    interface Act {
        void on(HttpExchange exchange, String question) throws IOException, InterruptedException;
    }

    /** A request that came. */
    record Request(String path, @Nullable String authorization, JsonNode body) {
        String question() {
            return body.path("messages").path(1).path("content").stringValue();
        }
    }

    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final CountDownLatch closing = new CountDownLatch(1);
    private final Map<String, Deque<Act>> scripts = new HashMap<>();
    private final List<Request> requests = new ArrayList<>();
    private final List<String> answered = new ArrayList<>();
    private Act otherwise = answer("gpt-test-0314");

    JudgeServer() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::handle);
        server.setExecutor(threads);
        server.start();
    }

    String address() {
        return "http://127.0.0.1:%d/v1".formatted(server.getAddress().getPort());
    }

    /** What is done with a question's first requests, one after the other. */
    synchronized void script(String question, Act... acts) {
        scripts.put(question, new ArrayDeque<>(List.of(acts)));
    }

    /** What is done when a script has ended, or there is none. */
    synchronized void otherwise(Act act) {
        otherwise = act;
    }

    synchronized List<Request> requests() {
        return List.copyOf(requests);
    }

    /** Questions that were answered with a review, as often as they were. */
    synchronized List<String> answered() {
        return List.copyOf(answered);
    }

    /** The review that a question gets. */
    static String review(String question) {
        return "9 %d\nReview of %s.".formatted(1 + Math.floorMod(question.hashCode(), 10), question);
    }

    static String reply(String model, String review) {
        var reply = JSON.createObjectNode();
        reply.put("model", model);
        var choice = reply.putArray("choices").addObject();
        choice.putObject("message").put("role", "assistant").put("content", review);
        choice.put("finish_reason", "stop");
        reply.putObject("usage").put("total_tokens", 100);
        return reply.toString();
    }

    Act answer(String model) {
        return (exchange, question) -> {
            synchronized (this) {
                answered.add(question);
            }
            respond(exchange, 200, reply(model, review(question)));
        };
    }

    /** Answers when {@code after} has happened. */
    Act late(CountDownLatch after) {
        return (exchange, question) -> {
            after.await();
            answer("gpt-test-0314").on(exchange, question);
        };
    }

    static Act status(int status, String body, String... headers) {
        return (exchange, question) -> {
            for (int i = 0; i < headers.length; i += 2) {
                exchange.getResponseHeaders().add(headers[i], headers[i + 1]);
            }
            respond(exchange, status, body);
        };
    }

    /** Never answers. */
    Act hang() {
        return (exchange, question) -> {
            closing.await();
            exchange.close();
        };
    }

    /** Sends half a reply, and then nothing more. */
    Act hangInTheMiddle() {
        return (exchange, question) -> {
            sendHalf(exchange, question);
            closing.await();
            exchange.close();
        };
    }

    /** Sends half a reply and closes the connection. */
    static Act breakOff() {
        return (exchange, question) -> {
            sendHalf(exchange, question);
            exchange.close();
        };
    }

    /** Closes the connection without a word. */
    static Act hangUp() {
        return (exchange, question) -> exchange.close();
    }

    private static void sendHalf(HttpExchange exchange, String question) throws IOException {
        byte[] body = reply("gpt-test-0314", review(question)).getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(200, body.length);
        exchange.getResponseBody().write(body, 0, body.length / 2);
        exchange.getResponseBody().flush();
    }

    private static void respond(HttpExchange exchange, int status, String text) throws IOException {
        byte[] body = text.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    private void handle(HttpExchange exchange) throws IOException {
        Request request = new Request(
                exchange.getRequestURI().getPath(),
                exchange.getRequestHeaders().getFirst("Authorization"),
                JSON.readTree(exchange.getRequestBody().readAllBytes()));
        Act act;
        synchronized (this) {
            requests.add(request);
            Deque<Act> script = scripts.getOrDefault(request.question(), new ArrayDeque<>());
            act = script.isEmpty() ? otherwise : script.removeFirst();
        }
        try {
            act.on(exchange, request.question());
        } catch (InterruptedException e) {
            exchange.close();
        }
    }

    @Override
    public void close() {
        closing.countDown();
        server.stop(0);
        threads.shutdownNow();
        threads.close();
    }
}
