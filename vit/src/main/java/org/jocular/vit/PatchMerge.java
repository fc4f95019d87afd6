package org.jocular.vit;

import org.jocular.tensor.Ops;
import org.jocular.tensor.Tensor;

/** Squares of neighbouring patches made one row, so that a picture takes fewer places in the prompt; Qwen2-VL's {@code spatial_merge_size}. */
public final class PatchMerge {
    private PatchMerge() {}

    /**
     * @param patches (pictures · side², width), without class tokens
     * @param merge how many patches of a square lie side by side; divides side
     * @return (pictures · (side / merge)², merge² · width), squares in reading order, and patches within a square too
     */
    public static Tensor merged(Ops ops, Tensor patches, int side, int merge) {
        if (merge == 1) {
            return patches;
        }
        int across = side / merge;
        int[] order = new int[Math.toIntExact(patches.rows())];
        for (int i = 0; i < order.length; i++) {
            int within = i % (merge * merge);
            int square = i / (merge * merge);
            int picture = square / (across * across);
            int y = square / across % across * merge + within / merge;
            int x = square % across * merge + within % merge;
            order[i] = (picture * side + y) * side + x;
        }
        long rows = (long) order.length / merge / merge;
        return ops.embedding(patches, order).reshape(rows, (long) merge * merge * patches.width());
    }
}
