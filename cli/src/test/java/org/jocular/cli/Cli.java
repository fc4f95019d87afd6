package org.jocular.cli;

import java.io.ByteArrayInputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Runs the command inside this JVM and keeps what it printed. */
final class Cli {
    /** The model that is committed with the source. */
    static final Path MODEL = Path.of("../models/golden-llava");

    private Cli() {}

    record Result(int status, String out, String err) {
        JsonNode json() {
            return JsonMapper.shared().readTree(out);
        }
    }

    static Result run(String... args) {
        return runWith("", args);
    }

    static Result runWith(String stdin, String... args) {
        return runWith(stdin.getBytes(StandardCharsets.UTF_8), args);
    }

    static Result runWith(byte[] stdin, String... args) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        Console console =
                new Console(new ByteArrayInputStream(stdin), new PrintWriter(out), new PrintWriter(err), false, false);
        int status = Main.run(console, args);
        return new Result(status, out.toString(), err.toString());
    }
}
