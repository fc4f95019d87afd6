package org.jocular.tensor;

import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Gradients of what a pass keeps beyond a block. A block that is computed again keeps everything again, in the same order, while the values
 * that were computed from its first copies have sent their gradients to those: so both copies have one gradient.
 */
final class KeptGradients {
    private final TreeMap<Long, Tensor> values = new TreeMap<>();
    private final Map<Long, Tensor> gradients = new TreeMap<>();
    private @Nullable Run run;

    /** What one block keeps. */
    static final class Run {
        private final List<Tensor> kept = new ArrayList<>();
        private boolean again;
        private int next;

        boolean isEmpty() {
            return kept.isEmpty();
        }
    }

    /** A block begins, for the first time or again; returns the run around it, for {@link #end}. */
    @Nullable
    Run begin(Run inner, boolean again) {
        Run outer = run;
        inner.again = again;
        inner.next = 0;
        run = inner;
        return outer;
    }

    void end(@Nullable Run outer) {
        run = outer;
    }

    /** The gradient of a new copy. */
    Tensor add(Tensor copy) {
        Tensor gradient = run != null && run.again
                ? run.kept.get(run.next++)
                : Tensor.zeros(Arena.ofAuto(), copy.dtype(), copy.shape());
        if (run != null && !run.again) {
            run.kept.add(gradient);
        }
        values.put(copy.address(), copy);
        gradients.put(copy.address(), gradient);
        return gradient;
    }

    @Nullable
    Tensor gradient(Tensor x) {
        Map.Entry<Long, Tensor> entry = values.floorEntry(x.address());
        if (entry == null
                || x.address() >= entry.getKey() + entry.getValue().data().byteSize()) {
            return null;
        }
        Tensor gradient = gradients.get(entry.getKey());
        long offset = x.address() - entry.getKey();
        return gradient == null
                ? null
                : new Tensor(x.dtype(), gradient.data().asSlice(offset, x.data().byteSize()), x.shape());
    }
}
