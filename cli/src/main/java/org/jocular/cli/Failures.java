package org.jocular.cli;

import org.jocular.tensor.BadInput;

/** What a user sees of an exception, and the exit status. */
final class Failures {
    /** A check found a difference. */
    static final int DIFFERS = 1;

    /** Something that the user gave is not right. */
    static final int BAD_INPUT = 2;

    /** EX_SOFTWARE of sysexits.h. */
    static final int INTERNAL = 70;

    /** EX_IOERR of sysexits.h. */
    static final int CANNOT_WRITE = 74;

    /** What a shell reports for a process that SIGPIPE ended. */
    private static final int CLOSED_PIPE = 128 + 13;

    private Failures() {}

    /** Prints one sentence and returns the exit status. */
    static int report(Throwable failure, Console console, boolean debug) {
        if (failure instanceof CheckedOutput.Broken broken && broken.isClosedPipe()) {
            return CLOSED_PIPE;
        }
        console.err().println("jocular: " + sentence(failure, debug));
        if (debug) {
            failure.printStackTrace(console.err());
        }
        console.err().flush();
        return switch (failure) {
            case CheckedOutput.Broken broken -> CANNOT_WRITE;
            case BadInput bad -> BAD_INPUT;
            default -> INTERNAL;
        };
    }

    private static String sentence(Throwable failure, boolean debug) {
        return switch (failure) {
            case BadInput bad -> oneLine(String.valueOf(bad.getMessage()));
            case CheckedOutput.Broken broken -> "the output cannot be written: " + broken.getMessage();
            case OutOfMemoryError memory ->
                "the memory does not suffice (%s); JOCULAR_OPTS=-Xmx8g gives the JVM a heap of 8 GB"
                        .formatted(memory.getMessage());
            default ->
                "internal error: %s%s".formatted(oneLine(failure.toString()), debug ? "" : "; --debug shows where");
        };
    }

    private static String oneLine(String text) {
        return Console.printable(text).replaceAll("\\s*\\R\\s*", " ");
    }
}
