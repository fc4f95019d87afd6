package org.jocular.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TensorTest {
    @Test
    void shapeAndViews() {
        try (Arena arena = Arena.ofConfined()) {
            Tensor tensor = Tensor.of(arena, new float[] {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11}, 3, 2, 2);
            assertThat(tensor.rows()).isEqualTo(6);
            assertThat(tensor.width()).isEqualTo(2);
            assertThat(tensor.elements()).isEqualTo(12);
            assertThat(tensor).hasToString("F32[3, 2, 2]");
            assertThat(tensor.slice(1, 3).toFloats()).containsExactly(4, 5, 6, 7, 8, 9, 10, 11);
            assertThat(tensor.slice(1, 3).hasShape(2, 2, 2)).isTrue();
            assertThat(tensor.slice(3, 3).elements()).isZero();
            assertThat(tensor.reshape(12).slice(5, 6).get(0)).isEqualTo(5);
            DType.F32.set(tensor.slice(2, 3).data(), 0, -1);
            assertThat(tensor.get(8)).as("a view shares its memory").isEqualTo(-1);
            tensor.shape()[0] = 99;
            assertThat(tensor.hasShape(3, 2, 2))
                    .as("the shape cannot be changed")
                    .isTrue();
            assertThat(Tensor.zeros(arena, DType.F32).elements()).as("a scalar").isEqualTo(1);
            assertThat(Tensor.zeros(arena, DType.F32, 0, 5).rows()).isZero();
        }
    }

    @Test
    void whatDoesNotFitIsRefused() {
        try (Arena arena = Arena.ofConfined()) {
            Tensor tensor = Tensor.zeros(arena, DType.F32, 3, 2);
            assertThatThrownBy(() -> tensor.reshape(7))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("F32 [7]")
                    .hasMessageContaining("24");
            assertThatThrownBy(() -> tensor.slice(2, 4))
                    .isInstanceOf(IndexOutOfBoundsException.class)
                    .hasMessageContaining("F32[3, 2]");
            assertThatThrownBy(() -> tensor.slice(-1, 1)).isInstanceOf(IndexOutOfBoundsException.class);
            assertThatThrownBy(() -> tensor.slice(2, 1)).isInstanceOf(IndexOutOfBoundsException.class);
            assertThatThrownBy(() -> new Tensor(DType.F32, MemorySegment.ofArray(new float[6]), 6))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> Tensor.zeros(arena, DType.F32, 3, -2))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> Tensor.zeros(arena, DType.F32, Long.MAX_VALUE, 3))
                    .isInstanceOf(ArithmeticException.class);
        }
    }

    @ParameterizedTest
    @EnumSource(DType.class)
    void everyTypeKeepsSmallIntegers(DType dtype) {
        float[] values = dtype == DType.BOOL ? new float[] {0, 1} : new float[] {0, 1, 2, 100};
        try (Arena arena = Arena.ofConfined()) {
            Tensor there = Tensor.of(arena, values, values.length).to(dtype, arena);
            assertThat(there.dtype()).isEqualTo(dtype);
            assertThat(there.data().byteSize()).isEqualTo((long) dtype.bytes() * values.length);
            assertThat(there.toFloats()).containsExactly(values);
            assertThat(there.to(DType.F32, arena).toFloats()).containsExactly(values);
            assertThat(there.to(dtype, arena)).isSameAs(there);
        }
    }

    /** To the nearest, ties to even, out of range to infinity. */
    @Test
    void roundingToHalves() {
        float[] values = {1 + 1 / 2048f, 1 + 3 / 2048f, 65519, 65520, -1e-8f, 6e-8f, Float.NaN};
        float[] big = {1 + 1 / 256f, 1 + 3 / 256f, 3.4e38f, Float.MAX_VALUE, -1e-40f, 0, Float.NaN};
        try (Arena arena = Arena.ofConfined()) {
            assertThat(Tensor.of(arena, values, 7).to(DType.F16, arena).toFloats())
                    .containsExactly(1, 1 + 4 / 2048f, 65504, Float.POSITIVE_INFINITY, -0f, 1 / 16777216f, Float.NaN);
            float[] bf16 = Tensor.of(arena, big, 7).to(DType.BF16, arena).toFloats();
            assertThat(bf16[0]).isEqualTo(1);
            assertThat(bf16[1]).isEqualTo(1 + 4 / 256f);
            assertThat(bf16[3]).isEqualTo(Float.POSITIVE_INFINITY);
            assertThat(bf16[6]).isNaN();
        }
    }

    /** A table of 5 GiB in a file of holes: rows on both sides of 2 and 4 GiB, by hand and through the executors. */
    @Test
    void moreThanTwoGibibytes(@TempDir Path directory) throws IOException {
        int width = 1280;
        long rows = 1 << 20;
        long[] places = {0, 419_430, 419_431, 838_860, 838_861, rows - 1};
        try (Arena arena = Arena.ofShared();
                RandomAccessFile file =
                        new RandomAccessFile(directory.resolve("holes").toFile(), "rw")) {
            file.setLength(4L * width * rows);
            MemorySegment data = file.getChannel().map(MapMode.READ_WRITE, 0, 4L * width * rows, arena);
            Tensor table = new Tensor(DType.F32, data, rows, width);
            for (long row : places) {
                data.set(ValueLayout.JAVA_FLOAT, 4 * (row * width + 7), row + 1);
            }
            int[] ids = new int[places.length];
            for (int i = 0; i < places.length; i++) {
                ids[i] = (int) places[i];
                assertThat(table.get(places[i] * width + 7)).isEqualTo(places[i] + 1);
                assertThat(table.slice(places[i], places[i] + 1).toFloats()[7]).isEqualTo(places[i] + 1);
            }
            for (CpuExecutor executor : new CpuExecutor[] {CpuExecutor.reference(), CpuExecutor.simd(2)}) {
                try (executor;
                        Ops ops = executor.begin()) {
                    Tensor found = ops.embedding(table, ids);
                    Tensor eight = Tensor.zeros(arena, DType.F32, 1, width);
                    DType.F32.set(eight.data(), 7, 1);
                    Tensor last = ops.linear(eight, table.slice(rows - 3, rows), null, Activation.NONE);
                    for (int i = 0; i < places.length; i++) {
                        assertThat(found.get((long) i * width + 7)).isEqualTo(places[i] + 1);
                    }
                    assertThat(ops.read(last)).containsExactly(0, 0, rows);
                }
            }
        }
    }
}
