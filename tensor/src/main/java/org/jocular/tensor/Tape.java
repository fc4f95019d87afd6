package org.jocular.tensor;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** What a {@link GradientPass} remembers: the steps back, which values have gradients, and where these lie. */
final class Tape {
    private final GradientKernels kernels;
    private final Workspace workspace;
    private final Workspace.Mark start;
    private final Shadow shadow;
    private final Parameters parameters;
    private final boolean recompute;
    private final KeptGradients kept = new KeptGradients();
    private List<Runnable> steps = new ArrayList<>();
    private boolean recording = true;

    Tape(GradientKernels kernels, Workspace workspace, Shadow shadow, Parameters parameters, boolean recompute) {
        this.kernels = kernels;
        this.workspace = workspace;
        this.start = workspace.mark();
        this.shadow = shadow;
        this.parameters = parameters;
        this.recompute = recompute;
    }

    boolean recomputes() {
        return recompute;
    }

    /** The gradient of a value or parameter, in place; null where none is needed. */
    @Nullable
    Tensor gradient(Tensor x) {
        Tensor gradient = shadow.gradient(x);
        if (gradient == null) {
            gradient = parameters.gradient(x);
        }
        return gradient == null ? kept.gradient(x) : gradient;
    }

    /** Gives a result a gradient, and returns that: to be named to {@link #record} by each step that uses it. */
    Tensor tracked(Tensor y) {
        shadow.track(y);
        Tensor dy = shadow.gradient(y);
        return dy == null ? y : dy;
    }

    /**
     * Notes how to go back through what was just computed.
     *
     * @param gradients all that the step reads or adds to, unless it asks {@link #adds}; null is what nobody needs
     */
    void record(Runnable step, @Nullable Tensor... gradients) {
        if (recording) {
            steps.add(() -> {
                for (Tensor gradient : gradients) {
                    touch(gradient);
                }
                step.run();
            });
        }
    }

    /** To be called before a gradient is used outside of a recorded step. */
    void touch(@Nullable Tensor gradient) {
        if (gradient != null) {
            shadow.touch(gradient);
        }
    }

    /**
     * To be called by a recorded step for a gradient that was not named with it: whether to add to it. If not, the step is the first that
     * has something for it, and must write all of it.
     */
    boolean adds(Tensor gradient) {
        return shadow.begin(gradient);
    }

    /** Gives a copy that outlives the pass a gradient, and returns that. */
    Tensor kept(Tensor copy) {
        return kept.add(copy);
    }

    /** Goes back, last step first, and forgets the way. */
    void replay() {
        back(steps);
        steps.clear();
    }

    private static void back(List<Runnable> steps) {
        for (int i = steps.size() - 1; i >= 0; i--) {
            steps.get(i).run();
        }
    }

    /** {@link Ops#block}. */
    Tensor block(Tensor x, UnaryOperator<Tensor> body) {
        Workspace.Mark mark = workspace.mark();
        if (!recompute) {
            int before = steps.size();
            Tensor y = body.apply(x);
            return steps.size() == before && gradient(y) == null ? moved(y, mark) : y;
        }
        boolean outer = recording;
        KeptGradients.Run first = new KeptGradients.Run();
        KeptGradients.@Nullable Run around = kept.begin(first, false);
        recording = false;
        Tensor inside = body.apply(x);
        recording = outer;
        kept.end(around);
        boolean needed = gradient(inside) != null || !first.isEmpty();
        Tensor y = moved(inside, mark);
        if (needed) {
            Tensor dy = tracked(y);
            record(() -> recompute(x, body, dy, first), dy);
        }
        return y;
    }

    private void recompute(Tensor x, UnaryOperator<Tensor> body, Tensor dy, KeptGradients.Run first) {
        Workspace.Mark mark = workspace.mark();
        List<Runnable> outer = steps;
        steps = new ArrayList<>();
        KeptGradients.@Nullable Run around = kept.begin(first, true);
        Tensor y = body.apply(x);
        kept.end(around);
        Tensor dAgain = gradient(y);
        if (dAgain != null) {
            kernels.add(dy, dAgain, adds(dAgain));
        }
        back(steps);
        steps = outer;
        shadow.release(mark);
    }

    /** What {@code y} holds, after everything from the mark on was given back. Its input stays: the tape may need it. */
    private Tensor moved(Tensor y, Workspace.Mark mark) {
        shadow.release(mark);
        MemorySegment place = workspace.allocate(y.data().byteSize());
        place.copyFrom(y.data());
        return new Tensor(y.dtype(), place, y.shape());
    }

    void close() {
        shadow.release(start);
    }
}
