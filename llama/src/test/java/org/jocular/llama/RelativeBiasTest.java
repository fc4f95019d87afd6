package org.jocular.llama;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.util.Objects;
import org.jocular.tensor.AttentionSpec;
import org.jocular.tensor.DType;
import org.jocular.tensor.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RelativeBiasTest {
    private static final Tensor TABLE = Tensor.zeros(Arena.ofAuto(), DType.F32, 32, 1);
    private static final RelativeBias ENCODER = new RelativeBias(TABLE, 128, true);
    private static final RelativeBias DECODER = new RelativeBias(TABLE, 128, false);

    /**
     * By hand. Encoder: 8 buckets for one distance each, then 8 that grow by √2, from 8 to 128; decoder: 16 for one distance each, then 16 that
     * grow by √√√8 = 1.1388, from 16 to 128.
     */
    @ParameterizedTest
    @CsvSource({
        "0, 0, 0",
        "1, 1, 1",
        "7, 7, 7",
        "8, 8, 8",
        "11, 8, 11",
        "12, 9, 12",
        "15, 9, 15",
        "16, 10, 16",
        "18, 10, 16",
        "19, 10, 17",
        "22, 10, 18",
        "23, 11, 18",
        "31, 11, 21",
        "32, 12, 21",
        "45, 12, 23",
        "46, 13, 24",
        "63, 13, 26",
        "64, 14, 26",
        "90, 14, 29",
        "91, 15, 29",
        "112, 15, 30",
        "113, 15, 31",
        "127, 15, 31",
        "128, 15, 31",
        "1000, 15, 31",
        "1000000, 15, 31"
    })
    void bucketsOfDistances(int distance, int encoder, int decoder) {
        assertThat(ENCODER.bucket(-distance)).isEqualTo(encoder);
        assertThat(ENCODER.bucket(distance)).isEqualTo(distance == 0 ? 0 : 16 + encoder);
        assertThat(DECODER.bucket(-distance)).isEqualTo(decoder);
        assertThat(DECODER.bucket(distance)).as("a later key").isZero();
    }

    /** The dossier's formula without its logarithms: a distance is in bucket h + i from h · (128 / h)^(i / (side − h)) on. */
    @Test
    void bucketsBeginAtPowers() {
        for (int i = 1; i < 16; i++) {
            int begin = (int) Math.ceil(16 * Math.pow(8, i / 16.0) - 1e-9);
            assertThat(DECODER.bucket(-begin)).as("distance %d", begin).isEqualTo(16 + i);
            assertThat(DECODER.bucket(1 - begin)).isEqualTo(15 + i);
        }
        for (int i = 1; i < 8; i++) {
            int begin = (int) Math.ceil(8 * Math.pow(16, i / 8.0) - 1e-9);
            assertThat(ENCODER.bucket(-begin)).as("distance %d", begin).isEqualTo(8 + i);
            assertThat(ENCODER.bucket(1 - begin)).isEqualTo(7 + i);
        }
    }

    @Test
    void eachHeadHasItsOwnNumberForADistance() {
        float[] learned = new float[8];
        for (int i = 0; i < 8; i++) {
            learned[i] = i;
        }
        RelativeBias bias = new RelativeBias(Tensor.of(Arena.ofAuto(), learned, 4, 2), 20, true);
        AttentionSpec spec = bias.ofPrompt(3);

        assertThat(spec.scale()).isEqualTo(1);
        assertThat(spec.causal()).isFalse();
        Tensor scores = Objects.requireNonNull(spec.bias());
        assertThat(scores.shape()).containsExactly(2, 3, 3);
        // Buckets of four: 0 itself, 1 before, 2 is never used (a later key has at least distance 1), 3 after.
        assertThat(scores.toFloats()).containsExactly(0, 6, 6, 2, 0, 6, 2, 2, 0, 1, 7, 7, 3, 1, 7, 3, 3, 1);
    }
}
