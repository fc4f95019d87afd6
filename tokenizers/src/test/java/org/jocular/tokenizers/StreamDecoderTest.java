package org.jocular.tokenizers;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

class StreamDecoderTest {
    private final Tokenizer llava = Tokenizers.load(Shared.resource("llava"));

    private static int b(int value) {
        return 3 + value;
    }

    @Test
    void charactersArriveWhole() {
        StreamDecoder decoder = llava.streamDecoder(true);
        assertThat(decoder.feed(b(0xF0))).isEmpty();
        assertThat(decoder.feed(b(0x9F))).isEmpty();
        assertThat(decoder.feed(b(0xA6))).isEmpty();
        assertThat(decoder.feed(b(0x99))).isEqualTo("🦙");
        assertThat(decoder.feed(b('a'))).isEqualTo("a");
        assertThat(decoder.flush()).isEmpty();
    }

    /** One U+FFFD for each byte without a character, as {@code DecodeUTF8} of SentencePiece. */
    @Test
    void brokenBytes() {
        StreamDecoder decoder = llava.streamDecoder(true);
        assertThat(decoder.feed(b(0xE8))).isEmpty();
        assertThat(decoder.feed(b(0xBF))).isEmpty();
        assertThat(decoder.feed(b('x'))).isEqualTo("\uFFFD\uFFFDx");
        assertThat(decoder.feed(b(0x80))).isEqualTo("\uFFFD");
        assertThat(decoder.feed(b(0xC3))).isEmpty();
        assertThat(decoder.feed(b(0xC3))).isEqualTo("\uFFFD");
        assertThat(decoder.feed(b(0xA9))).isEqualTo("é");
        assertThat(decoder.feed(b(0xF0))).isEmpty();
        assertThat(decoder.flush()).isEqualTo("\uFFFD");
        // Overlong, surrogate and beyond U+10FFFF.
        int[] forbidden = {b(0xC0), b(0x80), b(0xED), b(0xA0), b(0x80), b(0xF4), b(0x90), b(0x80), b(0x80), b(0xFF)};
        assertThat(llava.decode(forbidden, true)).isEqualTo("\uFFFD".repeat(10));
    }

    @Test
    void specialTokensEndACharacterOnlyWhereTheyShow() {
        int[] ids = {b(0xC3), 2, b(0xA9)};
        assertThat(llava.decode(ids, true)).isEqualTo("é");
        assertThat(llava.decode(ids, false)).isEqualTo("\uFFFD</s>\uFFFD");
    }

    @Test
    void dummyPrefix() {
        int space = llava.id("▁");
        int a = llava.id("▁a");
        assertThat(llava.decode(new int[] {a, a}, true)).isEqualTo("a a");
        assertThat(llava.decode(new int[] {space, a}, true)).isEqualTo(" a");
        assertThat(llava.decode(new int[] {1, a}, true)).isEqualTo("a");
        assertThat(llava.decode(new int[] {1, a}, false)).isEqualTo("<s> a");
        assertThat(llava.decode(new int[] {b('x'), a}, true)).isEqualTo("x a");
        StreamDecoder decoder = llava.streamDecoder(true);
        assertThat(decoder.feed(space) + decoder.feed(a) + decoder.flush()).isEqualTo(" a");
        assertThat(decoder.feed(a)).as("a flushed decoder starts anew").isEqualTo("a");
    }

    /** Against the whole, and no chunk ends inside a character. */
    @Test
    void chunksAddUp() {
        Random random = new Random(11);
        for (int run = 0; run < 500; run++) {
            int[] ids = random.ints(40, 0, llava.vocabSize()).toArray();
            boolean skip = run % 2 == 0;
            StreamDecoder decoder = llava.streamDecoder(skip);
            StringBuilder text = new StringBuilder();
            for (int id : ids) {
                String chunk = decoder.feed(id);
                assertThat(Normalizer.wellFormed(chunk)).isEqualTo(chunk);
                text.append(chunk);
            }
            assertThat(text.append(decoder.flush()).toString()).isEqualTo(llava.decode(ids, skip));
        }
    }
}
