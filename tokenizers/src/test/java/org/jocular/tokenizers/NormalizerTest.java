package org.jocular.tokenizers;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jocular.tokenizers.SentencePieceModel.Algorithm;
import org.jocular.tokenizers.SentencePieceModel.NormalizerSpec;
import org.jocular.tokenizers.SentencePieceModel.PieceType;
import org.junit.jupiter.api.Test;

class NormalizerTest {

    private static String normalize(byte[] charsMap, boolean removeExtraWhitespaces, String text) {
        NormalizerSpec spec = new NormalizerSpec(charsMap, true, removeExtraWhitespaces, true);
        PrefixMatcher userDefined = new PrefixMatcher(List.of("AAA"));
        return new Normalizer("tiny.model", spec, false, userDefined).normalize(text);
    }

    @Test
    void whitespace() {
        byte[] identity = new byte[0];
        assertThat(normalize(identity, true, "  a  b  ")).isEqualTo("▁a▁b");
        assertThat(normalize(identity, false, "  a  b  ")).isEqualTo("▁▁▁a▁▁b▁▁");
        assertThat(normalize(identity, true, "   ")).isEmpty();
        assertThat(normalize(identity, false, "")).isEmpty();
        assertThat(normalize(identity, true, "a\t\nb")).isEqualTo("▁a\t\nb");
    }

    /** A double array made by hand: A becomes a space and a B, AA becomes C; the longer one wins. */
    @Test
    void longestRule() {
        ByteBuffer blob = ByteBuffer.allocate(4 + 1024 + 5).order(ByteOrder.LITTLE_ENDIAN);
        blob.putInt(1024).put(1028, " B\0C".getBytes(StandardCharsets.UTF_8));
        int leaf = 1 << 8;
        int value = 1 << 31;
        int root = 0;
        int afterA = root ^ 1 ^ 'A';
        int afterAa = afterA ^ 2 ^ 'A';
        unit(blob, root, 1 << 10);
        unit(blob, afterA, 2 << 10 | leaf | 'A');
        unit(blob, afterA ^ 2, value);
        unit(blob, afterAa, 4 << 10 | leaf | 'A');
        unit(blob, afterAa ^ 4, value | 3);
        assertThat(normalize(blob.array(), false, "xAy")).isEqualTo("▁x▁By");
        assertThat(normalize(blob.array(), false, "xAAy")).isEqualTo("▁xCy");
        assertThat(normalize(blob.array(), false, "AAAéA")).as("user-defined").isEqualTo("▁AAAé▁B");
    }

    private static void unit(ByteBuffer blob, int index, int unit) {
        blob.putInt(4 + 4 * index, unit);
    }

    @Test
    void unigramTakesTheBestSum() {
        Tokenizer tokenizer = TinyModel.of(Algorithm.UNIGRAM)
                .piece("▁", -1)
                .piece("a", -2)
                .piece("b", -2)
                .piece("ab", -3)
                .piece("▁a", -5)
                .piece("ba", 0, PieceType.USER_DEFINED)
                .tokenizer();
        assertThat(tokenizer.encode("ab")).containsExactly(3, 6);
        assertThat(tokenizer.encode("aba")).as("user-defined").containsExactly(3, 4, 8);
        assertThat(tokenizer.encode("日本a")).as("fused").containsExactly(3, 0, 4);
    }

    @Test
    void unigramOfLongText() {
        Tokenizer tokenizer = TinyModel.of(Algorithm.UNIGRAM)
                .piece("▁", -1)
                .piece("aa", -1)
                .piece("a", -2)
                .tokenizer();
        assertThat(tokenizer.encode("a".repeat(100_000))).hasSize(50_001);
    }
}
