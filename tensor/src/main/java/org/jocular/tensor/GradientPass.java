package org.jocular.tensor;

import java.lang.foreign.Arena;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A forward pass that remembers how to go back. Run a model, say what is to be minimised ({@link #crossEntropy}, {@link #seed}), then call
 * {@link #backward} once: the gradients of the parameters are added to what they were.
 */
public final class GradientPass implements Ops {
    private final HostOps ops;
    private final GradientKernels kernels;
    private final Tape tape;

    /** What was written into each cache in this pass, as a value that has a gradient; by the cache's address. */
    private final Map<Long, Tensor> written = new HashMap<>();

    GradientPass(HostOps ops, GradientKernels kernels, Tape tape) {
        this.ops = ops;
        this.kernels = kernels;
        this.tape = tape;
    }

    /**
     * Adds weight · Σ −log softmax(logits)[target] to what is minimised.
     *
     * @param logits (rows, vocabulary)
     * @param targets one a row; negative where nothing is to be learned
     * @param weight for the mean over n tokens 1/n, whatever passes they are spread over
     * @return the sum, without the weight
     */
    public double crossEntropy(Tensor logits, int[] targets, double weight) {
        double[] weights = new double[targets.length];
        Arrays.fill(weights, weight);
        return crossEntropy(logits, targets, weights) / weight;
    }

    /**
     * Adds Σ −weight · log softmax(logits)[target] to what is minimised.
     *
     * @param weights one a row
     * @return the sum
     */
    public double crossEntropy(Tensor logits, int[] targets, double[] weights) {
        for (int target : targets) {
            if (targets.length != logits.rows() || target >= logits.width()) {
                throw new IllegalArgumentException(
                        "%d targets, one of them %d, for %s".formatted(targets.length, target, logits));
            }
        }
        Tensor dLogits = gradient(logits);
        tape.touch(dLogits);
        return kernels.crossEntropy(logits, targets, weights, dLogits);
    }

    /** Adds Σ y · gradient to what is minimised, for any other loss. */
    public void seed(Tensor y, Tensor gradient) {
        Tensor dy = gradient(y);
        if (dy != null) {
            kernels.add(gradient, dy, adds(dy));
        }
    }

    /** Goes back through everything recorded, last first, and forgets it. */
    public void backward() {
        tape.replay();
    }

    @Override
    public Tensor linear(Tensor x, Tensor weight, @Nullable Tensor bias, Activation activation) {
        Tensor dx = gradient(x);
        Tensor dWeight = gradient(weight);
        Tensor dBias = bias == null ? null : gradient(bias);
        if (dx == null && dWeight == null && dBias == null) {
            return ops.linear(x, weight, bias, activation);
        }
        if (activation != Activation.NONE) {
            // The way back needs what the activation saw.
            return activate(linear(x, weight, bias, Activation.NONE), activation);
        }
        Tensor y = ops.linear(x, weight, bias, activation);
        Tensor dy = tracked(y);
        record(
                () -> {
                    if (dx != null) {
                        kernels.linearInput(dy, weight, dx, adds(dx));
                    }
                    if (dWeight != null) {
                        kernels.linearWeight(dy, x, dWeight);
                    }
                    if (dBias != null) {
                        kernels.addRows(dy, dBias);
                    }
                },
                dy,
                dWeight,
                dBias);
        return y;
    }

    @Override
    public Tensor layerNorm(Tensor x, Tensor weight, Tensor bias, float eps) {
        Tensor y = ops.layerNorm(x, weight, bias, eps);
        Tensor dx = gradient(x);
        Tensor dWeight = gradient(weight);
        Tensor dBias = gradient(bias);
        if (dx != null || dWeight != null || dBias != null) {
            Tensor dy = tracked(y);
            record(() -> kernels.layerNorm(x, weight, eps, dy, dx, adds(dx), dWeight, dBias), dy, dWeight, dBias);
        }
        return y;
    }

    @Override
    public Tensor rmsNorm(Tensor x, Tensor weight, float eps) {
        Tensor y = ops.rmsNorm(x, weight, eps);
        Tensor dx = gradient(x);
        Tensor dWeight = gradient(weight);
        if (dx != null || dWeight != null) {
            Tensor dy = tracked(y);
            record(() -> kernels.rmsNorm(x, weight, eps, dy, dx, adds(dx), dWeight), dy, dWeight);
        }
        return y;
    }

    @Override
    public Tensor attention(Tensor q, Tensor k, Tensor v, AttentionSpec spec) {
        Tensor y = ops.attention(q, k, v, spec);
        Tensor dq = gradient(q);
        Tensor dk = gradient(k);
        Tensor dv = gradient(v);
        Tensor bias = spec.bias();
        Tensor dBias = bias == null ? null : gradient(bias);
        if (dq != null || dk != null || dv != null || dBias != null) {
            Tensor dy = tracked(y);
            record(
                    () -> spec.each(
                            q,
                            k,
                            (at, queries, from, keys) -> kernels.attention(
                                    q.slice(at, at + queries),
                                    k.slice(from, from + keys),
                                    v.slice(from, from + keys),
                                    spec.in(null),
                                    dy.slice(at, at + queries),
                                    slice(dq, at, queries),
                                    slice(dk, from, keys),
                                    slice(dv, from, keys),
                                    dBias)),
                    dy,
                    dq,
                    dk,
                    dv,
                    dBias);
        }
        return y;
    }

    private static @Nullable Tensor slice(@Nullable Tensor gradient, long from, int rows) {
        return gradient == null ? null : gradient.slice(from, from + rows);
    }

    @Override
    public Tensor rope(Tensor x, Rope rope, int[] positions) {
        Tensor y = ops.rope(x, rope, positions);
        Tensor dx = gradient(x);
        if (dx != null) {
            Tensor dy = tracked(y);
            record(() -> kernels.rope(rope, positions, dy, dx, adds(dx)), dy);
        }
        return y;
    }

    @Override
    public Tensor embedding(Tensor table, int[] ids) {
        Tensor y = ops.embedding(table, ids);
        Tensor dTable = gradient(table);
        if (dTable != null) {
            Tensor dy = tracked(y);
            record(() -> kernels.embedding(ids, dy, dTable), dy, dTable);
        }
        return y;
    }

    @Override
    public Tensor add(Tensor a, Tensor b) {
        Tensor y = ops.add(a, b);
        Tensor da = gradient(a);
        Tensor db = gradient(b);
        if (da != null || db != null) {
            boolean repeated = b.rows() != a.rows();
            Tensor dy = tracked(y);
            record(
                    () -> {
                        if (da != null) {
                            kernels.add(dy, da, adds(da));
                        }
                        if (db != null && repeated) {
                            tape.touch(db);
                            kernels.addRows(dy, db);
                        } else if (db != null) {
                            kernels.add(dy, db, adds(db));
                        }
                    },
                    dy);
        }
        return y;
    }

    @Override
    public Tensor multiply(Tensor a, Tensor b) {
        Tensor y = ops.multiply(a, b);
        Tensor da = gradient(a);
        Tensor db = gradient(b);
        if (da != null || db != null) {
            boolean repeated = b.rows() != a.rows();
            Tensor dy = tracked(y);
            record(
                    () -> {
                        if (da != null) {
                            kernels.multiply(dy, b, da, adds(da));
                        }
                        if (db != null && repeated) {
                            tape.touch(db);
                            kernels.multiplyRows(dy, a, db);
                        } else if (db != null) {
                            kernels.multiply(dy, a, db, adds(db));
                        }
                    },
                    dy);
        }
        return y;
    }

    @Override
    public Tensor activate(Tensor x, Activation activation) {
        Tensor y = ops.activate(x, activation);
        Tensor dx = gradient(x);
        if (dx != null) {
            Tensor dy = tracked(y);
            record(() -> kernels.activate(x, activation, dy, dx, adds(dx)), dy);
        }
        return y;
    }

    @Override
    public Tensor patches(Tensor pixels, int size) {
        Tensor y = ops.patches(pixels, size);
        Tensor dPixels = gradient(pixels);
        if (dPixels != null) {
            Tensor dy = tracked(y);
            record(() -> kernels.patches(size, dy, dPixels), dy, dPixels);
        }
        return y;
    }

    /** In place, and so is the gradient. */
    @Override
    public Tensor rows(Tensor x, long from, long to) {
        return ops.rows(x, from, to);
    }

    @Override
    public Tensor concat(Tensor... parts) {
        Tensor y = ops.concat(parts);
        @Nullable Tensor[] gradients = new Tensor[parts.length];
        boolean any = false;
        for (int i = 0; i < parts.length; i++) {
            gradients[i] = gradient(parts[i]);
            any |= gradients[i] != null;
        }
        if (any) {
            Tensor dy = tracked(y);
            record(
                    () -> {
                        long at = 0;
                        for (int i = 0; i < parts.length; i++) {
                            Tensor gradient = gradients[i];
                            if (gradient != null) {
                                kernels.add(dy.slice(at, at + parts[i].rows()), gradient, adds(gradient));
                            }
                            at += parts[i].rows();
                        }
                    },
                    dy);
        }
        return y;
    }

    /**
     * The destination outlives the pass and has no gradient, so what is returned are not its rows but a value of the pass with the same
     * numbers: from the first row on, as when training, {@code rows} itself.
     */
    @Override
    public Tensor write(Tensor destination, long at, Tensor rows) {
        Tensor all = ops.write(destination, at, rows);
        long key = destination.address();
        Tensor before = at == 0 ? null : written.get(key);
        if (before == null && gradient(rows) == null) {
            written.remove(key);
            return all;
        }
        if (before != null && tape.recomputes()) {
            throw new IllegalStateException(
                    "rows were written after others of the same pass, which recomputation has forgotten");
        }
        Tensor value = rows;
        if (at > 0) {
            value = concat(before == null ? destination.slice(0, at) : rows(before, 0, at), rows);
        }
        written.put(key, value);
        return value;
    }

    @Override
    public Tensor block(Tensor x, UnaryOperator<Tensor> body) {
        return tape.block(x, body);
    }

    @Override
    public float[] read(Tensor x) {
        return ops.read(x);
    }

    /** The copy has a gradient too: what reads it in this pass, as T5's decoder does, sends it back to where it was computed. */
    @Override
    public Tensor keep(Tensor x, Arena arena) {
        Tensor copy = ops.keep(x, arena);
        Tensor dx = gradient(x);
        if (dx != null) {
            Tensor dCopy = tape.kept(copy);
            record(() -> kernels.add(dCopy, dx, adds(dx)), dCopy);
        }
        return copy;
    }

    private @Nullable Tensor gradient(Tensor x) {
        return tape.gradient(x);
    }

    /** {@link Tape#adds}, of what somebody needs. */
    private boolean adds(@Nullable Tensor gradient) {
        return gradient == null || tape.adds(gradient);
    }

    private Tensor tracked(Tensor y) {
        return tape.tracked(y);
    }

    private void record(Runnable step, @Nullable Tensor... gradients) {
        tape.record(step, gradients);
    }

    @Override
    public void close() {
        tape.close();
        ops.close();
    }
}
