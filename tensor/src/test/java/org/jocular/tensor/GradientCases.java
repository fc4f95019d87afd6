package org.jocular.tensor;

import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.BiFunction;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Every operation with every option, at sizes around the boundaries of vectors and tiles. */
final class GradientCases {
    private static final Arena ARENA = Arena.ofAuto();

    private GradientCases() {}

    /** Small enough for a difference for each element. */
    static Stream<GradientCase> small() {
        List<GradientCase> cases = new ArrayList<>();
        for (Activation activation : Activation.values()) {
            cases.add(linear(3, 5, 4, true, activation));
            cases.add(of("activate " + activation, (ops, p) -> ops.activate(p.get(0), activation), s(3, 7)));
        }
        cases.add(linear(1, 1, 1, false, Activation.NONE));
        cases.add(linear(26, 3, 2, false, Activation.GELU));
        cases.addAll(others(3, 5));
        cases.addAll(others(1, 1));
        for (boolean causal : new boolean[] {false, true}) {
            for (int masks = 0; masks < 3; masks++) {
                cases.addAll(attention(3, 5, 4, 2, 3, causal, masks));
            }
        }
        cases.addAll(attention(1, 4, 2, 2, 2, true, 0));
        cases.addAll(attention(8, 8, 2, 1, 4, true, 0));
        cases.addAll(attention(4, 3, 2, 1, 2, false, 0));
        cases.add(rope(3, 2, 6));
        cases.add(patches(2, 4, 6, 2));
        cases.add(of("patches of two", (ops, p) -> ops.patches(p.get(0), 2), s(2, 3, 4, 2)));
        cases.add(segments());
        return cases.stream();
    }

    /** Around every boundary of the fast kernels. */
    static Stream<GradientCase> large() {
        List<GradientCase> cases = new ArrayList<>();
        int[][] sizes = {
            {1, 16, 16},
            {2, 31, 33},
            {13, 17, 12},
            {25, 65, 130},
            {33, 1, 35},
            {64, 96, 96},
            {100, 300, 260},
            {270, 40, 129},
            {12, 32, 800}
        };
        for (int[] size : sizes) {
            cases.add(linear(size[0], size[1], size[2], true, Activation.NONE));
        }
        for (Activation activation : Activation.values()) {
            cases.add(of("activate " + activation, (ops, p) -> ops.activate(p.get(0), activation), s(37, 129)));
        }
        for (int width : new int[] {15, 16, 33, 127, 257}) {
            cases.addAll(others(37, width));
        }
        int[][] attentions = {
            {1, 1, 1, 1, 1},
            {3, 3, 2, 1, 17},
            {17, 17, 4, 4, 10},
            {31, 31, 2, 1, 33},
            {33, 65, 4, 2, 16},
            {65, 65, 2, 2, 65},
            {7, 130, 3, 1, 20},
            {100, 131, 2, 2, 40}
        };
        for (int[] a : attentions) {
            for (int masks = 0; masks < 3; masks++) {
                cases.addAll(attention(a[0], a[1], a[2], a[3], a[4], false, masks));
                cases.addAll(attention(a[0], a[1], a[2], a[3], a[4], true, masks));
            }
        }
        cases.addAll(attention(33, 16, 2, 2, 7, false, 0));
        for (int headDim : new int[] {2, 12, 34, 64}) {
            cases.add(rope(5, 3, headDim));
        }
        cases.add(patches(3, 8, 12, 4));
        return cases.stream();
    }

    private static GradientCase linear(int rows, int in, int out, boolean bias, Activation activation) {
        return of(
                "linear %d x %d to %d %s %s".formatted(rows, in, out, activation, bias ? "with bias" : ""),
                (ops, p) -> ops.linear(p.get(0), p.get(1), bias ? p.get(2) : null, activation),
                s(rows, in),
                s(out, in),
                s(out));
    }

    private static List<GradientCase> others(int rows, int width) {
        String size = " of %d x %d".formatted(rows, width);
        Tensor half = GradientCase.random(new Random(3), width, width).to(DType.F16, ARENA);
        Tensor brief = GradientCase.random(new Random(4), 3, width).to(DType.BF16, ARENA);
        return List.of(
                of("frozen F16" + size, (ops, p) -> ops.linear(p.get(0), half, null, Activation.NONE), s(rows, width)),
                of(
                        "frozen BF16" + size,
                        (ops, p) -> ops.linear(p.get(0), brief, null, Activation.NONE),
                        s(rows, width)),
                of(
                        "layerNorm" + size,
                        (ops, p) -> ops.layerNorm(p.get(0), p.get(1), p.get(2), 1e-2f),
                        s(rows, width),
                        s(width),
                        s(width)),
                of("rmsNorm" + size, (ops, p) -> ops.rmsNorm(p.get(0), p.get(1), 1e-2f), s(rows, width), s(width)),
                of("embedding" + size, (ops, p) -> ops.embedding(p.get(0), new int[] {2, 0, 2, 1}), s(4, width)),
                of("add" + size, (ops, p) -> ops.add(p.get(0), p.get(1)), s(rows, width), s(rows, width)),
                of("add itself" + size, (ops, p) -> ops.add(p.get(0), p.get(0)), s(rows, width)),
                of("add row" + size, (ops, p) -> ops.add(p.get(0), p.get(1)), s(rows, width), s(1, width)),
                of("multiply" + size, (ops, p) -> ops.multiply(p.get(0), p.get(1)), s(rows, width), s(rows, width)),
                of("square" + size, (ops, p) -> ops.multiply(p.get(0), p.get(0)), s(rows, width)),
                of("multiply row" + size, (ops, p) -> ops.multiply(p.get(0), p.get(1)), s(rows, width), s(1, width)),
                of(
                        "rows and concat" + size,
                        (ops, p) -> {
                            Tensor squares = ops.multiply(p.get(0), p.get(0));
                            return ops.concat(ops.rows(squares, 0, 1), p.get(1), ops.rows(p.get(0), 0, 0), squares);
                        },
                        s(rows, width),
                        s(2, width)),
                of(
                        "views" + size,
                        (ops, p) -> {
                            Tensor third = p.get(0).slice(width, 2 * width); // as EVA cuts its fused weight
                            Tensor y = ops.linear(p.get(1), third, null, Activation.NONE);
                            return ops.activate(y.reshape(1, rows * width), Activation.SILU);
                        },
                        s(3 * width, width),
                        s(rows, width)));
    }

    private static List<GradientCase> attention(
            int queries, int keys, int heads, int kvHeads, int headDim, boolean causal, int masks) {
        if (causal && queries > keys) {
            return List.of();
        }
        Random random = new Random(9);
        @Nullable Tensor mask = masks == 0 ? null : GradientCase.mask(random, masks == 1 ? s(keys) : s(queries, keys));
        float scale = (float) (1 / Math.sqrt(headDim));
        String name = "attention %d on %d, %d/%d heads of %d%s%s"
                .formatted(
                        queries, keys, heads, kvHeads, headDim, causal ? ", causal" : "", masks == 0 ? "" : ", mask");
        long[][] shapes = {s(queries, heads * headDim), s(keys, kvHeads * headDim), s(keys, kvHeads * headDim)};
        long[][] withBias = Arrays.copyOf(shapes, 4);
        withBias[3] = s(heads, queries, keys);
        return List.of(
                new GradientCase(
                        name,
                        shapes,
                        (ops, p) -> ops.attention(
                                p.get(0),
                                p.get(1),
                                p.get(2),
                                new AttentionSpec(heads, kvHeads, scale, causal, null, mask))),
                new GradientCase(
                        name + ", bias",
                        withBias,
                        (ops, p) -> ops.attention(
                                p.get(0),
                                p.get(1),
                                p.get(2),
                                new AttentionSpec(heads, kvHeads, scale, causal, p.get(3), mask))));
    }

    private static GradientCase segments() {
        AttentionSpec spec = AttentionSpec.bidirectional(2, 4).in(new AttentionSpec.Segments(s3(2, 3, 1), s3(4, 1, 2)));
        return of(
                "attention in segments",
                (ops, p) -> ops.attention(p.get(0), p.get(1), p.get(2), spec),
                s(6, 8),
                s(7, 8),
                s(7, 8));
    }

    private static int[] s3(int... sizes) {
        return sizes;
    }

    private static GradientCase rope(int rows, int heads, int headDim) {
        Rope rope = Rope.of(ARENA, 300, headDim, 10000, 1);
        int[] positions = new int[rows];
        Arrays.setAll(positions, i -> i * 59 % 300);
        return of("rope of " + headDim, (ops, p) -> ops.rope(p.get(0), rope, positions), s(rows, heads * headDim));
    }

    private static GradientCase patches(int channels, int height, int width, int size) {
        return of("patches", (ops, p) -> ops.patches(p.get(0), size), s(channels, height, width));
    }

    private static GradientCase of(String name, BiFunction<Ops, List<Tensor>, Tensor> forward, long[]... shapes) {
        return new GradientCase(name, shapes, forward);
    }

    private static long[] s(long... shape) {
        return shape;
    }
}
