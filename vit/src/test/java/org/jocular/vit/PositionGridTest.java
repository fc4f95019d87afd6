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
    private static final double[] FROM_3_TO_5 = {
        -1.389952, 0.438736, -0.358392, -0.135264, 0.87, -0.894, 0.733272, -1.105176, 0.359264, -1.115392, -0.3104,
        -0.068264, -0.103748, -0.082932, 0.265, -0.168, 0.706108, -0.424248, 0.987264, -0.615168, 1.144, -0.62, 0.274,
        0.039, -0.5, 0.75, 0.616, 0.381, 1.692, -0.072, 1.64584, -0.354176, 0.524848, 0.259752, -0.59, 0.858, 0.398992,
        0.269328, 1.444176, -0.338832, 1.744608, -0.019392, 0.648832, 0.413832, -0.5, 0.75, 0.241168, 0.006168,
        1.091392, -0.672608
    };
    private static final double[] FROM_4_TO_3 = {
        -0.68795379,
        0.20826133,
        0.92443396,
        -0.87485532,
        0.76996762,
        -0.39199976,
        0.42578125,
        0.10344329,
        1.4030762,
        -0.5078125,
        -0.62923177,
        0.44690394,
        0.75653018,
        -0.78436087,
        0.8295808,
        -0.92375579,
        -0.35250256,
        0.50282152
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

    private static void assertResized(int from, int to, double[] expected) {
        try (Arena arena = Arena.ofConfined()) {
            float[] resized = PositionGrid.resize(table(arena, from), from, to).toFloats();
            assertThat(resized).hasSize(2 + expected.length).startsWith(100, -200);
            for (int i = 0; i < expected.length; i++) {
                assertThat((double) resized[2 + i]).as("value %d", i).isCloseTo(expected[i], within(2e-6));
            }
        }
    }

    /** 224 to 364 pixels, as BLIP-2's checkpoints for captions of COCO need it; first, last and two inner patches. */
    @Test
    void fromPicturesOf224To364() {
        try (Arena arena = Arena.ofConfined()) {
            float[] resized = PositionGrid.resize(table(arena, 16), 16, 26).toFloats();
            assertThat(resized).hasSize(2 * 677);
            double[] expected = {
                -1.4153814, 0.3764674, 0.7698867, -0.1502042, 0.8753841, -0.2856607, 0.4139384, -1.0617153
            };
            int[] patches = {0, 13, 300, 675};
            for (int i = 0; i < expected.length; i++) {
                double found = resized[2 + 2 * patches[i / 2] + i % 2];
                // At patch 13 of 26 the place is 16/26 · 13.5 − 0.5: in float, as in PyTorch, the distance has five
                // digits.
                assertThat(found).as("value %d", i).isCloseTo(expected[i], within(1e-5));
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
