package org.jocular.vit;

/** Intra prediction of VP8; RFC 6386, section 12. */
final class Vp8Prediction {

    static final int DC = 0;
    static final int TRUE_MOTION = 1;
    static final int VERTICAL = 2;
    static final int HORIZONTAL = 3;
    private static final int RIGHT_DOWN = 4;
    private static final int VERTICAL_RIGHT = 5;
    private static final int LEFT_DOWN = 6;
    private static final int VERTICAL_LEFT = 7;
    private static final int HORIZONTAL_DOWN = 8;
    private static final int HORIZONTAL_UP = 9;

    private Vp8Prediction() {}

    /** A whole luma (16) or chroma (8) block; DC uses only those neighbours that lie in the frame. */
    static void block(Vp8Plane plane, int at, int size, int mode, boolean hasLeft, boolean hasAbove) {
        if (mode == DC) {
            fill(plane, at, size, dc(plane, at, size, hasLeft, hasAbove));
            return;
        }
        int above = at - plane.stride;
        int corner = plane.get(above - 1);
        for (int y = 0; y < size; y++) {
            int row = at + y * plane.stride;
            int left = plane.get(row - 1);
            for (int x = 0; x < size; x++) {
                plane.set(
                        row + x,
                        switch (mode) {
                            case VERTICAL -> plane.get(above + x);
                            case HORIZONTAL -> left;
                            default -> left + plane.get(above + x) - corner;
                        });
            }
        }
    }

    private static int dc(Vp8Plane plane, int at, int size, boolean hasLeft, boolean hasAbove) {
        int sum = 0;
        int count = 0;
        if (hasLeft) {
            for (int y = 0; y < size; y++) {
                sum += plane.get(at + y * plane.stride - 1);
            }
            count += size;
        }
        if (hasAbove) {
            for (int x = 0; x < size; x++) {
                sum += plane.get(at - plane.stride + x);
            }
            count += size;
        }
        return count == 0 ? 128 : (sum + count / 2) / count;
    }

    private static void fill(Vp8Plane plane, int at, int size, int value) {
        for (int y = 0; y < size; y++) {
            for (int x = 0; x < size; x++) {
                plane.set(at + y * plane.stride + x, value);
            }
        }
    }

    /**
     * One 4 x 4 luma block.
     *
     * @param e its edge, from the lowest sample at the left (e[0]) over the corner (e[4]) to the last of the four above
     *     to the right (e[12])
     */
    static void subblock(Vp8Plane plane, int at, int mode, int[] e) {
        for (int y = 0; y < 4; y++) {
            for (int x = 0; x < 4; x++) {
                plane.set(at + y * plane.stride + x, sample(mode, x, y, e));
            }
        }
    }

    private static int sample(int mode, int x, int y, int[] e) {
        return switch (mode) {
            case DC -> (e[0] + e[1] + e[2] + e[3] + e[5] + e[6] + e[7] + e[8] + 4) >> 3;
            case TRUE_MOTION -> e[3 - y] + e[5 + x] - e[4];
            case VERTICAL -> mean(e, 5 + x);
            case HORIZONTAL -> y == 3 ? (e[1] + 3 * e[0] + 2) >> 2 : mean(e, 3 - y);
            case RIGHT_DOWN -> mean(e, 4 + x - y);
            case LEFT_DOWN -> x + y == 6 ? (e[11] + 3 * e[12] + 2) >> 2 : mean(e, 6 + x + y);
            case VERTICAL_RIGHT -> verticalRight(x, y, e);
            case VERTICAL_LEFT -> verticalLeft(x, y, e);
            case HORIZONTAL_DOWN -> horizontalDown(x, y, e);
            case HORIZONTAL_UP -> horizontalUp(x, y, e);
            default -> throw new IllegalArgumentException("mode " + mode);
        };
    }

    private static int verticalRight(int x, int y, int[] e) {
        int twice = 2 * x - y; // distance along the edge in half samples
        if (twice < 0) {
            return mean(e, twice == -1 ? 4 : 5 - y);
        }
        int i = 4 + twice / 2;
        return twice % 2 == 0 ? half(e, i) : mean(e, i + 1);
    }

    private static int verticalLeft(int x, int y, int[] e) {
        if (x == 3 && y >= 2) {
            return mean(e, y == 2 ? 10 : 11); // where the pattern would run past what is known, section 12.3
        }
        int i = 5 + x + y / 2;
        return y % 2 == 0 ? half(e, i) : mean(e, i + 1);
    }

    private static int horizontalDown(int x, int y, int[] e) {
        int twice = 2 * y - x;
        if (twice < 0) {
            return mean(e, twice == -1 ? 4 : 3 + x);
        }
        int i = 3 - twice / 2;
        return twice % 2 == 0 ? half(e, i) : mean(e, i);
    }

    private static int horizontalUp(int x, int y, int[] e) {
        int twice = 2 * y + x;
        if (twice > 5) {
            return e[0];
        }
        if (twice == 5) {
            return (e[1] + 3 * e[0] + 2) >> 2;
        }
        int i = 2 - twice / 2;
        return twice % 2 == 0 ? half(e, i) : mean(e, i);
    }

    /** The mean of two neighbours on the edge. */
    private static int half(int[] e, int i) {
        return (e[i] + e[i + 1] + 1) >> 1;
    }

    /** The weighted mean of three neighbours on the edge. */
    private static int mean(int[] e, int i) {
        return (e[i - 1] + 2 * e[i] + e[i + 1] + 2) >> 2;
    }
}
