package org.jocular.cli;

import java.util.Locale;

/** How the demo's stages look. */
final class DemoPrinter {
    private static final String INDENT = " ".repeat(4);

    private final Console console;
    private int stage;

    DemoPrinter(Console console) {
        this.console = console;
    }

    Console console() {
        return console;
    }

    void title(String title, String below) {
        console.out().printf("%s%n%s%n", console.bold(title), console.dim(below));
    }

    void stage(String name) {
        console.out().printf("%n%s%n", console.bold("%2d  %s".formatted(++stage, name)));
    }

    void line(String format, Object... values) {
        text(String.format(Locale.ROOT, format, values));
    }

    /** A line that is no format. */
    void text(String text) {
        console.out().println(INDENT + text);
        console.out().flush();
    }

    /** The beginning of a line that goes on. */
    void begin(String text) {
        console.out().print(INDENT + text);
        console.out().flush();
    }

    /** A piece of an answer, at once. Noise holds any character; each newline would begin a line of its own. */
    void piece(String piece) {
        console.out().print(Console.printable(piece).replaceAll("\\s", " "));
        console.out().flush();
    }

    void end(String text) {
        console.out().println(text);
        console.out().flush();
    }

    void time(double seconds) {
        text(console.dim("%.1f ms".formatted(1e3 * seconds)));
    }
}
