package org.jocular.vit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.lang.foreign.Arena;
import org.jocular.tensor.Tensor;
import org.junit.jupiter.api.Test;

/**
 * Expected numbers were computed in double from the definition, by a short program in another language; ONNX Runtime's Resize (cubic,
 * a = −0.75, half_pixel), an implementation of the same formula by others, agrees with them to 2e-6.
 */
class PositionGridTest {
    private static final float[] FROM_3_TO_5 = {
        -1.389952f,
        0.438736f,
        -0.358392f,
        -0.135264f,
        0.87f,
        -0.894f,
        0.733272f,
        -1.105176f,
        0.359264f,
        -1.115392f,
        -0.3104f,
        -0.068264f,
        -0.103748f,
        -0.082932f,
        0.265f,
        -0.168f,
        0.706108f,
        -0.424248f,
        0.987264f,
        -0.615168f,
        1.144f,
        -0.62f,
        0.274f,
        0.039f,
        -0.5f,
        0.75f,
        0.616f,
        0.381f,
        1.692f,
        -0.072f,
        1.64584f,
        -0.354176f,
        0.524848f,
        0.259752f,
        -0.59f,
        0.858f,
        0.398992f,
        0.269328f,
        1.444176f,
        -0.338832f,
        1.744608f,
        -0.019392f,
        0.648832f,
        0.413832f,
        -0.5f,
        0.75f,
        0.241168f,
        0.006168f,
        1.091392f,
        -0.672608f
    };
    private static final float[] FROM_4_TO_3 = {
        -0.68795379f,
        0.20826133f,
        0.92443396f,
        -0.87485532f,
        0.76996762f,
        -0.39199976f,
        0.42578125f,
        0.10344329f,
        1.4030762f,
        -0.5078125f,
        -0.62923177f,
        0.44690394f,
        0.75653018f,
        -0.78436087f,
        0.8295808f,
        -0.92375579f,
        -0.35250256f,
        0.50282152f
    };

    /** Two channels of a bumpy pattern below the class token's row. */
    private static Tensor table(Arena arena, int side) {
        float[] values = new float[2 + 2 * side * side];
        values[0] = 100;
        values[1] = -200;
        for (int i = 0; i < side * side; i++) {
            for (int channel = 0; channel < 2; channel++) {
                values[2 + 2 * i + channel] = ((i * i * 7 + channel * 5) % 11 - 4) / 4f;
            }
        }
        return Tensor.of(arena, values, 1 + (long) side * side, 2);
    }

    @Test
    void larger() {
        assertResized(3, 5, FROM_3_TO_5);
    }

    /** Without antialiasing: four neighbours, however far apart the new places are. */
    @Test
    void smaller() {
        assertResized(4, 3, FROM_4_TO_3);
    }

    private static void assertResized(int from, int to, float[] expected) {
        try (Arena arena = Arena.ofConfined()) {
            float[] resized = PositionGrid.resize(table(arena, from), from, to).toFloats();
            assertThat(resized).hasSize(2 + expected.length).startsWith(100, -200);
            for (int i = 0; i < expected.length; i++) {
                assertThat(resized[2 + i]).as("value %d", i).isCloseTo(expected[i], within(2e-6f));
            }
        }
    }

    /** 224 to 364 pixels, as BLIP-2's checkpoints for captions of COCO need it; first, last and two inner patches. */
    @Test
    void fromPicturesOf224To364() {
        try (Arena arena = Arena.ofConfined()) {
            float[] resized = PositionGrid.resize(table(arena, 16), 16, 26).toFloats();
            assertThat(resized).hasSize(2 * 677);
            float[] expected = {
                -1.4153814f, 0.3764674f, 0.7698867f, -0.1502042f, 0.8753841f, -0.2856607f, 0.4139384f, -1.0617153f
            };
            int[] patches = {0, 13, 300, 675};
            for (int i = 0; i < expected.length; i++) {
                float found = resized[2 + 2 * patches[i / 2] + i % 2];
                // At patch 13 of 26 the place is 16/26 · 13.5 − 0.5: in float, as in PyTorch, the distance has five
                // digits.
                assertThat(found).as("value %d", i).isCloseTo(expected[i], within(1e-5f));
            }
        }
    }

    @Test
    void theSameSizeIsTheSameTable() {
        try (Arena arena = Arena.ofConfined()) {
            Tensor table = table(arena, 4);
            assertThat(PositionGrid.resize(table, 4, 4)).isSameAs(table);
        }
    }

    @Test
    void squares() {
        assertThat(PositionGrid.sideOf(256)).isEqualTo(16);
        assertThat(PositionGrid.sideOf(1)).isEqualTo(1);
        assertThat(PositionGrid.sideOf(255)).isZero();
        assertThat(PositionGrid.sideOf(0)).isZero();
        assertThat(PositionGrid.sideOf(-1)).isZero();
        assertThat(PositionGrid.sideOf(Long.MAX_VALUE)).isZero();
    }
}
