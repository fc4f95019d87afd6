package org.jocular.eval.report;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.Map;
import org.jocular.eval.run.Atomically;

/** A page with gaps, {@code {{name}}}, that are filled while it is written. */
final class Template {
    private Template() {}

    /** Writes page.html with its dress and, where it has one, its script. */
    static void write(OutputStream out, Map<String, Atomically.Content> gaps, String script) throws IOException {
        String page = resource("page.html");
        int at = 0;
        for (int open = page.indexOf("{{"); open >= 0; open = page.indexOf("{{", at)) {
            int close = page.indexOf("}}", open);
            text(out, page.substring(at, open));
            String name = page.substring(open + 2, close);
            switch (name) {
                case "style" -> text(out, resource("page.css"));
                case "script" -> text(out, script);
                case "script-hash" -> text(out, hash(script));
                default -> {
                    Atomically.Content gap = gaps.get(name);
                    if (gap == null) {
                        throw new IllegalStateException("nothing for the gap " + name);
                    }
                    gap.to(out);
                }
            }
            at = close + 2;
        }
        text(out, page.substring(at));
    }

    static void text(OutputStream out, String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.UTF_8));
    }

    static Atomically.Content text(String text) {
        return out -> text(out, text);
    }

    /** A file beside this class, in whatever state of line ends it was checked out. */
    static String resource(String name) {
        try (InputStream in = Template.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException("there is no resource " + name);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).replace("\r\n", "\n");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** By which the page's own script is the only one that a browser runs. */
    private static String hash(String script) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(script.getBytes(StandardCharsets.UTF_8));
            return Base64.getEncoder().encodeToString(hash);
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every JDK has SHA-256", e);
        }
    }
}
