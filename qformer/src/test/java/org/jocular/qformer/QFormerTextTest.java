package org.jocular.qformer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.Arena;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.jocular.qformer.QFormer.Config;
import org.jocular.qformer.QFormer.Outputs;
import org.jocular.tensor.Activation;
import org.jocular.tensor.DType;
import org.jocular.tensor.Executor;
import org.jocular.tensor.Ops;
import org.jocular.tensor.Tensor;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who sees whom when a text is read alone or written: BLIP-2, figure 2. */
class QFormerTextTest {
    private static final int QUERIES = 4;
    private static final int WIDTH = 16;
    private static final int TOKENS = 5;
    private static final Config TINY = new Config(QUERIES, 30, WIDTH, 3, 2, 20, Activation.GELU, 8, 1e-12f, 2, 12);
    private static final int[] TEXT = {2, 5, 7, 9, 3};
    private static final int[] OTHER = {2, 5, 7, 11, 3};

    @ParameterizedTest
    @ValueSource(strings = {"simd", "reference"})
    void aTokenThatIsWrittenSeesOnlyWhatStandsBeforeIt(String executor) {
        try (Arena arena = Arena.ofShared();
                Executor cpu = Golden.executor(executor);
                Ops ops = cpu.begin()) {
            QFormer qformer = QFormer.loadWithText(RandomWeights.of(arena, DType.F32), TINY);
            Tensor image = images(arena, 2);
            float[] one =
                    ops.read(qformer.decode(ops, image, List.of(OTHER, TEXT)).texts());
            float[] changed =
                    ops.read(qformer.decode(ops, image, List.of(OTHER, OTHER)).texts());
            // Only the second text's fourth token is another one: what the three before it became stays, what it and
            // the next became does not.
            int from = (OTHER.length + 3) * WIDTH;
            assertThat(Arrays.copyOf(changed, from)).isEqualTo(Arrays.copyOf(one, from));
            for (int row = 3; row < TEXT.length; row++) {
                assertThat(row(changed, OTHER.length + row)).isNotEqualTo(row(one, OTHER.length + row));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"simd", "reference"})
    void queriesDoNotSeeTheTextThatIsWritten(String executor) {
        try (Arena arena = Arena.ofShared();
                Executor cpu = Golden.executor(executor);
                Ops ops = cpu.begin()) {
            QFormer qformer = QFormer.loadWithText(RandomWeights.of(arena, DType.F32), TINY);
            Tensor image = images(arena, 2);
            float[] alone = ops.read(qformer.forward(ops, image, 2));
            Outputs outputs = qformer.decode(ops, image, List.of(TEXT, new int[] {2, 8}));
            assertThat(Golden.error(ops.read(outputs.queries()), alone)).isLessThan(1e-6);
            assertThat(outputs.texts().rows()).isEqualTo(TEXT.length + 2);
            // The text sees them, and by them its picture.
            Tensor swapped = ops.concat(ops.rows(image, TOKENS, 2 * TOKENS), ops.rows(image, 0, TOKENS));
            float[] other = ops.read(qformer.decode(ops, swapped, List.of(TEXT, new int[] {2, 8}))
                    .texts());
            assertThat(Golden.error(other, ops.read(outputs.texts()))).isGreaterThan(1e-3);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"simd", "reference"})
    void aTextThatIsReadSeesItselfAlone(String executor) {
        try (Arena arena = Arena.ofShared();
                Executor cpu = Golden.executor(executor);
                Ops ops = cpu.begin()) {
            QFormer qformer = QFormer.loadWithText(RandomWeights.of(arena, DType.F32), TINY);
            float[] alone = ops.read(qformer.encodeText(ops, List.of(TEXT)));
            float[] beside = ops.read(qformer.encodeText(ops, List.of(new int[] {4, 1, 3}, TEXT)));
            assertThat(Golden.error(Arrays.copyOfRange(beside, 3 * WIDTH, beside.length), alone))
                    .isLessThan(1e-6);
            float[] other = ops.read(qformer.encodeText(ops, List.of(OTHER)));
            // In both directions: the first row knows of the fourth.
            assertThat(row(other, 0)).isNotEqualTo(row(alone, 0));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"simd", "reference"})
    void severalPicturesAreAsEachAlone(String executor) {
        try (Arena arena = Arena.ofShared();
                Executor cpu = Golden.executor(executor);
                Ops ops = cpu.begin()) {
            QFormer qformer = QFormer.loadWithText(RandomWeights.of(arena, DType.F32), TINY);
            Tensor image = images(arena, 3);
            List<int[]> texts = List.of(TEXT, new int[] {2}, new int[] {2, 9, 9, 4, 1, 1});
            Outputs all = qformer.decode(ops, image, texts);
            long at = 0;
            for (int i = 0; i < 3; i++) {
                Tensor own = ops.rows(image, (long) i * TOKENS, (i + 1L) * TOKENS);
                Outputs alone = qformer.decode(ops, own, List.of(texts.get(i)));
                int length = texts.get(i).length;
                assertThat(Golden.error(
                                ops.read(ops.rows(all.queries(), (long) i * QUERIES, (i + 1L) * QUERIES)),
                                ops.read(alone.queries())))
                        .isLessThan(1e-6);
                assertThat(Golden.error(ops.read(ops.rows(all.texts(), at, at + length)), ops.read(alone.texts())))
                        .isLessThan(1e-6);
                at += length;
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = "simd")
    void oneWithoutTextPartsWritesAndReadsNothing(String executor) {
        try (Arena arena = Arena.ofShared();
                Executor cpu = Golden.executor(executor);
                Ops ops = cpu.begin()) {
            QFormer qformer = QFormer.load(RandomWeights.of(arena, DType.F32), TINY);
            assertThatThrownBy(() -> qformer.encodeText(ops, List.of(TEXT))).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(() -> qformer.decode(ops, images(arena, 1), List.of(TEXT)))
                    .isInstanceOf(IllegalStateException.class);
        }
    }

    private static float[] row(float[] values, int row) {
        return Arrays.copyOfRange(values, row * WIDTH, (row + 1) * WIDTH);
    }

    private static Tensor images(Arena arena, int n) {
        Random random = new Random(3);
        float[] values = new float[n * TOKENS * 12];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return Tensor.of(arena, values, (long) n * TOKENS, 12);
    }
}
