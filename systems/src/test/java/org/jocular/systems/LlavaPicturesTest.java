package org.jocular.systems;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.Arena;
import java.nio.file.Path;
import org.jocular.tensor.BadInput;
import org.jocular.tensor.CpuExecutor;
import org.jocular.tensor.Executor;
import org.jocular.vit.ImageProcessor;
import org.jocular.vit.Picture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The settings for pictures, which a directory has without weights too. */
class LlavaPicturesTest {
    private static final Picture RED = Picture.filled(60, 80, 220, 20, 20);

    @TempDir
    private Path directory;

    @Test
    void noWeightsAreNeeded() {
        GoldenLlava.copyFiles(directory, name -> name.equals("config.json") || name.startsWith("preprocessor"));
        try (VisionLanguageModel model = Systems.load(GoldenLlava.DIRECTORY)) {
            assertThat(Systems.imageProcessor(directory)).isEqualTo(model.imageProcessor());
        }
    }

    @Test
    void withoutSettingsTheyAreThoseOfClip() {
        GoldenLlava.copyFiles(directory, name -> name.equals("config.json"));
        assertThat(Systems.imageProcessor(directory)).isEqualTo(ImageProcessor.clip(56));
    }

    @Test
    void otherSettingsMakeOtherPixels() {
        Path settings = directory.resolve("preprocessor_config.json");
        GoldenLlava.copyFiles(directory, name -> !name.startsWith("model"));
        GoldenLlava.replace(settings, ": 56", ": 28");
        GoldenLlava.replace(settings, "0.48145466", "0.5");
        GoldenLlava.replace(settings, "0.26862954", "0.25");
        float[] values = Systems.imageProcessor(directory).pixelValues(RED);
        assertThat(values).hasSize(3 * 28 * 28);
        assertThat(values[0]).isEqualTo(((float) (220 / 255.0) - 0.5f) / 0.25f);
        // Green is as before.
        assertThat(values[28 * 28]).isEqualTo(ImageProcessor.clip(56).pixelValues(RED)[56 * 56]);
    }

    @Test
    void picturesThatTheTowerDoesNotTakeAreRefused() {
        GoldenLlava.copyFiles(directory, name -> true);
        GoldenLlava.replace(directory.resolve("preprocessor_config.json"), "\"width\": 56", "\"width\": 28");
        try (Executor executor = CpuExecutor.simd(1);
                VisionLanguageModel model = Systems.load(directory);
                Arena arena = Arena.ofShared()) {
            assertThatThrownBy(() -> model.see(executor, RED, arena))
                    .isInstanceOf(BadInput.class)
                    .hasMessageContainingAll("preprocessor_config.json", "28 x 56", "56 x 56");
        }
    }
}
