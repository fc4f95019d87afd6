package org.jocular.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Lines of text to lines of ids and back. */
class TokenizeCommandTest {
    private static final String MODEL = Cli.MODEL.toString();

    @TempDir
    private Path folder;

    @Test
    void tokenizesJsonLinesAndBack() {
        String ids = Cli.runWith("\"A red circle\"\n\"\"\n\"\\u00e0\\n\"\n", "tokenize", "--model", MODEL, "--jsonl")
                .out();

        assertThat(ids.lines()).hasSize(3).element(1).isEqualTo("[]");
        assertThat(Cli.runWith(ids, "tokenize", "--model", MODEL, "--jsonl", "--decode")
                        .out())
                .isEqualTo("\"A red circle\"\n\"\"\n\"à\\n\"\n");
    }

    @Test
    void tokenizesPlainLinesWithSpecialTokensOnRequest() {
        String model = Cli.MODEL.resolve("tokenizer.model").toString();

        String plain =
                Cli.runWith("A red circle\r\n", "tokenize", "--model", model).out();
        String special = Cli.runWith("A red circle", "tokenize", "--model", MODEL, "--special")
                .out();

        assertThat(special).isEqualTo("1 " + plain);
        assertThat(Cli.runWith(plain, "tokenize", "--model", model, "--decode").out())
                .isEqualTo("A red circle\n");
    }

    @Test
    void tokenizeNamesTheLineThatIsBroken() {
        for (String broken : List.of("\"half", "5", "[1]", "null", "\"a\" \"b\"", "")) {
            Cli.Result result = Cli.runWith("\"good\"\n" + broken + "\n", "tokenize", "--model", MODEL, "--jsonl");

            assertThat(result.status()).isEqualTo(2);
            assertThat(result.err()).startsWith("jocular: line 2 of the standard input is not a JSON string");
            assertThat(result.err()).hasLineCount(1);
        }
        byte[] latin1 = "\"caf\u00e9\"".getBytes(StandardCharsets.ISO_8859_1);
        assertThat(Cli.runWith(latin1, "tokenize", "--model", MODEL, "--jsonl").err())
                .contains("line 1", "not UTF-8");
        assertThat(Cli.runWith("12 x", "tokenize", "--model", MODEL, "--decode").err())
                .contains("line 1", "list of ids");
    }

    @Test
    void tokenizeRefusesWhatIsNoTokenizer() {
        Cli.Result result = Cli.run("tokenize", "--model", folder.toString());

        assertThat(result.status()).isEqualTo(2);
        assertThat(result.err()).contains("no tokenizer here").hasLineCount(1);
    }
}
