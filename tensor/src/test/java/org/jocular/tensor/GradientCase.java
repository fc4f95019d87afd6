package org.jocular.tensor;

import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.BiFunction;

/**
 * A computation of some parameters. What is minimised is Σ y · c with random c.
 *
 * @param shapes of the parameters
 */
record GradientCase(String name, long[][] shapes, BiFunction<Ops, List<Tensor>, Tensor> forward) {
    private static final Arena ARENA = Arena.ofAuto();

    @Override
    public String toString() {
        return name;
    }

    /** Parameters with the same random values whatever their type. */
    Parameters parameters(DType type) {
        Random random = new Random(5);
        Parameters parameters = new Parameters();
        for (int i = 0; i < shapes.length; i++) {
            parameters.add("p" + i, random(random, shapes[i]), type);
        }
        return parameters;
    }

    static Tensor random(Random random, long... shape) {
        float[] values = new float[(int) Tensor.elements(shape)];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return Tensor.of(ARENA, values, shape);
    }

    static Tensor mask(Random random, long... shape) {
        Tensor mask = Tensor.zeros(ARENA, DType.U8, shape);
        for (long i = 0; i < mask.elements(); i++) {
            mask.data().set(ValueLayout.JAVA_BYTE, i, (byte) (i == 0 || random.nextInt(3) > 0 ? 1 : 0));
        }
        return mask;
    }

    /** Runs forth and back; returns Σ y · c. */
    double run(GradientExecutor executor) {
        List<Tensor> values = new ArrayList<>();
        executor.parameters().all().forEach(parameter -> values.add(parameter.value()));
        try (GradientPass pass = executor.begin()) {
            Tensor y = forward.apply(pass, values);
            Tensor c = random(new Random(11), y.shape()).to(y.dtype(), ARENA);
            pass.seed(y, c);
            double sum = 0;
            for (long i = 0; i < y.elements(); i++) {
                sum += y.get(i) * c.get(i);
            }
            pass.backward();
            return sum;
        }
    }

    /** All gradients, one after the other. */
    static double[] gradients(Parameters parameters) {
        return parameters.all().stream()
                .flatMapToDouble(parameter -> java.util.stream.LongStream.range(
                                0, parameter.gradient().elements())
                        .mapToDouble(parameter.gradient()::get))
                .toArray();
    }
}
