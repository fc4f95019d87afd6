package org.jocular.tensor;

/**
 * Reverse mode as one more executor: a tape around another one's passes. What is a {@link Parameter}, or was computed from one, has a gradient;
 * everything else runs as it would without, and records nothing.
 *
 * <p>The same numbers come out of the same calls, bit for bit, with or without recomputation and with any number of threads.
 */
public final class GradientExecutor implements Executor {
    private final CpuExecutor executor;
    private final GradientKernels kernels;
    private final Parameters parameters;
    private final Shadow shadow;
    private final boolean recompute;

    /**
     * @param executor computes; whoever made it closes it, after this one
     * @param recompute whether the inside of each {@link Ops#block} is forgotten, and computed again on the way back: memory for one block
     *     instead of all, for a third more time
     */
    public GradientExecutor(CpuExecutor executor, Parameters parameters, boolean recompute) {
        this.executor = executor;
        this.kernels = executor.kernels().gradients();
        this.parameters = parameters;
        this.shadow = new Shadow(executor.workspace());
        this.recompute = recompute;
    }

    @Override
    public String name() {
        return executor.name() + "-gradient";
    }

    @Override
    public int threads() {
        return executor.threads();
    }

    public Parameters parameters() {
        return parameters;
    }

    /** Opens a pass; only one of them at a time. */
    @Override
    public GradientPass begin() {
        Tape tape = new Tape(kernels, executor.workspace(), shadow, parameters, recompute);
        return new GradientPass(executor.beginHost(), kernels, tape);
    }

    /** Adds the gradients of a {@link Parameters#replica} to those of the parameters, and clears those. */
    public void take(Parameters replica) {
        parameters.take(replica, kernels);
    }

    /** √Σ g² over the gradients of all parameters. */
    public double gradientNorm() {
        double sum = 0;
        for (Parameter parameter : parameters.all()) {
            sum += kernels.squares(parameter.gradient());
        }
        return StrictMath.sqrt(sum);
    }

    /**
     * Moves one parameter.
     *
     * @param m running mean of its gradients, changed too
     * @param v running mean of their squares, changed too
     * @param number of the step, 1 for the first
     * @param gradientScale on the gradient, for clipping; 1 otherwise
     */
    public void update(
            Parameter parameter,
            Tensor m,
            Tensor v,
            AdamW settings,
            long number,
            double learningRate,
            double gradientScale) {
        AdamW.Step step = settings.step(number, learningRate, gradientScale);
        kernels.adamW(parameter.value(), parameter.gradient(), m, v, step);
    }

    /** Leaves the other executor and the parameters open. */
    @Override
    public void close() {
        shadow.close();
    }
}
