package org.jocular.vit;

import java.lang.foreign.Arena;
import org.jocular.tensor.Ops;
import org.jocular.tensor.Tensor;
import org.jocular.weights.Fields;
import org.jspecify.annotations.Nullable;

/**
 * Where a patch lies, in numbers that stand beside its features: sines and cosines of its two coordinates. No published tower has it
 * ({@code position_code} is 0 by default); heads of small models, which see few pictures, learn from it where things are.
 */
public final class PositionCode {
    /** Lowest and highest frequency, in radians over the side of the picture. */
    private static final double LOWEST = 1.8;

    private static final double HIGHEST = 9.6;

    private PositionCode() {}

    /**
     * The code of one place: sines along x, cosines along x, sines along y, cosines along y, from the lowest frequency to the highest.
     *
     * @param x from 0, the left edge, to 1
     * @param y from 0, the upper edge, to 1
     * @param width a multiple of 4
     */
    public static float[] at(double x, double y, int width) {
        int frequencies = width / 4;
        float[] code = new float[width];
        for (int i = 0; i < frequencies; i++) {
            double f = frequencies == 1 ? LOWEST : LOWEST + (HIGHEST - LOWEST) * i / (frequencies - 1);
            code[i] = (float) StrictMath.sin(f * x);
            code[frequencies + i] = (float) StrictMath.cos(f * x);
            code[2 * frequencies + i] = (float) StrictMath.sin(f * y);
            code[3 * frequencies + i] = (float) StrictMath.cos(f * y);
        }
        return code;
    }

    /** {@code position_code} of a config. */
    public static int width(Fields fields) {
        int width = fields.intBetween("position_code", 0, 1 << 12, 0);
        fields.require(width % 4 == 0, "position_code %d is not a multiple of 4".formatted(width));
        return width;
    }

    /** The codes of a tower's tokens, the class token first; null where they have none. */
    static @Nullable Tensor tokens(int side, int width) {
        return width == 0 ? null : table(side, width, true);
    }

    /**
     * The codes of all squares of a picture in reading order.
     *
     * @param side how many squares lie side by side
     * @param classToken whether a row of zeros stands before them
     * @return (squares, width), and one row more with a class token
     */
    public static Tensor table(int side, int width, boolean classToken) {
        int first = classToken ? 1 : 0;
        float[] values = new float[(first + side * side) * width];
        for (int i = 0; i < side * side; i++) {
            float[] code = at((i % side + 0.5) / side, (i / side + 0.5) / side, width);
            System.arraycopy(code, 0, values, (first + i) * width, width);
        }
        return Tensor.of(Arena.ofAuto(), values, first + (long) side * side, width);
    }

    /**
     * Features with the codes beside them, of one picture or of several.
     *
     * @param x (pictures · rows, width)
     * @param code (rows, code width), the same for each picture; null for none
     * @return (pictures · rows, width + code width)
     */
    public static Tensor beside(Ops ops, Tensor x, @Nullable Tensor code) {
        if (code == null) {
            return x;
        }
        // Rows are put together from pieces as wide as both can be cut into.
        int piece = gcd(x.width(), code.width());
        int ofX = x.width() / piece;
        int ofCode = code.width() / piece;
        int rows = Math.toIntExact(x.rows());
        int each = Math.toIntExact(code.rows());
        Tensor pieces = ops.concat(x.reshape((long) rows * ofX, piece), code.reshape((long) each * ofCode, piece));
        int[] order = new int[rows * (ofX + ofCode)];
        int at = 0;
        for (int row = 0; row < rows; row++) {
            for (int i = 0; i < ofX; i++) {
                order[at++] = row * ofX + i;
            }
            for (int i = 0; i < ofCode; i++) {
                order[at++] = rows * ofX + row % each * ofCode + i;
            }
        }
        return ops.embedding(pieces, order).reshape(rows, x.width() + (long) code.width());
    }

    private static int gcd(int a, int b) {
        return b == 0 ? a : gcd(b, a % b);
    }
}
