package org.jocular.eval.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import org.jocular.eval.Shared;
import org.jocular.eval.metrics.Vsr.Example;
import org.jocular.eval.metrics.Vsr.Judged;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class VsrTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "Yes|YES",
                "yes, it is|YES",
                "No.|NO",
                "(no)|NO",
                "yes-no|NEITHER",
                "Yes and no|NEITHER",
                "nothing|NEITHER",
                "true|NEITHER",
                "''|NEITHER"
            })
    void aGeneratedAnswerSaysExactlyOneOfTheWords(String answer, Verdict verdict) {
        assertThat(Vsr.words(answer)).isEqualTo(verdict);
    }

    @Test
    void theBestCandidateDecides() {
        SequencedMap<String, Double> scores = new LinkedHashMap<>();
        scores.put("yes", -2.0);
        scores.put("true", -0.5);
        scores.put("no", -1.0);
        scores.put("false", -0.5);
        assertThat(Vsr.ranked(scores)).isEqualTo(Verdict.YES);
        scores.put("no", -0.4);
        assertThat(Vsr.ranked(scores)).isEqualTo(Verdict.NO);
    }

    @Test
    void anAnswerThatSaysNeitherIsWrongAndCountsAsNo() {
        List<Judged> judged = List.of(
                new Judged(example(1, "on"), Verdict.YES),
                new Judged(example(1, "on"), Verdict.NEITHER),
                new Judged(example(0, "near"), Verdict.NEITHER),
                new Judged(example(0, "near"), Verdict.YES));
        Scores scores = Vsr.score(judged, Map.of("on", "Topological"));
        assertThat(scores.metrics())
                .containsExactly(
                        Map.entry("accuracy", 25.0),
                        Map.entry("precision", 50.0),
                        Map.entry("recall", 50.0),
                        Map.entry("f1", 50.0),
                        Map.entry("meta.Topological", 50.0),
                        Map.entry("relation.near", 0.0),
                        Map.entry("relation.on", 50.0));
        assertThat(scores.notes()).containsExactly("2 answers say neither yes nor no and are wrong");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "1\n0\n",
                "{\"question_id\": 0, \"text\": \"Yes.\"}\n{\"question_id\": 1, \"text\": \"No\"}\n",
                "[{\"instance_id\": \"0\", \"prediction\": \"true\"}, {\"instance_id\": \"1\", \"prediction\": \"no\"}]",
                "{\"scores\": {\"yes\": -1, \"no\": -2}}\n{\"scores\": {\"yes\": -3, \"no\": -2}}\n",
            })
    void readsEveryFormatOfPredictions(String content, @TempDir Path dir) throws Exception {
        Path file = Files.writeString(dir.resolve("predictions"), content);
        assertThat(Vsr.readPredictions(file)).containsExactly(Verdict.YES, Verdict.NO);
    }

    @Test
    void takesTheSplitThatHasAsManyRows(@TempDir Path dir) throws Exception {
        String row =
                "{\"image\": \"1.jpg\", \"caption\": \"The cat is on the mat.\", \"label\": 1, \"relation\": \"on\"}\n";
        Files.writeString(dir.resolve("test.jsonl"), row + row);
        Path below = Files.createDirectories(dir.resolve("data/splits/zeroshot"));
        Files.writeString(below.resolve("dev.jsonl"), row);
        Path predictions = Files.writeString(dir.resolve("preds.txt"), "1\n");
        assertThat(Vsr.score(predictions, dir).n()).isOne();
    }

    @ParameterizedTest
    @CsvSource({"random-dev, 1097", "random-test, 2195", "zeroshot-dev, 340", "zeroshot-test, 1222"})
    void splitsHaveTheirPublishedSizes(String split, int rows) {
        assertThat(Vsr.read(Shared.path("assets/eval/vsr/" + split + ".jsonl"))).hasSize(rows);
    }

    @Test
    void everyRelationOfTheTestSplitsHasItsKind() {
        Map<String, String> kinds = Vsr.readMetaCategories(Shared.path("assets/eval/vsr/rel_meta_category_dict.txt"));
        assertThat(kinds).containsEntry("among", "Unallocated").containsEntry("far away from", "Proximity");
        for (String split : List.of("random-test", "zeroshot-test", "zeroshot-dev")) {
            assertThat(Vsr.read(Shared.path("assets/eval/vsr/" + split + ".jsonl")))
                    .allSatisfy(example -> assertThat(kinds).containsKey(example.relation()));
        }
    }

    private static Example example(int label, String relation) {
        return new Example("1.jpg", "The cat is on the mat.", label, relation);
    }
}
