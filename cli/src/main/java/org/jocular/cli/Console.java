package org.jocular.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import tools.jackson.databind.json.JsonMapper;

/**
 * Where a command reads and writes: results to {@code out}, everything else to {@code err}, in UTF-8 whatever the locale.
 *
 * @param terminal whether somebody sits in front of it
 * @param colours whether it may be coloured
 */
record Console(InputStream in, PrintWriter out, PrintWriter err, boolean terminal, boolean colours) {

    /** The process's own streams. */
    static Console system() {
        boolean terminal = System.console() != null && System.console().isTerminal();
        // https://no-color.org: any value but an empty one counts.
        String noColour = System.getenv("NO_COLOR");
        boolean colours = terminal && (noColour == null || noColour.isEmpty()) && !"dumb".equals(System.getenv("TERM"));
        return new Console(System.in, writer(FileDescriptor.out), writer(FileDescriptor.err), terminal, colours);
    }

    private static PrintWriter writer(FileDescriptor descriptor) {
        OutputStream stream = new CheckedOutput(new FileOutputStream(descriptor));
        return new PrintWriter(stream, false, StandardCharsets.UTF_8);
    }

    /** One line on stderr. */
    void note(String line) {
        err.println(line);
        err.flush();
    }

    /** One line of JSON on stdout. */
    void json(Object value) {
        out.println(JsonMapper.shared().writeValueAsString(value));
        out.flush();
    }

    /** A piece of a model's answer, at once. */
    void piece(String text) {
        out.print(terminal ? printable(text) : text);
        out.flush();
    }

    /** A line that says something about {@code name}, which stands in a column of its own. */
    void row(String name, String format, Object... values) {
        out.printf(
                Locale.ROOT,
                "  %s%s%n",
                bold("%-12s".formatted(name)),
                values.length == 0 ? format : String.format(Locale.ROOT, format, values));
    }

    String bold(String text) {
        return styled("1", text);
    }

    String dim(String text) {
        return styled("2", text);
    }

    String good(String text) {
        return styled("32", text);
    }

    String bad(String text) {
        return styled("31", text);
    }

    private String styled(String code, String text) {
        return colours ? "\u001b[" + code + "m" + text + "\u001b[0m" : text;
    }

    /** Without control characters: a model may generate any, and a terminal obeys them. */
    static String printable(String text) {
        StringBuilder shown = new StringBuilder(text.length());
        text.codePoints()
                .map(c -> Character.isISOControl(c) && c != '\n' && c != '\t' ? 0xFFFD : c)
                .forEach(shown::appendCodePoint);
        return shown.toString();
    }
}
