package org.jocular.train;

import java.lang.foreign.Arena;
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;
import org.jocular.tensor.Activation;
import org.jocular.tensor.ForwardingOps;
import org.jocular.tensor.Ops;
import org.jocular.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/** A linear layer with an adapter becomes three. */
final class LoraOps implements ForwardingOps {
    private final Ops ops;
    private final LoraAdapters adapters;
    private final long dropoutSeed;
    private final Arena arena = Arena.ofConfined();

    /** Adapted layers so far; each draws its own dropout. */
    private int calls;

    /** @param dropoutSeed −1: no dropout */
    LoraOps(Ops ops, LoraAdapters adapters, long dropoutSeed) {
        this.ops = ops;
        this.adapters = adapters;
        this.dropoutSeed = dropoutSeed;
    }

    @Override
    public Ops ops() {
        return ops;
    }

    @Override
    public Tensor linear(Tensor x, Tensor weight, @Nullable Tensor bias, Activation activation) {
        LoraAdapters.Adapter adapter = adapters.of(weight);
        if (adapter == null) {
            return ops.linear(x, weight, bias, activation);
        }
        Tensor y = ops.linear(x, weight, bias, Activation.NONE);
        Tensor narrow = ops.linear(dropped(x), adapter.a().value(), null, Activation.NONE); // (rows, r)
        Tensor change = ops.linear(narrow, adapter.b().value(), null, Activation.NONE); // (rows, out)
        y = ops.add(y, ops.multiply(change, adapter.scale()));
        return activation == Activation.NONE ? y : ops.activate(y, activation);
    }

    private Tensor dropped(Tensor x) {
        if (dropoutSeed == -1) {
            return x;
        }
        double dropout = adapters.settings().dropout();
        SplittableRandom random = new SplittableRandom(dropoutSeed + 0x632be59bd9b4e019L * ++calls);
        float[] factors = new float[Math.toIntExact(x.elements())];
        for (int i = 0; i < factors.length; i++) {
            factors[i] = random.nextDouble() < dropout ? 0 : (float) (1 / (1 - dropout));
        }
        return ops.multiply(x, Tensor.of(arena, factors, x.rows(), x.width()));
    }

    /** Where a block is computed again, the same is dropped again. */
    @Override
    public Tensor block(Tensor x, UnaryOperator<Tensor> body) {
        int before = calls;
        return ops.block(x, h -> {
            calls = before;
            return body.apply(h);
        });
    }

    @Override
    public void close() {
        ops.close();
        arena.close();
    }
}
