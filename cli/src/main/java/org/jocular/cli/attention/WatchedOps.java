package org.jocular.cli.attention;

import java.lang.foreign.Arena;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jocular.tensor.Activation;
import org.jocular.tensor.AttentionSpec;
import org.jocular.tensor.Ops;
import org.jocular.tensor.Rope;
import org.jocular.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * Passes everything on. An attention has no name, but the first module that is named after it is the one that holds it: then the listener is
 * told.
 */
final class WatchedOps implements Ops {
    private final Ops ops;
    private final Consumer<Attended> listener;
    private @Nullable Attended last;

    WatchedOps(Ops ops, Consumer<Attended> listener) {
        this.ops = ops;
        this.listener = listener;
    }

    @Override
    public Tensor attention(Tensor q, Tensor k, Tensor v, AttentionSpec spec) {
        last = new Attended("", spec, Math.toIntExact(q.rows()), ops.read(q), Math.toIntExact(k.rows()), ops.read(k));
        return ops.attention(q, k, v, spec);
    }

    @Override
    public Tensor named(String name, Tensor x) {
        if (last != null) {
            Attended unnamed = last;
            last = null;
            listener.accept(
                    new Attended(name, unnamed.spec(), unnamed.queries(), unnamed.q(), unnamed.keys(), unnamed.k()));
        }
        return ops.named(name, x);
    }

    @Override
    public Tensor linear(Tensor x, Tensor weight, @Nullable Tensor bias, Activation activation) {
        return ops.linear(x, weight, bias, activation);
    }

    @Override
    public Tensor layerNorm(Tensor x, Tensor weight, Tensor bias, float eps) {
        return ops.layerNorm(x, weight, bias, eps);
    }

    @Override
    public Tensor rmsNorm(Tensor x, Tensor weight, float eps) {
        return ops.rmsNorm(x, weight, eps);
    }

    @Override
    public Tensor rope(Tensor x, Rope rope, int[] positions) {
        return ops.rope(x, rope, positions);
    }

    @Override
    public Tensor embedding(Tensor table, int[] ids) {
        return ops.embedding(table, ids);
    }

    @Override
    public Tensor add(Tensor a, Tensor b) {
        return ops.add(a, b);
    }

    @Override
    public Tensor multiply(Tensor a, Tensor b) {
        return ops.multiply(a, b);
    }

    @Override
    public Tensor activate(Tensor x, Activation activation) {
        return ops.activate(x, activation);
    }

    @Override
    public Tensor patches(Tensor pixels, int size) {
        return ops.patches(pixels, size);
    }

    @Override
    public Tensor rows(Tensor x, long from, long to) {
        return ops.rows(x, from, to);
    }

    @Override
    public Tensor concat(Tensor... parts) {
        return ops.concat(parts);
    }

    @Override
    public Tensor write(Tensor destination, long at, Tensor rows) {
        return ops.write(destination, at, rows);
    }

    @Override
    public Tensor block(Tensor x, UnaryOperator<Tensor> body) {
        return ops.block(x, body);
    }

    @Override
    public float[] read(Tensor x) {
        return ops.read(x);
    }

    @Override
    public Tensor keep(Tensor x, Arena arena) {
        return ops.keep(x, arena);
    }

    @Override
    public void close() {
        ops.close();
    }
}
