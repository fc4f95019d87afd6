package org.jocular.eval.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import org.jocular.eval.Shared;
import org.jocular.eval.metrics.CocoCaptions.Pair;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Against what ptbtokenizer.py with CoreNLP 3.4.1 answered. */
class PtbTokenizerTest {
    static List<Arguments> ownSentences() {
        return List.of(
                Arguments.of(
                        "A dog's bowl, the boys' hats and Jenny's kite.",
                        "a dog 's bowl the boys hats and jenny 's kite"),
                Arguments.of(
                        "They can't and don't; she won't, I'd say we'll see it's fine.",
                        "they ca n't and do n't she wo n't i 'd say we 'll see it 's fine"),
                Arguments.of(
                        "You cannot go, I'm gonna stay: gimme that, 'tis late.",
                        "you can not go i 'm gon na stay gim me that 't is late"),
                Arguments.of("He said \"hello\" and 'bye', then “left”.", "he said hello and bye then left"),
                Arguments.of("It’s the cat’s toy and they don’t care.", "it 's the cat 's toy and they do n't care"),
                Arguments.of(
                        "A 3-year-old girl in mid-air, black/white stripes -- and an up-to-date map.",
                        "a 3-year-old girl in mid-air black/white stripes and an up-to-date map"),
                Arguments.of(
                        "Mr. Smith lives on Main St. in the U.S. near Mt. Rushmore.",
                        "mr. smith lives on main st. in the u.s. near mt. rushmore"),
                Arguments.of(
                        "It opens at 7 p.m. or 10:30 a.m. on Jan. 5, i.e. soon, etc.",
                        "it opens at 7 p.m. or 10:30 a.m. on jan. 5 i.e. soon etc."),
                Arguments.of(
                        "He wore no. 12. She said no. The plane is no. one.",
                        "he wore no. 12 she said no the plane is no one"),
                Arguments.of(
                        "The plane has the letter C. The sky is blue.", "the plane has the letter c the sky is blue"),
                Arguments.of("Vitamin C. is good, jacobsz., too", "vitamin c. is good jacobsz. too"),
                Arguments.of(
                        "$5.50 for 1,000 apples, 50% off, US$3 and £4 and 5¢",
                        "$ 5.50 for 1,000 apples 50 % off us$ 3 and # 4 and 5 cents"),
                Arguments.of(
                        "2 1/2 cups, 1/2 mile, a 24\" screen, 5'10\" tall, 6x6",
                        "2\u00A01/2 cups 1/2 mile a 24 screen 5 10 tall 6x6"),
                Arguments.of("the 1950's and the '60s and the 90s", "the 1950 's and the '60s and the 90s"),
                Arguments.of("(red) [green] {blue}", "-lrb- red -rrb- -lsb- green -rsb- -lcb- blue -rcb-"),
                Arguments.of("wow!! what?! no... yes….", "wow !! what ?! no yes"),
                Arguments.of(
                        "Mike,Jenny and a cat,near the dog.The end!Now go",
                        "mike jenny and a cat near the dog.the end!now go"),
                Arguments.of(
                        "dog,cat-like things; a U.S.-based 3.5-inch drive",
                        "dog,cat-like things a u.s.-based 3.5-inch drive"),
                Arguments.of(
                        "O'Neil plays rock'n'roll at 5 o'clock, y'all, ma'am",
                        "o'neil plays rock 'n' roll at 5 o'clock y' all ma'am"),
                Arguments.of(
                        "see www.example.com or http://a.org/b?c=d, me@x.org #fun @bob",
                        "see www.example.com or http://a.org/b?c=d me@x.org #fun @bob"),
                Arguments.of("AT&T and R&B, black & white, salt&pepper", "at&t and r&b black & white salt & pepper"),
                Arguments.of("a :) smile :( and 8) :/", "a :-rrb- smile :-lrb- and 8 -rrb- /"),
                Arguments.of(
                        "<b class=\"x\">bold</b> & &lt;tag&gt; &amp; <3",
                        "<b\u00A0class=\"x\"> bold </b> & < tag > & < 3"),
                Arguments.of("C++ and C#, A+ and #1", "c++ and c# a + and # 1"),
                Arguments.of("café naïve über 北京 ☺ 😀 a😀b", "café naïve über 北京 ☺ a b"),
                Arguments.of("soft\u00ADhyphen, a\u200Bb, 1½ and ¾", "softhyphen a b 1 1/2 and 3/4"),
                Arguments.of("a -- b - c — d – e", "a b c d e"),
                Arguments.of("* note ** ** and _ under_score", "* note ** ** and _ under_score"),
                Arguments.of("call (555) 555-1234 or 555-1234", "call -lrb-555-rrb-\u00A0555-1234 or 555-1234"),
                Arguments.of(
                        "Hawai'i and De'Andre, L'Oreal d'Artagnan, jenny'and mike",
                        "hawai'i and de'andre l'oreal d'artagnan jenny'and mike"),
                Arguments.of("  .,;: - '' ``  ", ""),
                Arguments.of("IMG_12.jpg 12.jpg and a.b.c.", "img_12 jpg 12.jpg and a.b.c."));
    }

    @ParameterizedTest
    @MethodSource("ownSentences")
    void equalsTheOriginalOnOwnSentences(String caption, String tokens) {
        assertThat(PtbTokenizer.tokenize(caption)).isEqualTo(tokens);
    }

    @ParameterizedTest
    @CsvSource({"ptb_vectors.tsv, 0, 4360", "abstract48S.first5.ptb.tsv, 1, 1000", "abstract_candsB.ptb.tsv, 1, 200"})
    void equalsTheOriginalOnAllVectors(String file, int column, int count) throws IOException {
        List<String> captions = new ArrayList<>();
        List<String> tokens = new ArrayList<>();
        for (String line :
                Files.readString(Shared.path("assets/eval/cider/" + file)).split("\n")) {
            String[] fields = line.split("\t", -1);
            captions.add(fields[column]);
            tokens.add(fields[column + 1]);
        }
        assertThat(captions).hasSize(count);
        assertThat(captions.stream().map(PtbTokenizer::tokenize).toList()).isEqualTo(tokens);
    }

    @Test
    void looksIntoTheNextCaptionForTheEndOfASentence() {
        assertThat(PtbTokenizer.tokenize(
                        List.of("letter C.", "A man", "letter C.", "", "Dogs", "no.", " 5 cats", "C.")))
                .containsExactly("letter c", "a man", "letter c.", "", "dogs", "no.", "5 cats", "c.");
    }

    @Test
    void takesALineBreakForASpace() {
        assertThat(PtbTokenizer.tokenize("a dog\nruns\r\n fast")).isEqualTo("a dog runs fast");
    }

    @Test
    void tokenisesCandidatesApartFromReferences() {
        Pair pair = new Pair("7", "Letter C.", List.of("A dog's hat.", "The hat!"));
        assertThat(PtbTokenizer.tokenizePairs(List.of(pair, new Pair("8", "A", List.of("It")))))
                .containsExactly(
                        new Pair("7", "letter c", List.of("a dog 's hat", "the hat")),
                        new Pair("8", "a", List.of("it")));
    }

    @Test
    void survivesLongAndStrangeText() {
        String odd = "a-".repeat(2_000) + " " + "'".repeat(500) + "x.y".repeat(1_000) + " <" + "a ".repeat(1_000);
        assertThat(PtbTokenizer.tokenize(odd)).isNotEmpty();
        assertThat(PtbTokenizer.tokenize("\uD83D \u0000 \uFFFF")).isEmpty();
    }
}
