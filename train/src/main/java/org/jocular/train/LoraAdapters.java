package org.jocular.train;

import java.lang.foreign.Arena;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.jocular.tensor.Ops;
import org.jocular.tensor.Parameter;
import org.jocular.tensor.Parameters;
import org.jocular.tensor.Tensor;
import org.jocular.tensor.Weights;
import org.jspecify.annotations.Nullable;

/**
 * Low-rank adaptation (Hu et al. 2021, section 4.1): beside the frozen W two narrow trained matrices, so that a layer computes
 * x · Wᵀ + scale · (x · Aᵀ) · Bᵀ. Models are loaded through {@link #over(Weights)} and run through {@link #over(Ops, long)}; merging is
 * {@code org.jocular.weights.Lora}'s.
 */
public final class LoraAdapters {
    private static final String WEIGHT = ".weight";

    private final Settings settings;
    private final Predicate<String> targets;
    private final Parameters parameters;
    private final long seed;
    private final Map<String, Adapter> adapters = new LinkedHashMap<>();
    private final TreeMap<Long, Adapter> byAddress = new TreeMap<>();

    /**
     * PEFT's names for them.
     *
     * @param alpha the product is scaled by alpha / r
     * @param dropout of what A reads, while training
     */
    public record Settings(int r, double alpha, double dropout) {
        double scale() {
            return alpha / r;
        }
    }

    /**
     * One layer's.
     *
     * @param module its name
     * @param weight what it stands beside, (out, in)
     * @param a (r, in)
     * @param b (out, r)
     * @param scale (1, out)
     */
    record Adapter(String module, Tensor weight, Parameter a, Parameter b, Tensor scale) {}

    /**
     * @param targets whether a layer is adapted, by its full name in the model's code
     * @param parameters to which the factors are added
     * @param seed of the initial values of A; B begins with zeros
     */
    public LoraAdapters(Settings settings, Predicate<String> targets, Parameters parameters, long seed) {
        this.settings = settings;
        this.targets = targets;
        this.parameters = parameters;
        this.seed = seed;
    }

    public Settings settings() {
        return settings;
    }

    /** Whether a layer was a target. */
    public boolean any() {
        return !adapters.isEmpty();
    }

    Collection<Adapter> all() {
        return Collections.unmodifiableCollection(adapters.values());
    }

    /** The same weights; the layers that models take from them and that are targets get adapters. */
    public Weights over(Weights weights) {
        return new Noticing(weights);
    }

    /**
     * A pass in which adapted layers compute their part.
     *
     * @param pass a number of its own for each pass, from which its dropout is drawn; negative: no dropout
     */
    public Ops over(Ops ops, long pass) {
        return new LoraOps(ops, this, pass < 0 || settings.dropout() == 0 ? -1 : seed * 0x9e3779b97f4a7c15L + pass);
    }

    @Nullable
    Adapter of(Tensor weight) {
        Adapter adapter = byAddress.get(weight.data().address());
        return adapter == null
                        || adapter.weight.data().byteSize() != weight.data().byteSize()
                ? null
                : adapter;
    }

    private void add(String module, Tensor weight) {
        if (adapters.containsKey(module)) {
            return;
        }
        int in = weight.width();
        long out = weight.rows();
        // PEFT's kaiming_uniform_(a=√5) is this.
        double bound = 1 / Math.sqrt(in);
        SplittableRandom random = new SplittableRandom(seed ^ module.hashCode());
        float[] start = new float[settings.r() * in];
        for (int i = 0; i < start.length; i++) {
            start[i] = (float) random.nextDouble(-bound, bound);
        }
        float[] scale = new float[(int) out];
        Arrays.fill(scale, (float) settings.scale());
        try (Arena arena = Arena.ofConfined()) {
            Tensor a = Tensor.of(arena, start, settings.r(), in);
            Tensor b = Tensor.of(arena, new float[(int) out * settings.r()], out, settings.r());
            Adapter adapter = new Adapter(
                    module,
                    weight,
                    parameters.add(LoraFiles.name(module, "A"), a),
                    parameters.add(LoraFiles.name(module, "B"), b),
                    Tensor.of(Arena.ofAuto(), scale, 1, out));
            adapters.put(module, adapter);
            byAddress.put(weight.data().address(), adapter);
        }
    }

    private final class Noticing implements Weights {
        private final Weights weights;

        Noticing(Weights weights) {
            this.weights = weights;
        }

        @Override
        public String path() {
            return weights.path();
        }

        @Override
        public Weights at(String name) {
            return new Noticing(weights.at(name));
        }

        @Override
        public boolean has(String name) {
            return weights.has(name);
        }

        @Override
        public long[] shape(String name, long... expected) {
            return weights.shape(name, expected);
        }

        @Override
        public Tensor tensor(String name, long... shape) {
            Tensor tensor = weights.tensor(name, shape);
            String full = path(name);
            if (shape.length == 2 && full.endsWith(WEIGHT)) {
                String module = full.substring(0, full.length() - WEIGHT.length());
                if (targets.test(module)) {
                    add(module, tensor);
                }
            }
            return tensor;
        }

        @Override
        public Tensor floats(String name, long... shape) {
            return weights.floats(name, shape);
        }
    }
}
