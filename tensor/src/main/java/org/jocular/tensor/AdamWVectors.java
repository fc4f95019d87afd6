package org.jocular.tensor;

import static org.jocular.tensor.Simd.L;
import static org.jocular.tensor.Simd.first;
import static org.jocular.tensor.Simd.load;
import static org.jocular.tensor.Simd.store;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/** One step of {@link AdamW} on vectors. */
final class AdamWVectors {
    private AdamWVectors() {}

    static void update(long value, long gradient, long m, long v, int n, AdamW.Step step) {
        float scale = (float) step.gradientScale();
        float keepMean = (float) step.settings().beta1();
        float newMean = (float) (1 - step.settings().beta1());
        float keepSquare = (float) step.settings().beta2();
        float newSquare = (float) (1 - step.settings().beta2());
        float decay = (float) step.decay();
        float rate = (float) step.rate();
        float rootScale = (float) step.rootScale();
        float eps = (float) step.settings().eps();
        for (int i = 0; i < n; i += L) {
            VectorMask<Float> lanes = first(n - i);
            FloatVector g = load(gradient + 4L * i, lanes).mul(scale);
            FloatVector mean = load(m + 4L * i, lanes).mul(keepMean).add(g.mul(newMean));
            FloatVector square =
                    load(v + 4L * i, lanes).mul(keepSquare).add(g.mul(g).mul(newSquare));
            store(mean, m + 4L * i, lanes);
            store(square, v + 4L * i, lanes);
            FloatVector root =
                    square.lanewise(VectorOperators.SQRT).mul(rootScale).add(eps);
            FloatVector old = load(value + 4L * i, lanes).mul(decay);
            store(old.sub(mean.mul(rate).div(root)), value + 4L * i, lanes);
        }
    }
}
