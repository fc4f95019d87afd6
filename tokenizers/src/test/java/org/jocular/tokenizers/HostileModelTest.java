package org.jocular.tokenizers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.jocular.tokenizers.SentencePieceModel.Algorithm;
import org.jocular.tokenizers.SentencePieceModel.PieceType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Broken files are refused in one sentence that names the file. */
class HostileModelTest {

    private static void refused(byte[] bytes, String... words) {
        assertThatThrownBy(() -> new SentencePieceTokenizer(SentencePieceModel.parse("some.model", bytes)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("some.model: ")
                .message()
                .contains(words)
                .doesNotContain("\n");
    }

    @Test
    void wireFormat() {
        refused(new byte[] {0x0A}, "ends inside a number");
        refused(new byte[] {0x0A, 0x05, 0x0A}, "field 1 claims 5 bytes where 1 are left");
        refused(new byte[] {0x0A, -1, -1, -1, -1, 0x0F}, "field 1 claims 4294967295 bytes");
        refused(new byte[] {0x0A, -1, -1, -1, -1, -1, -1, -1, -1, -1, 0x01}, "claims 18446744073709551615 bytes");
        refused(new byte[] {-1, -1, -1, -1, -1, -1, -1, -1, -1, -1, 0x01}, "longer than ten bytes");
        refused(new byte[] {0x08, 0x01}, "field 1 has wire type 0, expected 2");
        refused(new byte[] {0x0A, 0x03, 0x0A, 0x01, (byte) 0xFF}, "field 1 is not UTF-8");
        refused(new byte[] {0x0A, 0x04, 0x15, 0x00, 0x00, 0x00}, "ends inside field 2");
        refused(new byte[] {0x7B}, "wire type 3");
        refused(new byte[] {0x00}, "field number 0 is out of range");
    }

    @Test
    void contents() {
        refused(new byte[0], "no piece of type unknown");
        refused(TinyModel.bpe().piece("", 0).bytes(), "piece 3 is empty");
        refused(TinyModel.bpe().piece("a", Float.NaN).bytes(), "score of piece 3 is not a number");
        refused(TinyModel.bpe().piece("a", 0).piece("a", 1).bytes(), "piece a is there twice");
        refused(TinyModel.bpe().piece("?", 0, PieceType.UNKNOWN).bytes(), "two unknown pieces, 0 and 3");
        refused(TinyModel.bpe().piece("<0xGG>", 0, PieceType.BYTE).bytes(), "byte piece <0xGG>");
        refused(TinyModel.bpe().byteFallbackWithoutPieces().bytes(), "byte_fallback needs 256 byte pieces, found 0");
        refused(TinyModel.of(Algorithm.CHAR).bytes(), "model_type CHAR is not supported");
    }

    @Test
    void charsMap() {
        refused(TinyModel.bpe().charsMap(new byte[] {1, 2}).bytes(), "precompiled_charsmap has 2 bytes");
        refused(TinyModel.bpe().charsMap(new byte[] {0, 4, 0, 0, 1}).bytes(), "claims a trie of 1024 bytes");
        ByteBuffer outside = ByteBuffer.allocate(4 + 1024 + 1).order(ByteOrder.LITTLE_ENDIAN);
        outside.putInt(1024).putInt(1 << 22);
        refused(TinyModel.bpe().charsMap(outside.array()).bytes(), "unit 0 points outside");
    }

    /** Whatever is cut off or changed: a tokenizer, or one sentence, never anything else. */
    @Test
    void cutAndFlipped() throws IOException {
        byte[] good = Files.readAllBytes(Shared.resource("llava/tokenizer.model"));
        Random random = new Random(7);
        int refused = 0;
        for (int i = 0; i < 600; i++) {
            byte[] bytes = i % 2 == 0 ? Arrays.copyOf(good, random.nextInt(good.length)) : good.clone();
            for (int flips = i % 2; flips > 0 && flips < 4; flips++) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
            }
            try {
                Tokenizer tokenizer = new SentencePieceTokenizer(SentencePieceModel.parse("some.model", bytes));
                tokenizer.decode(tokenizer.encode("Hello wörld 🙂"), false);
            } catch (IllegalArgumentException e) {
                assertThat(e).hasMessageStartingWith("some.model: ");
                refused++;
            }
        }
        assertThat(refused).isGreaterThan(300);
    }

    @Test
    void directories(@TempDir Path directory) throws IOException {
        assertThatThrownBy(() -> Tokenizers.load(directory))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("no tokenizer here");
        assertThatThrownBy(() -> Tokenizers.load(directory.resolve("none.model")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("no such file");
        Files.copy(Shared.resource("llava/tokenizer.model"), directory.resolve("tokenizer.model"));
        for (String broken :
                new String[] {"{", "[]", "{\"bos_token\": 7}", "{\"added_tokens_decoder\": {\"x\": {}}}"}) {
            Files.writeString(directory.resolve("tokenizer_config.json"), broken, StandardCharsets.UTF_8);
            assertThatThrownBy(() -> Tokenizers.load(directory))
                    .as(broken)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("tokenizer_config.json: ");
        }
    }
}
