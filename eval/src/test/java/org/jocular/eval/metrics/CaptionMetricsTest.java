package org.jocular.eval.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.assertj.core.data.Offset;
import org.jocular.eval.Shared;
import org.jocular.eval.metrics.CocoCaptions.Pair;
import org.jocular.tensor.BadInput;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/** CIDEr, BLEU and ROUGE-L against pycocoevalcap. */
class CaptionMetricsTest {
    private static final Offset<Double> OFFICIAL = within(1e-6);
    private static final Offset<Double> ROUNDING = within(1e-12);

    /** Scored with pycocoevalcap 1.2: a token of two words, an empty caption, captions longer and shorter than references. */
    private static final List<Pair> OWN = PtbTokenizer.tokenizePairs(List.of(
            new Pair(
                    "a",
                    "A red cube on top of a red ball.",
                    List.of(
                            "A red cube stands on a green ball.",
                            "The cube's on top of the ball!",
                            "A cube, red; a ball, green.")),
            new Pair(
                    "b",
                    "The dogs don't run after 2 1/2 cats",
                    List.of("Two dogs run after 2 1/2 cats.", "Dogs don't catch the cats on the ball.")),
            new Pair(
                    "c",
                    "A man plays the guitar.",
                    List.of("A man plays the guitar in the street.", "A street musician with a guitar.")),
            new Pair("d", "...", List.of("An empty street."))));

    @Test
    void ciderOfOwnCaptions() {
        assertThat(Cider.score(OWN).corpus()).isCloseTo(2.4126128004947596, ROUNDING);
        assertClose(Cider.score(OWN), 1.9327827366631731, 3.973590426749864, 3.744078038566001, 0.0);
    }

    @Test
    void bleuOfOwnCaptions() {
        double[] corpus = {0.839552266544735, 0.7182065078095088, 0.6211765484415122, 0.49514511728827154};
        double[][] images = {
            {0.8888888887901236, 0.9999999997777782, 0.8187307527504899, 0.0},
            {0.6666666665879631, 0.8660254035859749, 0.8187307527300217, 0.0},
            {0.5026316273559422, 0.7539474409501415, 0.8187307527004564, 0.0},
            {6.782652181136287e-05, 0.6147881527990924, 0.81873075265156, 0.0}
        };
        List<CaptionScore> scores = Bleu.score(OWN);
        for (int order = 0; order < 4; order++) {
            assertThat(scores.get(order).corpus()).isCloseTo(corpus[order], ROUNDING);
            assertClose(scores.get(order), images[order]);
        }
    }

    @Test
    void rougeOfOwnCaptions() {
        assertThat(RougeL.score(OWN).corpus()).isCloseTo(0.5462805396667461, ROUNDING);
        assertClose(RougeL.score(OWN), 0.7134502923976607, 0.7331730769230769, 0.7384987893462469, 0.0);
    }

    /** 200 images of the CIDEr repository with 5 and with 48 references, their last candidate each. */
    @ParameterizedTest
    @CsvSource({"candsB_refs5, 5", "candsB_refs48, 48"})
    void equalsTheOfficialScores(String name, int references) {
        JsonNode expected = json("expected_scores.json").get(name);
        Map<String, String> candidates = new LinkedHashMap<>();
        for (JsonNode row : json("abstract_candsB.json")) {
            candidates.put(row.get("image_id").asString(), row.get("caption").asString());
        }
        Map<String, List<String>> all = new LinkedHashMap<>();
        for (JsonNode row : json("abstract48S.json")) {
            all.computeIfAbsent(row.get("image_id").asString(), id -> new ArrayList<>())
                    .add(row.get("caption").asString());
        }
        List<Pair> pairs = new ArrayList<>();
        candidates.forEach((id, caption) ->
                pairs.add(new Pair(id, caption, all.getOrDefault(id, List.of()).subList(0, references))));
        List<Pair> tokenized = PtbTokenizer.tokenizePairs(pairs);

        assertThat(tokenized).hasSize(expected.get("n").asInt());
        CaptionScore cider = Cider.score(tokenized);
        assertThat(cider.corpus()).isCloseTo(expected.get("CIDEr").asDouble(), OFFICIAL);
        for (int i = 0; i < tokenized.size(); i++) {
            assertThat(cider.perImage().get(i))
                    .as(tokenized.get(i).imageId())
                    .isCloseTo(
                            expected.get("per_image_CIDEr")
                                    .get(tokenized.get(i).imageId())
                                    .asDouble(),
                            OFFICIAL);
        }
        List<CaptionScore> bleu = Bleu.score(tokenized);
        for (int order = 0; order < 4; order++) {
            assertThat(bleu.get(order).corpus())
                    .isCloseTo(expected.get("BLEU").get(order).asDouble(), OFFICIAL);
        }
        assertThat(RougeL.score(tokenized).corpus())
                .isCloseTo(expected.get("ROUGE_L").asDouble(), OFFICIAL);
    }

    @Test
    void ciderOfOneImageIsZero() {
        assertThat(Cider.score(OWN.subList(0, 1)).corpus()).isZero();
    }

    @Test
    void ciderWeighsByTheImagesScored() {
        assertThat(Cider.score(OWN.subList(0, 2)).perImage().getFirst())
                .isNotCloseTo(Cider.score(OWN).perImage().getFirst(), within(0.01));
    }

    @Test
    void emptyReferenceEqualsEmptyCandidateOnlyForRouge() {
        List<Pair> nothing = List.of(new Pair("a", "", List.of("")), new Pair("b", "", List.of("x")));
        assertThat(RougeL.score(nothing).perImage()).containsExactly(1.0, 0.0);
        assertThat(Cider.score(nothing).perImage()).containsExactly(0.0, 0.0);
    }

    @Test
    void refusesWhatCannotBeScored() {
        assertThatThrownBy(() -> Cider.score(List.of()))
                .isInstanceOf(BadInput.class)
                .hasMessage("there are no captions to score");
        assertThatThrownBy(() -> Bleu.score(List.of(new Pair("17", "a", List.of()))))
                .isInstanceOf(BadInput.class)
                .hasMessage("image 17 has no references to score its caption by");
    }

    private static JsonNode json(String file) {
        Path path = Shared.path("assets/eval/cider/" + file);
        return new ObjectMapper().readTree(path.toFile());
    }

    private static void assertClose(CaptionScore score, double... expected) {
        assertThat(score.perImage()).hasSize(expected.length);
        for (int i = 0; i < expected.length; i++) {
            assertThat(score.perImage().get(i)).isCloseTo(expected[i], ROUNDING);
        }
    }
}
