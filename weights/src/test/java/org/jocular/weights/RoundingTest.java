package org.jocular.weights;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.DoubleStream;
import org.jocular.tensor.DType;
import org.jocular.tensor.Tensor;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RoundingTest {
    /** Numbers at and beside the middle between two neighbours, where two roundings go wrong, and others. */
    @ParameterizedTest
    @EnumSource(names = {"F16", "BF16", "F32"})
    void everyNumberBecomesItsNearestNeighbour(DType dtype) {
        Random random = new Random(1);
        double[] values = DoubleStream.generate(() -> {
                    double near = Math.scalb(random.nextInt(1 << 12) / 4096.0 + 1, random.nextInt(40) - 28);
                    double away = Math.scalb(random.nextInt(3) - 1.0, -30 - random.nextInt(20));
                    return (random.nextBoolean() ? 1 : -1) * Math.min(near * (1 + away), 65000);
                })
                .limit(100_000)
                .toArray();
        try (Arena arena = Arena.ofConfined()) {
            Tensor rounded = Tensor.zeros(arena, dtype, values.length);
            TensorInfo info = TensorInfo.of("x", dtype, List.of((long) values.length), Path.of("x"));
            Rounding.write(values, values.length, rounded, 0, info);
            for (int i = 0; i < values.length; i++) {
                assertNearest(values[i], rounded.get(i), dtype);
            }
        }
    }

    private static void assertNearest(double exact, double found, DType dtype) {
        BigDecimal distance = distance(exact, found);
        for (int step : new int[] {-1, 1}) {
            double neighbour = neighbour(found, step, dtype);
            if (!Double.isFinite(neighbour)) {
                continue;
            }
            int closer = distance(exact, neighbour).compareTo(distance);
            assertThat(closer)
                    .as("%s became %s, not %s", exact, found, neighbour)
                    .isGreaterThanOrEqualTo(0);
            if (closer == 0) {
                assertThat(bits(found, dtype) & 1)
                        .as("%s is in the middle", exact)
                        .isZero();
            }
        }
    }

    private static BigDecimal distance(double a, double b) {
        return new BigDecimal(a).subtract(new BigDecimal(b)).abs();
    }

    private static int bits(double value, DType dtype) {
        return switch (dtype) {
            case F16 -> Float.floatToFloat16((float) value);
            case BF16 -> Float.floatToRawIntBits((float) value) >> 16;
            default -> Float.floatToRawIntBits((float) value);
        };
    }

    private static double neighbour(double value, int step, DType dtype) {
        int bits = bits(value, dtype) + step;
        return switch (dtype) {
            case F16 -> Float.float16ToFloat((short) bits);
            case BF16 -> Float.intBitsToFloat(bits << 16);
            default -> Float.intBitsToFloat(bits);
        };
    }
}
