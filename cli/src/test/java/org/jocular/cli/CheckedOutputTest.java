package org.jocular.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class CheckedOutputTest {
    private final StringWriter err = new StringWriter();

    /** Runs a command whose output cannot be written for that reason. */
    private int statusWhenWritingFailsWith(String reason, String stdin, String... args) {
        OutputStream failing = new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                throw new IOException(reason);
            }
        };
        PrintWriter out = new PrintWriter(new CheckedOutput(failing), false, StandardCharsets.UTF_8);
        byte[] in = stdin.getBytes(StandardCharsets.UTF_8);
        return Main.run(new Console(new ByteArrayInputStream(in), out, new PrintWriter(err), false, false), args);
    }

    @Test
    void aReaderThatWentAwayEndsTheCommandQuietly() {
        String[][] commands = {{"doctor"}, {"doctor", "--json"}, {"--help"}, {"inspect", Cli.MODEL.toString()}};
        for (String[] command : commands) {
            assertThat(statusWhenWritingFailsWith("Broken pipe", "", command)).isEqualTo(141);
            assertThat(err.toString()).isEmpty();
        }
    }

    @Test
    void aReaderThatWentAwayEndsAnAnswer() {
        String[] ask = {"ask", "--model", Cli.MODEL.toString(), "--prompt", "Hi", "--max-new-tokens", "400"};

        assertThat(statusWhenWritingFailsWith("Broken pipe", "", ask)).isEqualTo(141);
        assertThat(err.toString()).isEmpty();
    }

    @Test
    void aFullDiskIsAnError() {
        assertThat(statusWhenWritingFailsWith("No space left on device", "", "doctor"))
                .isEqualTo(74);
        assertThat(err.toString()).contains("jocular: the output cannot be written: No space left on device");
    }
}
