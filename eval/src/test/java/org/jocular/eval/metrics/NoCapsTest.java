package org.jocular.eval.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SequencedMap;
import java.util.SequencedSet;
import org.jocular.eval.Shared;
import org.jocular.eval.metrics.CocoCaptions.Pair;
import org.jocular.tensor.BadInput;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NoCapsTest {
    private static final String ANNOTATIONS = """
            {"licenses": [], "info": {"description": "nocaps validation dataset"},
             "images": [
              {"id": 0, "open_images_id": "0013ea2087020901", "height": 1024, "width": 732, "coco_url": "",
               "file_name": "0013ea2087020901.jpg", "license": 0, "date_captured": "2018-11-06 11:04:33",
               "domain": "near-domain"},
              {"id": 2, "file_name": "b.jpg", "domain": "out-domain"}],
             "annotations": [{"image_id": 0, "id": 0, "caption": "A baby."}, {"image_id": 2, "id": 1, "caption": "A can."},
                             {"image_id": 0, "id": 2, "caption": "A child."}]}
            """;

    @Test
    void readsReferencesByDomain(@TempDir Path dir) throws Exception {
        Files.writeString(dir.resolve("nocaps_val_4500_captions.json"), ANNOTATIONS);
        CocoCaptions annotations = NoCaps.read(dir);
        SequencedMap<String, SequencedSet<String>> subsets = NoCaps.subsets(annotations, dir);
        assertThat(subsets).containsOnlyKeys("overall", "near-domain", "out-domain");
        assertThat(subsets.get("overall")).containsExactly("0", "2");
        Path results = Files.writeString(dir.resolve("r.json"), "[{\"image_id\": 0, \"caption\": \"a baby\"}]");
        SequencedMap<String, String> candidates = CocoCaptions.readResults(results);
        assertThat(annotations.pairs(candidates, subsets.getOrDefault("near-domain", annotations.ids())))
                .containsExactly(new Pair("0", "a baby", List.of("A baby.", "A child.")));
        assertThatThrownBy(() -> annotations.pairs(candidates, annotations.ids()))
                .isInstanceOf(BadInput.class)
                .hasMessage("image 2 of %s has no caption among the 1 results", annotations.file());
    }

    @Test
    void lavisListComesFromItsConfiguration(@TempDir Path dir) throws Exception {
        Files.writeString(dir.resolve("nocaps_val_4500_captions.json"), ANNOTATIONS);
        Files.writeString(
                dir.resolve("caption_nocaps_out_domain_vicuna7b_eval.yaml"),
                "run:\n  task: captioning\n  img_ids: [2]\n");
        assertThat(NoCaps.subsets(NoCaps.read(dir), dir).get(NoCaps.LAVIS)).containsExactly("2");
    }

    @ParameterizedTest
    @ValueSource(strings = {"vicuna7b", "flant5xl"})
    void lavisScores1413Images(String model) {
        Path file = Shared.path("assets/eval/nocaps/caption_nocaps_out_domain_%s_eval.yaml".formatted(model));
        assertThat(NoCaps.readImageIds(file))
                .hasSize(1413)
                .startsWith("2", "4", "5")
                .endsWith("4494", "4498");
    }

    @Test
    void readsPublishedResults() {
        Path file = Shared.path("assets/eval/coco_caption/captions_val2014_fakecap_results.json");
        assertThat(CocoCaptions.readResults(file))
                .hasSize(1000)
                .containsEntry("404464", "black and white photo of a man standing in front of a building");
    }
}
