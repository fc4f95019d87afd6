package org.jocular.tensor;

import static org.jocular.tensor.Simd.F;
import static org.jocular.tensor.Simd.L;
import static org.jocular.tensor.Simd.first;
import static org.jocular.tensor.Simd.load;
import static org.jocular.tensor.Simd.store;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/** Softmax, logarithm and gradient of one row of scores, without ever storing the probabilities. */
final class CrossEntropy {
    private CrossEntropy() {}

    /**
     * @param to where weight · (softmax − one-hot) is added; 0: nowhere
     * @return −log softmax[target]
     */
    static double row(long from, int n, int target, float weight, long to) {
        float max = max(from, n);
        double sum = sum(from, n, max);
        if (to != 0) {
            add(from, to, n, max, (float) (weight / sum));
            long at = to + 4L * target;
            Simd.setFloat(at, Simd.getFloat(at) - weight);
        }
        // StrictMath gives the same digits whether it is interpreted or compiled.
        return StrictMath.log(sum) + max - Simd.getFloat(from + 4L * target);
    }

    private static float max(long from, int n) {
        FloatVector max = FloatVector.broadcast(F, Float.NEGATIVE_INFINITY);
        for (int i = 0; i < n; i += L) {
            VectorMask<Float> lanes = first(n - i);
            FloatVector x = load(from + 4L * i, lanes);
            max = max.blend(x, x.compare(VectorOperators.GT, max).and(lanes));
        }
        return max.reduceLanes(VectorOperators.MAX);
    }

    private static double sum(long from, int n, float max) {
        FloatVector sum = FloatVector.zero(F);
        for (int i = 0; i < n; i += L) {
            VectorMask<Float> lanes = first(n - i);
            sum = sum.add(VectorMath.exp(load(from + 4L * i, lanes).sub(max)), lanes);
        }
        return Simd.sum(sum);
    }

    private static void add(long from, long to, int n, float max, float factor) {
        for (int i = 0; i < n; i += L) {
            VectorMask<Float> lanes = first(n - i);
            FloatVector p = VectorMath.exp(load(from + 4L * i, lanes).sub(max));
            store(p.mul(factor).add(load(to + 4L * i, lanes)), to + 4L * i, lanes);
        }
    }
}
