package org.jocular.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jocular.train.recipe.Recipe;
import org.jocular.train.recipe.Recipes;
import org.jocular.train.run.Training;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a card says of three trainings. */
class ModelCardTest {
    @TempDir
    private Path folder;

    private final Recipe tiny = Recipes.find("tiny");

    private List<Training.Result> stages(double seconds) {
        return tiny.stages().stream()
                .map(stage -> new Training.Result(stage.name(), folder, Training.Origin.TRAINED, 1, 0, seconds))
                .toList();
    }

    private Path results(double colour) throws IOException {
        return Files.writeString(
                folder.resolve("results.json"),
                "{\"results\": {\"gqa\": {\"structural.color\": %s}, \"vsr\": {\"accuracy\": 90}}}".formatted(colour));
    }

    @Test
    void tellsItsStagesTheirMeanTimesAndAllSeedsFigures() throws IOException {
        ModelCard card = new ModelCard("tiny-minigpt4", "MiniGPT-4 in small.", tiny, "minigpt4", 2);
        for (int seed = 0; seed < 3; seed++) {
            card.trained(stages(20 + seed));
            card.evaluated("validation", results(97 + seed));
        }
        card.evaluated("out-of-domain", results(80));
        assertThat(card.text())
                .startsWith("# tiny-minigpt4\n\nMiniGPT-4 in small. ")
                .contains(
                        "with 3 seeds",
                        "took %.1f minutes a seed on 2 threads"
                                .formatted(tiny.stages().size() * 0.35))
                .contains("| other | model, oracle | 8,000 | 16 | 21 |\n| eva | ")
                .contains("| minigpt4 | language_projection | 400 | 16 | 21 |")
                .doesNotContain("| clip |", "| llava")
                .contains(
                        "| colour | 97.0 (98.0 ± 1.0) | 80.0 |\n| spatial relations (VSR) | 90.0 (90.0 ± 0.0) | 90.0 |")
                .doesNotContain("| shape |");
    }
}
