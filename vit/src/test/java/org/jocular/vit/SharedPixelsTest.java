package org.jocular.vit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Pixels of real pictures against those of Pillow with numpy, and of the goldens against those of transformers. The
 * latter are bit-equal; the former were rescaled in float32, which leaves the last bit open but not the 8-bit sample.
 */
class SharedPixelsTest {

    private static final float TOLERANCE = 1e-6f;

    @TestFactory
    Stream<DynamicTest> everySlice() {
        JsonNode expected =
                JsonMapper.shared().readTree(Shared.path("assets/images/expected_pixel_values/expected.json"));
        return expected.propertyStream()
                .map(entry ->
                        DynamicTest.dynamicTest(entry.getKey(), () -> checkSlices(entry.getKey(), entry.getValue())));
    }

    private static void checkSlices(String key, JsonNode expected) {
        String[] parts = key.split("\\|", -1);
        ImageProcessor processor = processor(parts[1]);
        float[] values = processor.pixelValues(PictureReader.read(Shared.path("assets/images/" + parts[0])));
        int height = expected.get("shape").get(1).asInt();
        int width = expected.get("shape").get(2).asInt();
        assertThat(values).hasSize(3 * height * width);
        checkSlice(values, expected.get("first3x3"), height, width, 0, 0);
        checkSlice(values, expected.get("centre3x3"), height, width, height / 2 - 1, width / 2 - 1);
        checkSlice(values, expected.get("last3x3"), height, width, height - 3, width - 3);

        double sum = 0;
        double squares = 0;
        for (int channel = 0; channel < 3; channel++) {
            double channelSum = 0;
            for (int i = channel * height * width; i < (channel + 1) * height * width; i++) {
                channelSum += values[i];
                squares += (double) values[i] * values[i];
            }
            assertThat(channelSum / (height * width))
                    .isCloseTo(expected.get("chan_mean").get(channel).asDouble(), within(1e-6));
            sum += channelSum;
        }
        double mean = sum / values.length;
        assertThat(mean).isCloseTo(expected.get("mean").asDouble(), within(1e-6));
        assertThat(Math.sqrt(squares / values.length - mean * mean))
                .isCloseTo(expected.get("std").asDouble(), within(1e-6));
    }

    private static void checkSlice(float[] values, JsonNode expected, int height, int width, int top, int left) {
        for (int channel = 0; channel < 3; channel++) {
            for (int y = 0; y < 3; y++) {
                for (int x = 0; x < 3; x++) {
                    assertThat(values[(channel * height + top + y) * width + left + x])
                            .isCloseTo(expected.get(channel).get(y).get(x).floatValue(), within(TOLERANCE));
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"clip224", "blip224", "llava_pad336"})
    void fullTensor(String name) {
        Path expected = Shared.path("assets/images/expected_pixel_values/000000039769." + name + ".npy");
        Picture cats = PictureReader.read(Shared.path("assets/images/coco/000000039769.png"));

        assertThat(largestDifference(processor(name).pixelValues(cats), References.npy(expected)))
                .isLessThan(TOLERANCE);
    }

    private static ImageProcessor processor(String name) {
        int size = Integer.parseInt(name.replaceAll("\\D", ""));
        return switch (name.replaceAll("\\d", "")) {
            case "clip" -> ImageProcessor.clip(size);
            case "blip" -> ImageProcessor.blip(size);
            case "llava_pad" -> ImageProcessor.llavaPad(size);
            default -> throw new IllegalArgumentException(name);
        };
    }

    @ParameterizedTest
    @CsvSource({
        "llava, clip",
        "llava-v1-original, clip",
        "llava-v15-original, llava_pad",
        "blip2-opt, blip",
        "blip2-t5, blip",
        "blip2-vicuna, blip",
        "instructblip-vicuna, blip",
        "instructblip-t5, blip",
        "minigpt4, blip",
        "mplug-owl, blip"
    })
    void goldens(String folder, String kind) {
        String[] pictures = {"wide.png", "tall.png"};
        for (int i = 0; i < pictures.length; i++) {
            float[] expected =
                    References.pixelValues(Shared.path("goldens/" + folder + "/case-" + (i + 1) + ".safetensors"));
            Picture picture = PictureReader.read(Shared.path("goldens/" + folder + "/" + pictures[i]));
            int size = (int) Math.sqrt(expected.length / 3.0);

            assertThat(largestDifference(processor(kind + size).pixelValues(picture), expected))
                    .isZero();
        }
    }

    private static float largestDifference(float[] values, float[] expected) {
        assertThat(values).hasSameSizeAs(expected);
        float largest = 0;
        for (int i = 0; i < values.length; i++) {
            largest = Math.max(largest, Math.abs(values[i] - expected[i]));
        }
        return largest;
    }
}
