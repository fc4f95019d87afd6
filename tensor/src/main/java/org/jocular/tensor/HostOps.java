package org.jocular.tensor;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.ref.Reference;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A forward pass on the CPU: checks every shape, finds memory for every result, moves data, and leaves the arithmetic to
 * {@link Kernels}.
 */
final class HostOps implements Ops {
    private final Kernels kernels;
    private final Workspace workspace;
    private final Workspace.Mark start;
    private final DType type;
    private boolean closed;

    /** @param type of all activations: F32, or F64 where the reference is tested against differences */
    HostOps(Kernels kernels, Workspace workspace, DType type) {
        this.kernels = kernels;
        this.workspace = workspace;
        this.type = type;
        this.start = workspace.mark();
    }

    @Override
    public Tensor linear(Tensor x, Tensor weight, @Nullable Tensor bias, Activation activation) {
        activations(x);
        alive(weight);
        long out = weight.rows();
        require(isWeight(weight), "a weight is F32, F16 or BF16, not %s", weight);
        require(weight.hasShape(out, x.width()), "linear of %s with weight %s", x, weight);
        require(bias == null || vector(bias, out), "linear with weight %s and bias %s", weight, bias);
        Tensor y = result(x.rows(), out);
        kernels.linear(x, weight, bias, activation, y);
        return y;
    }

    @Override
    public Tensor layerNorm(Tensor x, Tensor weight, Tensor bias, float eps) {
        activations(x);
        require(vector(weight, x.width()) && vector(bias, x.width()), "norm of %s with %s, %s", x, weight, bias);
        Tensor y = result(x.rows(), x.width());
        kernels.layerNorm(x, weight, bias, eps, y);
        return y;
    }

    @Override
    public Tensor rmsNorm(Tensor x, Tensor weight, float eps) {
        activations(x);
        require(vector(weight, x.width()), "norm of %s with %s", x, weight);
        Tensor y = result(x.rows(), x.width());
        kernels.rmsNorm(x, weight, eps, y);
        return y;
    }

    @Override
    public Tensor attention(Tensor q, Tensor k, Tensor v, AttentionSpec spec) {
        activations(q);
        activations(k);
        activations(v);
        int headDim = q.width() / spec.heads();
        boolean fits = headDim * spec.heads() == q.width()
                && headDim * spec.kvHeads() == k.width()
                && k.width() == v.width()
                && k.rows() == v.rows()
                && spec.heads() % spec.kvHeads() == 0
                && (!spec.causal() || spec.segments() != null || q.rows() <= k.rows());
        require(fits, "attention of %s on %s, %s with %s", q, k, v, spec);
        Tensor bias = spec.bias();
        require(
                bias == null || bias.hasShape(spec.heads(), q.rows(), k.rows()),
                "attention of %s with bias %s",
                q,
                bias);
        Tensor mask = spec.mask();
        if (mask != null) {
            alive(mask);
        }
        boolean maskFits = mask == null
                || (mask.dtype() == DType.U8 && (mask.hasShape(k.rows()) || mask.hasShape(q.rows(), k.rows())));
        require(maskFits, "attention of %s on %s with mask %s", q, k, mask);
        AttentionSpec.Segments segments = spec.segments();
        boolean segmentsFit = segments == null || (bias == null && mask == null && segments.fit(q, k));
        require(segmentsFit, "attention of %s on %s in segments", q, k);
        Tensor y = result(q.rows(), q.width());
        spec.each(
                q,
                k,
                (at, queries, from, keys) -> kernels.attention(
                        q.slice(at, at + queries),
                        k.slice(from, from + keys),
                        v.slice(from, from + keys),
                        spec.in(null),
                        y.slice(at, at + queries)));
        Reference.reachabilityFence(spec); // kernels hold addresses only, and a mask's memory may be the collector's
        return y;
    }

    @Override
    public Tensor rope(Tensor x, Rope rope, int[] positions) {
        activations(x);
        alive(rope.cos());
        alive(rope.sin());
        require(x.width() % rope.headDim() == 0, "rope of %s with heads of %s", x, rope.headDim());
        require(positions.length == x.rows(), "rope of %s with %s positions", x, positions.length);
        for (int position : positions) {
            require(position >= 0 && position < rope.positions(), "position %s of %s", position, rope.positions());
        }
        Tensor y = result(x.rows(), x.width());
        kernels.rope(x, rope, positions, y);
        return y;
    }

    @Override
    public Tensor embedding(Tensor table, int[] ids) {
        alive(table);
        require(isWeight(table), "a table is F32, F16 or BF16, not %s", table);
        for (int id : ids) {
            require(id >= 0 && id < table.rows(), "id %s of a table %s", id, table);
        }
        Tensor y = result(ids.length, table.width());
        kernels.embedding(table, ids, y);
        return y;
    }

    @Override
    public Tensor add(Tensor a, Tensor b) {
        Tensor y = elementwise(a, b);
        kernels.add(a, b, y);
        return y;
    }

    @Override
    public Tensor multiply(Tensor a, Tensor b) {
        Tensor y = elementwise(a, b);
        kernels.multiply(a, b, y);
        return y;
    }

    private Tensor elementwise(Tensor a, Tensor b) {
        activations(a);
        activations(b);
        require(b.width() == a.width() && (b.rows() == a.rows() || b.rows() == 1), "%s with %s", a, b);
        return result(a.rows(), a.width());
    }

    @Override
    public Tensor activate(Tensor x, Activation activation) {
        activations(x);
        Tensor y = result(x.rows(), x.width());
        kernels.activate(x, activation, y);
        return y;
    }

    @Override
    public Tensor patches(Tensor pixels, int size) {
        activations(pixels);
        long[] shape = pixels.shape();
        int axes = shape.length;
        boolean fits = (axes == 3 || axes == 4) && shape[axes - 2] % size == 0 && shape[axes - 1] % size == 0;
        require(fits, "patches of %s in %s", size, pixels);
        int channels = (int) shape[axes - 3];
        int height = (int) shape[axes - 2];
        int width = (int) shape[axes - 1];
        int across = width / size;
        int each = height / size * across;
        Tensor y = result(axes == 3 ? each : shape[0] * each, (long) channels * size * size);
        MemorySegment to = y.data();
        long bytes = type.bytes();
        for (int patch = 0; patch < y.rows(); patch++) {
            for (int channel = 0; channel < channels; channel++) {
                for (int line = 0; line < size; line++) {
                    long first = ((long) patch / each * channels + channel) * height;
                    long row = first + (long) (patch % each / across) * size + line;
                    long from = row * width + (long) (patch % across) * size;
                    long at = ((long) patch * channels + channel) * size + line;
                    MemorySegment.copy(pixels.data(), bytes * from, to, bytes * at * size, bytes * size);
                }
            }
        }
        return y;
    }

    @Override
    public Tensor rows(Tensor x, long from, long to) {
        alive(x);
        require(from >= 0 && from <= to && to <= x.shape()[0], "rows %s to %s of %s", from, to, x);
        return x.slice(from, to);
    }

    @Override
    public Tensor concat(Tensor... parts) {
        long rows = 0;
        for (Tensor part : parts) {
            activations(part);
            require(part.width() == parts[0].width(), "%s beside %s", part, parts[0]);
            rows += part.rows();
        }
        Tensor y = result(rows, parts[0].width());
        long at = 0;
        for (Tensor part : parts) {
            y.data().asSlice(at).copyFrom(part.data());
            at += part.data().byteSize();
        }
        return y;
    }

    @Override
    public Tensor write(Tensor destination, long at, Tensor rows) {
        activations(rows);
        activations(destination);
        boolean fits = destination.width() == rows.width() && at >= 0 && at + rows.rows() <= destination.rows();
        require(fits, "rows %s into %s at %s", rows, destination, at);
        destination.slice(at, at + rows.rows()).data().copyFrom(rows.data());
        return destination.slice(0, at + rows.rows());
    }

    @Override
    public Tensor block(Tensor x, UnaryOperator<Tensor> body) {
        Workspace.Mark mark = workspace.mark();
        Tensor y = body.apply(x);
        // The caller gave x away: where it lies right below the block, the result can take its place.
        Workspace.Mark below = workspace.below(x.data(), mark);
        workspace.release(below == null ? mark : below);
        MemorySegment place = workspace.allocate(y.data().byteSize());
        place.copyFrom(y.data());
        return new Tensor(y.dtype(), place, y.shape());
    }

    @Override
    public float[] read(Tensor x) {
        return x.toFloats();
    }

    @Override
    public Tensor keep(Tensor x, Arena arena) {
        MemorySegment copy = arena.allocate(x.data().byteSize(), 64).copyFrom(x.data());
        return new Tensor(x.dtype(), copy, x.shape());
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            workspace.release(start);
        }
    }

    private Tensor result(long rows, long width) {
        if (closed) {
            throw new IllegalStateException("the pass is closed");
        }
        return new Tensor(type, workspace.allocate(type.bytes() * rows * width), rows, width);
    }

    private boolean isWeight(Tensor tensor) {
        return tensor.dtype().isWeightType() || tensor.dtype() == type;
    }

    private boolean vector(Tensor tensor, long size) {
        alive(tensor);
        return tensor.dtype() == type && tensor.elements() == size;
    }

    private void activations(Tensor x) {
        require(x.dtype() == type, "an activation is %s, not %s", type, x);
        alive(x);
    }

    /** Kernels read by address, past the checks of a segment: a closed checkpoint must not become a crash of the JVM. */
    private static void alive(Tensor x) {
        if (!x.data().scope().isAlive()) {
            throw new IllegalStateException("the memory of %s was released".formatted(x));
        }
    }

    private static void require(boolean fits, String message, @Nullable Object... arguments) {
        if (!fits) {
            throw new IllegalArgumentException(message.formatted(arguments) + ": shapes do not fit");
        }
    }
}
