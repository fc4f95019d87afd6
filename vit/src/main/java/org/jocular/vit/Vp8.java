package org.jocular.vit;

import java.util.Arrays;
import org.jocular.vit.Vp8LoopFilter.Strength;

/**
 * The key frame of a lossy WebP: VP8 as in RFC 6386, after libwebp's decoder (BSD 3-clause) and bit-equal with it. Written here because the ImageIO plugin
 * repeats chroma samples instead of interpolating them, which moves colours by up to 30 of 255.
 */
final class Vp8 {

    private static final int[] ZIGZAG = {0, 1, 4, 8, 5, 2, 3, 6, 9, 12, 13, 10, 7, 11, 14, 15};
    /** The band of a coefficient's position; one more, which is looked up but never used. */
    private static final int[] BANDS = {0, 1, 2, 3, 6, 4, 5, 6, 6, 6, 6, 6, 6, 6, 6, 7, 0};

    private static final int[][] LARGE = {
        {173, 148, 140},
        {176, 155, 140, 135},
        {180, 157, 141, 134, 130},
        {254, 254, 243, 230, 196, 177, 153, 140, 133, 130, 129}
    };
    private static final int PROBABILITIES = 11;
    private static final int CONTEXTS = 3;
    private static final int PER_TYPE = 8 * CONTEXTS * PROBABILITIES;
    private static final int AC_AFTER_DC = 0;
    private static final int DC_OF_DCS = 1;
    private static final int CHROMA = 2;
    private static final int WHOLE = 3;

    private final PictureBytes in;
    private final Vp8Header frame;
    private final int columns;
    private final int rows;
    private final Vp8Plane[] planes;
    /** Whether the 4 x 4 blocks just above and to the left had coefficients: luma 4, U 2, V 2, second order 1. */
    private final int[] above;

    private final int[] left = new int[9];
    private final int[] modesAbove;
    private final int[] modesLeft = new int[4];
    private final int[] modes = new int[16];
    private final short[] coefficients = new short[25 * 16];

    private Vp8(PictureBytes in, Vp8Header frame) {
        this.in = in;
        this.frame = frame;
        columns = (frame.width + 15) / 16;
        rows = (frame.height + 15) / 16;
        planes = new Vp8Plane[] {
            new Vp8Plane(16 * columns, 16 * rows),
            new Vp8Plane(8 * columns, 8 * rows),
            new Vp8Plane(8 * columns, 8 * rows)
        };
        above = new int[9 * columns];
        modesAbove = new int[4 * columns];
    }

    /** Decodes the frame between two positions. */
    static Picture decode(PictureBytes in, int from, int end) {
        return new Vp8(in, new Vp8Header(in, from, end)).picture();
    }

    private Picture picture() {
        Strength[] strengths = new Strength[columns * rows];
        boolean[] inside = new boolean[columns * rows];
        for (int row = 0; row < rows; row++) {
            BoolDecoder tokens = frame.partitions[row & (frame.partitions.length - 1)];
            Arrays.fill(left, 0);
            Arrays.fill(modesLeft, Vp8Prediction.DC);
            for (int column = 0; column < columns; column++) {
                macroblock(column, row, tokens, strengths, inside);
            }
        }
        // Prediction looks at unfiltered samples, so the filter runs over the finished frame.
        for (int row = 0; row < rows && frame.filterLevel > 0; row++) {
            for (int column = 0; column < columns; column++) {
                filter(column, row, strengths[row * columns + column], inside[row * columns + column]);
            }
        }
        return Vp8Colours.rgb(planes[0], planes[1], planes[2], frame.width, frame.height);
    }

    private void macroblock(int column, int row, BoolDecoder tokens, Strength[] strengths, boolean[] inside) {
        int segment = 0;
        if (frame.segmentMap) {
            segment = frame.bits.bit(frame.segmentTree[0]) == 0
                    ? frame.bits.bit(frame.segmentTree[1])
                    : 2 + frame.bits.bit(frame.segmentTree[2]);
        }
        boolean skip = frame.skips && frame.bits.bit(frame.skipProbability) == 1;
        boolean subblocks = frame.bits.bit(145) == 0;
        if (subblocks) {
            readSubblockModes(4 * column);
        } else {
            modes[0] = frame.bits.bit(156) == 1
                    ? (frame.bits.bit(128) == 1 ? Vp8Prediction.TRUE_MOTION : Vp8Prediction.HORIZONTAL)
                    : (frame.bits.bit(163) == 1 ? Vp8Prediction.VERTICAL : Vp8Prediction.DC);
            Arrays.fill(modesAbove, 4 * column, 4 * column + 4, modes[0]);
            Arrays.fill(modesLeft, modes[0]);
        }
        int chromaMode = Vp8Prediction.DC;
        if (frame.bits.bit(142) == 1) {
            chromaMode = Vp8Prediction.VERTICAL;
            if (frame.bits.bit(114) == 1) {
                chromaMode = frame.bits.bit(183) == 1 ? Vp8Prediction.TRUE_MOTION : Vp8Prediction.HORIZONTAL;
            }
        }
        boolean coded = false;
        Arrays.fill(coefficients, (short) 0);
        if (skip) {
            int keep = subblocks ? 8 : 9; // 4 x 4 prediction has no second order: its context stays
            Arrays.fill(above, 9 * column, 9 * column + keep, 0);
            Arrays.fill(left, 0, keep, 0);
        } else {
            coded = readCoefficients(tokens, 9 * column, frame.steps[segment], subblocks);
        }
        if (frame.bits.isPastEnd() || tokens.isPastEnd()) {
            throw in.truncated();
        }
        reconstruct(column, row, subblocks, chromaMode);

        strengths[row * columns + column] = frame.strength(segment, subblocks);
        inside[row * columns + column] = subblocks || coded;
    }

    private void readSubblockModes(int column) {
        for (int y = 0; y < 4; y++) {
            for (int x = 0; x < 4; x++) {
                int mode = subblockMode(9 * (10 * modesAbove[column + x] + modesLeft[y]));
                modesAbove[column + x] = mode;
                modesLeft[y] = mode;
                modes[4 * y + x] = mode;
            }
        }
    }

    /** The tree of section 11.2; the leaves are numbered as in Vp8Prediction. */
    private int subblockMode(int p) {
        for (int mode = 0; mode < 3; mode++) {
            if (modeBit(p + mode) == 0) {
                return mode;
            }
        }
        if (modeBit(p + 3) == 0) {
            return modeBit(p + 4) == 0 ? 3 : 4 + modeBit(p + 5);
        }
        for (int i = 6; i < 9; i++) {
            if (modeBit(p + i) == 0) {
                return i;
            }
        }
        return 9;
    }

    private int modeBit(int p) {
        return frame.bits.bit(frame.tables.modes()[p]);
    }

    /** Fills {@link #coefficients}: luma 0 to 15, U 16 to 19, V 20 to 23; returns whether any block has any. */
    private boolean readCoefficients(BoolDecoder tokens, int top, int[] step, boolean subblocks) {
        int type = WHOLE;
        int first = 0;
        if (!subblocks) {
            int count = block(tokens, DC_OF_DCS, top + 8, 8, step[2], step[3], 0, 24);
            if (count > 0) {
                spreadSecondOrder();
            }
            type = AC_AFTER_DC;
            first = 1;
        }
        boolean any = false;
        for (int i = 0; i < 16; i++) {
            int count = block(tokens, type, top + i % 4, i / 4, step[0], step[1], first, i);
            any |= count > 1 || coefficients[16 * i] != 0;
        }
        for (int i = 16; i < 24; i++) {
            int plane = 4 + (i - 16) / 4 * 2;
            int count = block(tokens, CHROMA, top + plane + i % 2, plane + i / 2 % 2, step[4], step[5], 0, i);
            any |= count > 1 || coefficients[16 * i] != 0;
        }
        return any;
    }

    /** Section 13: the coefficients of one block; returns one more than the last position with a coefficient. */
    private int block(BoolDecoder tokens, int type, int a, int l, int dcStep, int acStep, int first, int block) {
        int count = coefficients(tokens, type * PER_TYPE, above[a] + left[l], dcStep, acStep, first, 16 * block);
        above[a] = count > first ? 1 : 0;
        left[l] = above[a];
        return count;
    }

    private int coefficients(BoolDecoder tokens, int type, int context, int dcStep, int acStep, int first, int out) {
        int p = type + (CONTEXTS * BANDS[first] + context) * PROBABILITIES;
        for (int n = first; n < 16; n++) {
            if (tokens.bit(frame.probabilities[p]) == 0) {
                return n;
            }
            while (tokens.bit(frame.probabilities[p + 1]) == 0) {
                n++;
                if (n == 16) {
                    return 16;
                }
                p = type + CONTEXTS * BANDS[n] * PROBABILITIES;
            }
            int next = type + CONTEXTS * BANDS[n + 1] * PROBABILITIES;
            int value = 1;
            if (tokens.bit(frame.probabilities[p + 2]) == 1) {
                value = large(tokens, p);
                p = next + 2 * PROBABILITIES;
            } else {
                p = next + PROBABILITIES;
            }
            int sign = tokens.flag() ? -1 : 1;
            coefficients[out + ZIGZAG[n]] = (short) (sign * value * (n > 0 ? acStep : dcStep));
        }
        return 16;
    }

    private int large(BoolDecoder tokens, int p) {
        if (tokens.bit(frame.probabilities[p + 3]) == 0) {
            return tokens.bit(frame.probabilities[p + 4]) == 0 ? 2 : 3 + tokens.bit(frame.probabilities[p + 5]);
        }
        if (tokens.bit(frame.probabilities[p + 6]) == 0) {
            if (tokens.bit(frame.probabilities[p + 7]) == 0) {
                return 5 + tokens.bit(159);
            }
            int high = 2 * tokens.bit(165);
            return 7 + high + tokens.bit(145);
        }
        int high = tokens.bit(frame.probabilities[p + 8]);
        int category = 2 * high + tokens.bit(frame.probabilities[p + 9 + high]);
        int extra = 0;
        for (int probability : LARGE[category]) {
            extra = 2 * extra + tokens.bit(probability);
        }
        return 3 + (8 << category) + extra;
    }

    /** The inverse Walsh-Hadamard transform: 16 second-order coefficients become the DCs; section 14.3. */
    private void spreadSecondOrder() {
        int[] half = new int[16];
        int in2 = 24 * 16;
        for (int i = 0; i < 4; i++) {
            int a0 = coefficients[in2 + i] + coefficients[in2 + 12 + i];
            int a1 = coefficients[in2 + 4 + i] + coefficients[in2 + 8 + i];
            int a2 = coefficients[in2 + 4 + i] - coefficients[in2 + 8 + i];
            int a3 = coefficients[in2 + i] - coefficients[in2 + 12 + i];
            half[i] = a0 + a1;
            half[8 + i] = a0 - a1;
            half[4 + i] = a3 + a2;
            half[12 + i] = a3 - a2;
        }
        for (int i = 0; i < 4; i++) {
            int a0 = half[4 * i] + 3 + half[4 * i + 3];
            int a1 = half[4 * i + 1] + half[4 * i + 2];
            int a2 = half[4 * i + 1] - half[4 * i + 2];
            int a3 = half[4 * i] + 3 - half[4 * i + 3];
            coefficients[64 * i] = (short) ((a0 + a1) >> 3);
            coefficients[64 * i + 16] = (short) ((a3 + a2) >> 3);
            coefficients[64 * i + 32] = (short) ((a0 - a1) >> 3);
            coefficients[64 * i + 48] = (short) ((a3 - a2) >> 3);
        }
    }

    private void reconstruct(int column, int row, boolean subblocks, int chromaMode) {
        Vp8Plane luma = planes[0];
        int at = luma.at(16 * column, 16 * row);
        if (subblocks) {
            subblocks(luma, at, column, row);
        } else {
            Vp8Prediction.block(luma, at, 16, modes[0], column > 0, row > 0);
            for (int i = 0; i < 16; i++) {
                addResidual(luma, i, at + i / 4 * 4 * luma.stride + i % 4 * 4);
            }
        }
        for (int p = 1; p <= 2; p++) {
            Vp8Plane chroma = planes[p];
            int start = chroma.at(8 * column, 8 * row);
            Vp8Prediction.block(chroma, start, 8, chromaMode, column > 0, row > 0);
            for (int i = 0; i < 4; i++) {
                addResidual(chroma, 12 + 4 * p + i, start + i / 2 * 4 * chroma.stride + i % 2 * 4);
            }
        }
    }

    private void subblocks(Vp8Plane luma, int at, int column, int row) {
        int[] edge = new int[13];
        for (int i = 0; i < 16; i++) {
            int x = i % 4;
            int block = at + i / 4 * 4 * luma.stride + 4 * x;
            for (int k = 0; k < 4; k++) {
                edge[k] = luma.get(block + (3 - k) * luma.stride - 1);
            }
            for (int k = 4; k < 9; k++) {
                edge[k] = luma.get(block - luma.stride + k - 5);
            }
            for (int k = 9; k < 13; k++) {
                // The rightmost blocks all look at the macroblock row above; there at the frame's end its last sample.
                int right = x < 3 ? block - luma.stride + k - 5 : at - luma.stride + 16 + k - 9;
                boolean beyond = x == 3 && column == columns - 1 && row > 0;
                edge[k] = luma.get(beyond ? at - luma.stride + 15 : right);
            }
            Vp8Prediction.subblock(luma, block, modes[i], edge);
            addResidual(luma, i, block);
        }
    }

    private void addResidual(Vp8Plane plane, int block, int at) {
        for (int i = 16 * block; i < 16 * block + 16; i++) {
            if (coefficients[i] != 0) {
                plane.addInverseDct(coefficients, 16 * block, at);
                return;
            }
        }
    }

    private void filter(int column, int row, Strength strength, boolean inside) {
        if (strength.limit() == 0) {
            return;
        }
        for (int p = 0; p < (frame.simpleFilter ? 1 : 3); p++) {
            int size = p == 0 ? 16 : 8;
            int at = planes[p].at(size * column, size * row);
            Vp8LoopFilter.macroblock(planes[p], at, size, strength, frame.simpleFilter, inside, column > 0, row > 0);
        }
    }
}
