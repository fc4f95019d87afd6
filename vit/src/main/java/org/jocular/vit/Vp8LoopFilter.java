package org.jocular.vit;

/** The deblocking filter of VP8; RFC 6386, section 15. */
final class Vp8LoopFilter {

    /**
     * How strongly a macroblock is filtered.
     *
     * @param limit zero: not at all
     * @param inner how much neighbours on one side may differ
     * @param highVariance above this difference at the edge only two samples change
     */
    record Strength(int limit, int inner, int highVariance) {

        /** From the level (0 to 63) and the frame's sharpness (0 to 7). */
        static Strength of(int level, int sharpness) {
            if (level == 0) {
                return new Strength(0, 0, 0);
            }
            int inner = level;
            if (sharpness > 0) {
                inner = Math.min(inner >> (sharpness > 4 ? 2 : 1), 9 - sharpness);
            }
            inner = Math.max(inner, 1);
            int highVariance = 0;
            if (level >= 15) {
                highVariance = level >= 40 ? 2 : 1;
            }
            return new Strength(2 * level + inner, inner, highVariance);
        }
    }

    private Vp8LoopFilter() {}

    /**
     * The edges of one macroblock of one plane, its own and (where asked for) those between its 4 x 4 blocks.
     *
     * @param size 16 for luma, 8 for chroma
     */
    static void macroblock(
            Vp8Plane plane,
            int at,
            int size,
            Strength strength,
            boolean simple,
            boolean inside,
            boolean left,
            boolean above) {
        edges(plane, at, size, 1, plane.stride, strength, simple, inside, left);
        edges(plane, at, size, plane.stride, 1, strength, simple, inside, above);
    }

    /** Edges across one direction: {@code step} leads over the edge, {@code along} along it. */
    private static void edges(
            Vp8Plane plane,
            int at,
            int size,
            int step,
            int along,
            Strength strength,
            boolean simple,
            boolean inside,
            boolean outer) {
        if (outer) {
            edge(plane, at, size, step, along, strength, 2 * (strength.limit + 4) + 1, simple, true);
        }
        for (int offset = 4; inside && offset < size; offset += 4) {
            edge(plane, at + offset * step, size, step, along, strength, 2 * strength.limit + 1, simple, false);
        }
    }

    private static void edge(
            Vp8Plane plane,
            int from,
            int size,
            int step,
            int along,
            Strength strength,
            int threshold,
            boolean simple,
            boolean wide) {
        for (int i = 0; i < size; i++) {
            int at = from + i * along;
            if (!isSmooth(plane, at, step, threshold)) {
                continue;
            }
            if (simple) {
                two(plane, at, step);
            } else if (isCalm(plane, at, step, strength.inner)) {
                if (difference(plane, at - 2 * step, at - step) > strength.highVariance
                        || difference(plane, at + step, at) > strength.highVariance) {
                    two(plane, at, step);
                } else if (wide) {
                    six(plane, at, step);
                } else {
                    four(plane, at, step);
                }
            }
        }
    }

    private static boolean isSmooth(Vp8Plane plane, int at, int step, int threshold) {
        return 4 * difference(plane, at - step, at) + difference(plane, at - 2 * step, at + step) <= threshold;
    }

    private static boolean isCalm(Vp8Plane plane, int at, int step, int limit) {
        return difference(plane, at - 4 * step, at - 3 * step) <= limit
                && difference(plane, at - 3 * step, at - 2 * step) <= limit
                && difference(plane, at - 2 * step, at - step) <= limit
                && difference(plane, at + 3 * step, at + 2 * step) <= limit
                && difference(plane, at + 2 * step, at + step) <= limit
                && difference(plane, at + step, at) <= limit;
    }

    private static int difference(Vp8Plane plane, int a, int b) {
        return Math.abs(plane.get(a) - plane.get(b));
    }

    private static void two(Vp8Plane plane, int at, int step) {
        int outer = Math.clamp(plane.get(at - 2 * step) - plane.get(at + step), -128, 127);
        int a = 3 * (plane.get(at) - plane.get(at - step)) + outer;
        shift(plane, at - step, step, Math.clamp((a + 3) >> 3, -16, 15), Math.clamp((a + 4) >> 3, -16, 15));
    }

    private static void four(Vp8Plane plane, int at, int step) {
        int a = 3 * (plane.get(at) - plane.get(at - step));
        int right = Math.clamp((a + 4) >> 3, -16, 15);
        shift(plane, at - step, step, Math.clamp((a + 3) >> 3, -16, 15), right);
        int outer = (right + 1) >> 1;
        shift(plane, at - 2 * step, 3 * step, outer, outer);
    }

    private static void six(Vp8Plane plane, int at, int step) {
        int outer = Math.clamp(plane.get(at - 2 * step) - plane.get(at + step), -128, 127);
        int a = Math.clamp(3 * (plane.get(at) - plane.get(at - step)) + outer, -128, 127);
        for (int i = 0; i < 3; i++) {
            int change = (9 * (3 - i) * a + 63) >> 7;
            shift(plane, at - (i + 1) * step, (2 * i + 1) * step, change, change);
        }
    }

    /** Moves a sample up and its counterpart beyond the edge down. */
    private static void shift(Vp8Plane plane, int at, int distance, int up, int down) {
        plane.set(at, plane.get(at) + up);
        plane.set(at + distance, plane.get(at + distance) - down);
    }
}
