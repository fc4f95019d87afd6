package org.jocular.vit;

import java.util.Arrays;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;
import org.jocular.tensor.BadInput;

/**
 * Pillow's antialiased resampling, bit-equal on 8-bit RGB: two passes with fixed-point weights and a rounding to 8 bits
 * after each. Source: python-pillow {@code src/libImaging/Resample.c}.
 *
 * <p>The horizontal pass always goes first. (Pillow 13 turns the order round for pictures that shrink much more in
 * height than in width; every published score was made before that.)
 */
public final class Resize {

    /** The kernels, numbered as in {@code PIL.Image.Resampling}. */
    public enum Filter {
        BILINEAR(2, 1.0) {
            @Override
            double weight(double x) {
                return x < 1 ? 1 - x : 0;
            }
        },
        /** Keys' cubic with a = -0.5. */
        BICUBIC(3, 2.0) {
            @Override
            double weight(double x) {
                double a = -0.5;
                if (x < 1) {
                    return ((a + 2) * x - (a + 3)) * x * x + 1;
                }
                return x < 2 ? (((x - 5) * x + 8) * x - 4) * a : 0;
            }
        };

        private final int pillowCode;
        private final double support;

        Filter(int pillowCode, double support) {
            this.pillowCode = pillowCode;
            this.support = support;
        }

        /** The kernel at a distance x (not negative) from its centre. */
        abstract double weight(double x);

        /** The filter that {@code resample} of a preprocessor_config.json names. */
        public static Filter ofPillowCode(int code) {
            for (Filter filter : values()) {
                if (filter.pillowCode == code) {
                    return filter;
                }
            }
            throw new BadInput("resample must be 2 (bilinear) or 3 (bicubic), found " + code);
        }
    }

    /** 8 bits for the sample and 2 for the overshoot of a kernel with negative lobes are left of an int. */
    private static final int PRECISION_BITS = 32 - 8 - 2;

    private static final int HALF = 1 << (PRECISION_BITS - 1);

    /** Below this many multiplications a pass is over before other threads have woken up. */
    private static final long PARALLEL_WORK = 4_000_000;

    /**
     * The weights of one pass: output i is the sum over j of {@code weights[i * taps + j]} times input
     * {@code first[i] + j}, for j below {@code count[i]}.
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared, read in the innermost loop
    private record Coefficients(int taps, int[] first, int[] count, int[] weights) {

        /** {@code precompute_coeffs} and {@code normalize_coeffs_8bpc}; the order of operations decides the last bit. */
        static Coefficients of(int inSize, int outSize, Filter filter) {
            double scale = (double) inSize / outSize;
            double filterScale = Math.max(scale, 1.0);
            double support = filter.support * filterScale;
            double step = 1.0 / filterScale;
            int taps = (int) Math.ceil(support) * 2 + 1;
            int[] first = new int[outSize];
            int[] count = new int[outSize];
            int[] weights = new int[outSize * taps];
            double[] row = new double[taps];
            for (int i = 0; i < outSize; i++) {
                double centre = (i + 0.5) * scale;
                first[i] = Math.max((int) (centre - support + 0.5), 0);
                count[i] = Math.min((int) (centre + support + 0.5), inSize) - first[i];
                double sum = 0;
                for (int j = 0; j < count[i]; j++) {
                    row[j] = filter.weight(Math.abs((j + first[i] - centre + 0.5) * step));
                    sum += row[j];
                }
                for (int j = 0; j < count[i]; j++) {
                    double weight = (sum != 0 ? row[j] / sum : row[j]) * (1 << PRECISION_BITS);
                    weights[i * taps + j] = (int) (weight < 0 ? weight - 0.5 : weight + 0.5);
                }
            }
            return new Coefficients(taps, first, count, weights);
        }
    }

    private Resize() {}

    /** The picture at the new size (at least 1 x 1). A direction whose size stays is not filtered. */
    public static Picture resize(Picture picture, int width, int height, Filter filter) {
        if (width < 1 || height < 1) {
            throw new BadInput("Cannot resize a picture to %d x %d pixels".formatted(width, height));
        }
        Picture out = picture;
        if (width != out.width()) {
            out = horizontal(out, width, Coefficients.of(out.width(), width, filter));
        }
        if (height != out.height()) {
            out = vertical(out, height, Coefficients.of(out.height(), height, filter));
        }
        return out;
    }

    private static Picture horizontal(Picture picture, int width, Coefficients coefficients) {
        int height = picture.height();
        byte[] in = picture.rgb();
        byte[] out = new byte[Math.multiplyExact(3 * width, height)];
        rows(height, (long) width * height * coefficients.taps, y -> {
            int row = 3 * picture.width() * y;
            int target = 3 * width * y;
            for (int i = 0; i < width; i++) {
                int from = row + 3 * coefficients.first[i];
                int weight = i * coefficients.taps;
                int red = HALF;
                int green = HALF;
                int blue = HALF;
                for (int j = 0; j < coefficients.count[i]; j++) {
                    int k = coefficients.weights[weight + j];
                    red += k * (in[from + 3 * j] & 0xFF);
                    green += k * (in[from + 3 * j + 1] & 0xFF);
                    blue += k * (in[from + 3 * j + 2] & 0xFF);
                }
                out[target + 3 * i] = clip8(red);
                out[target + 3 * i + 1] = clip8(green);
                out[target + 3 * i + 2] = clip8(blue);
            }
        });
        return new Picture(width, height, out);
    }

    private static Picture vertical(Picture picture, int height, Coefficients coefficients) {
        int rowBytes = 3 * picture.width();
        byte[] in = picture.rgb();
        byte[] out = new byte[Math.multiplyExact(rowBytes, height)];
        rows(height, (long) picture.width() * height * coefficients.taps, i -> {
            int[] sums = new int[rowBytes];
            Arrays.fill(sums, HALF);
            for (int j = 0; j < coefficients.count[i]; j++) {
                addScaled(
                        sums,
                        in,
                        rowBytes * (coefficients.first[i] + j),
                        coefficients.weights[i * coefficients.taps + j]);
            }
            for (int x = 0; x < rowBytes; x++) {
                out[rowBytes * i + x] = clip8(sums[x]);
            }
        });
        return new Picture(picture.width(), height, out);
    }

    /** A method of its own, so that C2 sees one counted loop over whole rows and vectorises it. */
    private static void addScaled(int[] sums, byte[] in, int from, int weight) {
        for (int x = 0; x < sums.length; x++) {
            sums[x] += weight * (in[from + x] & 0xFF);
        }
    }

    private static void rows(int rows, long work, IntConsumer oneRow) {
        IntStream range = IntStream.range(0, rows);
        (work < PARALLEL_WORK ? range : range.parallel()).forEach(oneRow);
    }

    private static byte clip8(int sum) {
        return (byte) Math.clamp(sum >> PRECISION_BITS, 0, 255);
    }
}
