package org.jocular.train;

import java.lang.foreign.Arena;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import org.jocular.tensor.AdamW;
import org.jocular.tensor.GradientExecutor;
import org.jocular.tensor.Parameter;
import org.jocular.tensor.Tensor;

/** {@link AdamW} on all parameters of an executor, with what it has to remember between steps. */
public final class Optimizer implements AutoCloseable {
    private final GradientExecutor executor;
    private final AdamW settings;
    private final double maxNorm;
    private final ToDoubleFunction<String> rateScale;
    private final Arena arena = Arena.ofShared();
    private final Map<String, Moments> moments = new LinkedHashMap<>();
    private long steps;

    /** Running means of a parameter's gradients and of their squares. */
    private record Moments(Tensor mean, Tensor square) {}

    /**
     * @param maxNorm to which the norm of all gradients together is clipped; 0: never
     * @param rateScale on the learning rate, by a parameter's name: a tower that learns more slowly
     */
    public Optimizer(GradientExecutor executor, AdamW settings, double maxNorm, ToDoubleFunction<String> rateScale) {
        this.executor = executor;
        this.settings = settings;
        this.maxNorm = maxNorm;
        this.rateScale = rateScale;
        for (Parameter parameter : executor.parameters().all()) {
            long[] shape = parameter.value().shape();
            moments.put(
                    parameter.name(),
                    new Moments(
                            Tensor.zeros(arena, parameter.value().dtype(), shape),
                            Tensor.zeros(arena, parameter.value().dtype(), shape)));
        }
    }

    /**
     * Moves all parameters along their gradients, and clears those.
     *
     * @return the norm of the gradients before clipping
     */
    public double step(double learningRate) {
        double norm = executor.gradientNorm();
        // The small constant is torch's, clip_grad_norm_.
        double scale = maxNorm > 0 ? Math.min(1, maxNorm / (norm + 1e-6)) : 1;
        steps++;
        for (Parameter parameter : executor.parameters().all()) {
            Moments own = moments.get(parameter.name());
            if (own == null) {
                throw new IllegalStateException(parameter.name() + " was added after the optimiser was made");
            }
            double rate = learningRate * rateScale.applyAsDouble(parameter.name());
            executor.update(parameter, own.mean, own.square, settings, steps, rate, scale);
        }
        executor.parameters().clearGradients();
        return norm;
    }

    /** How many steps were made. */
    public long steps() {
        return steps;
    }

    /** What must be saved to go on later, in place: {@code exp_avg.NAME} and {@code exp_avg_sq.NAME}, as torch calls them. */
    public Map<String, Tensor> state() {
        Map<String, Tensor> state = new LinkedHashMap<>();
        moments.forEach((name, own) -> {
            state.put("exp_avg." + name, own.mean);
            state.put("exp_avg_sq." + name, own.square);
        });
        return state;
    }

    /** Goes on after so many steps, with a {@link #state} that was copied back. */
    public void resume(long done) {
        steps = done;
    }

    @Override
    public void close() {
        arena.close();
    }
}
