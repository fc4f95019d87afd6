package org.jocular.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import jdk.incubator.vector.FloatVector;
import org.junit.jupiter.api.Test;

class SimdTest {
    /** Interpreted at first and compiled later, so that both must add in the same order. */
    @Test
    void sumsLanesInAnOrderThatNeverChanges() {
        Random random = new Random(3);
        float[] lanes = new float[Simd.L];
        for (int i = 0; i < 100_000; i++) {
            for (int lane = 0; lane < lanes.length; lane++) {
                lanes[lane] = (float) random.nextGaussian();
            }
            assertThat(Simd.sum(FloatVector.fromArray(Simd.F, lanes, 0))).isEqualTo(halves(lanes, 0, 1));
        }
    }

    /** Lanes {@code from}, {@code from + step}…, those at even places added to those at odd ones at the end. */
    private static float halves(float[] lanes, int from, int step) {
        return from + step >= lanes.length
                ? lanes[from]
                : halves(lanes, from, 2 * step) + halves(lanes, from + step, 2 * step);
    }
}
