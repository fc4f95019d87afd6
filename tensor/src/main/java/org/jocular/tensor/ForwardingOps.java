package org.jocular.tensor;

import java.lang.foreign.Arena;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Passes everything on: whoever stands around a pass says only what it does otherwise. */
public interface ForwardingOps extends Ops {
    /** Where everything goes. */
    Ops ops();

    @Override
    default Tensor named(String name, Tensor x) {
        return ops().named(name, x);
    }

    @Override
    default Tensor linear(Tensor x, Tensor weight, @Nullable Tensor bias, Activation activation) {
        return ops().linear(x, weight, bias, activation);
    }

    @Override
    default Tensor layerNorm(Tensor x, Tensor weight, Tensor bias, float eps) {
        return ops().layerNorm(x, weight, bias, eps);
    }

    @Override
    default Tensor rmsNorm(Tensor x, Tensor weight, float eps) {
        return ops().rmsNorm(x, weight, eps);
    }

    @Override
    default Tensor attention(Tensor q, Tensor k, Tensor v, AttentionSpec spec) {
        return ops().attention(q, k, v, spec);
    }

    @Override
    default Tensor rope(Tensor x, Rope rope, int[] positions) {
        return ops().rope(x, rope, positions);
    }

    @Override
    default Tensor embedding(Tensor table, int[] ids) {
        return ops().embedding(table, ids);
    }

    @Override
    default Tensor add(Tensor a, Tensor b) {
        return ops().add(a, b);
    }

    @Override
    default Tensor multiply(Tensor a, Tensor b) {
        return ops().multiply(a, b);
    }

    @Override
    default Tensor activate(Tensor x, Activation activation) {
        return ops().activate(x, activation);
    }

    @Override
    default Tensor patches(Tensor pixels, int size) {
        return ops().patches(pixels, size);
    }

    @Override
    default Tensor rows(Tensor x, long from, long to) {
        return ops().rows(x, from, to);
    }

    @Override
    default Tensor concat(Tensor... parts) {
        return ops().concat(parts);
    }

    @Override
    default Tensor write(Tensor destination, long at, Tensor rows) {
        return ops().write(destination, at, rows);
    }

    @Override
    default Tensor block(Tensor x, UnaryOperator<Tensor> body) {
        return ops().block(x, body);
    }

    @Override
    default float[] read(Tensor x) {
        return ops().read(x);
    }

    @Override
    default Tensor keep(Tensor x, Arena arena) {
        return ops().keep(x, arena);
    }

    @Override
    default void close() {
        ops().close();
    }
}
