package org.jocular.tokenizers;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Byte-level BPE: the table of bytes, the cut into words, and decoding piece by piece. */
class ByteLevelTest {
    private final Tokenizer opt = Tokenizers.load(Shared.resource("opt"));

    @Test
    void everyByteHasACharacterThatPrints() {
        Set<Integer> seen = new HashSet<>();
        for (int c = 0; c < 0x10000; c++) {
            int b = ByteLevel.byteOf((char) c);
            if (b >= 0) {
                assertThat(Character.isISOControl(c) || Character.isWhitespace(c))
                        .isFalse();
                assertThat(seen.add(b)).as("byte %d", b).isTrue();
            }
        }
        assertThat(seen).hasSize(256);
        assertThat(ByteLevel.spell(" a\n\u00ADé")).isEqualTo("ĠaĊÂŃÃ©");
        assertThat(ByteLevel.byteOf('Ġ')).isEqualTo(' ');
        assertThat(ByteLevel.byteOf('Ń')).isEqualTo(0xAD);
    }

    @Test
    void wordsOfGpt2() {
        assertThat(GptWords.GPT2.words("I'll  say: it's 3.14\n\n x "))
                .containsExactly("I", "'ll", " ", " say", ":", " it", "'s", " 3", ".", "14", "\n\n", " x", " ");
        assertThat(GptWords.GPT2.words("\t\n a")).containsExactly("\t\n", " a");
        assertThat(GptWords.GPT2.words("\u3000a \u00A0b")).containsExactly("\u3000", "a", " ", "\u00A0", "b");
        assertThat(GptWords.GPT2.words("½²Ⅷ日本🙂!")).containsExactly("½²Ⅷ", "日本", "🙂!");
        assertThat(GptWords.GPT2.words("'S's")).containsExactly("'", "S", "'s");
        assertThat(GptWords.GPT2.words("")).isEmpty();
    }

    @Test
    void wordsOfClip() {
        assertThat(GptWords.CLIP.words(" it's  123 !? a")).containsExactly("it", "'s", "1", "2", "3", "!?", "a");
    }

    @Test
    void clipKnowsHtml() {
        assertThat(ClipText.prepared("&lt;B&gt; &amp;amp; &#65;&#x1F642; &nope; &#55296; &;"))
                .isEqualTo("<b> & a🙂 &nope; &#55296; &;");
    }

    @Test
    void optPutsItsBeginningInFront() {
        assertThat(opt.encode("", true)).containsExactly(2);
        assertThat(opt.encode("</s><image>a")).startsWith(2, 620);
        assertThat(new int[] {opt.bosId(), opt.eosId(), opt.unkId(), opt.padId()})
                .containsExactly(2, 2, 2, 1);
        assertThat(opt.piece(620)).isEqualTo("<image>");
        assertThat(opt.vocabSize()).isEqualTo(621);
        assertThat(opt.decode(opt.encode("a</s> <image>b"), true)).isEqualTo("a b");
        assertThat(opt.decode(opt.encode("a</s> <image>b"), false)).isEqualTo("a</s> <image>b");
    }

    /** No chunk ends inside a character, and together they are the text. */
    @Test
    void charactersArriveWhole() {
        String text = "naïve 🙂 日本語 👩‍👩‍👧";
        StreamDecoder decoder = opt.streamDecoder(true);
        StringBuilder all = new StringBuilder();
        for (int id : opt.encode(text)) {
            String chunk = decoder.feed(id);
            assertThat(chunk).doesNotContain("\uFFFD");
            assertThat(Normalizer.wellFormed(chunk)).isEqualTo(chunk);
            all.append(chunk);
        }
        assertThat(all.append(decoder.flush()).toString()).isEqualTo(text);
    }

    /** One mark for each incomplete character, unlike SentencePiece. */
    @Test
    void brokenBytes() {
        StreamDecoder decoder = opt.streamDecoder(true);
        assertThat(decoder.feed(b(0xF0))).isEmpty();
        assertThat(decoder.feed(b(0x9F))).isEmpty();
        assertThat(decoder.feed(b(0xA6))).isEmpty();
        assertThat(decoder.feed(b('x'))).isEqualTo("\uFFFDx");
        assertThat(decoder.feed(b(0xED))).isEmpty();
        assertThat(decoder.feed(b(0xA0))).as("a surrogate").isEqualTo("\uFFFD\uFFFD");
        assertThat(decoder.feed(b(0xE6))).isEmpty();
        assertThat(decoder.flush()).isEqualTo("\uFFFD");
        assertThat(decoder.feed(b('y'))).as("a flushed decoder starts anew").isEqualTo("y");
    }

    private int b(int value) {
        for (int c = 0; c < 0x144; c++) {
            if (ByteLevel.byteOf((char) c) == value) {
                return opt.id(String.valueOf((char) c));
            }
        }
        throw new AssertionError(value);
    }

    @Test
    void chunksAddUp() {
        Random random = new Random(3);
        for (String folder : List.of("opt", "qformer", "clip")) {
            Tokenizer tokenizer = Tokenizers.load(Shared.resource(folder));
            for (int run = 0; run < 300; run++) {
                int[] ids = random.ints(20, 0, tokenizer.vocabSize()).toArray();
                StreamDecoder decoder = tokenizer.streamDecoder(run % 2 == 0);
                StringBuilder text = new StringBuilder();
                for (int id : ids) {
                    text.append(decoder.feed(id));
                }
                assertThat(text.append(decoder.flush()).toString()).isEqualTo(tokenizer.decode(ids, run % 2 == 0));
            }
        }
    }

    /** A quadratic encoder would not come back from these within the life of a test. */
    @ParameterizedTest
    @ValueSource(strings = {"a", " ", "ab", "</s>", "the cat ", "é", "🙂", "1", "!", "'s", "\u0301", "日", "\n"})
    void longTexts(String unit) {
        String text = unit.repeat(100_000 / unit.length());
        assertThat(opt.decode(opt.encode(text), false)).isEqualTo(text);
        for (String other : List.of("qformer", "clip", "clip/tokenizer.json", "qformer/tokenizer.json")) {
            assertThat(Tokenizers.load(Shared.resource(other)).encode(text)).hasSizeLessThanOrEqualTo(400_000);
        }
    }
}
