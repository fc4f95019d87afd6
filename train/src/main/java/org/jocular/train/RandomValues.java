package org.jocular.train;

import java.util.SplittableRandom;

/** Random numbers that are the same everywhere. */
public final class RandomValues {
    private final SplittableRandom random;

    /** @param name of the tensor: each has numbers of its own */
    public RandomValues(long seed, String name) {
        random = new SplittableRandom(seed * 0x9E3779B97F4A7C15L + name.hashCode());
    }

    /** Evenly from −bound to bound. */
    public float[] uniform(int n, double bound) {
        float[] values = new float[n];
        for (int i = 0; i < n; i++) {
            values[i] = (float) ((2 * random.nextDouble() - 1) * bound);
        }
        return values;
    }

    /** Around 0. */
    public float[] gaussian(int n, double deviation) {
        float[] values = new float[n];
        for (int i = 0; i < n; i++) {
            values[i] = (float) (deviation * gaussian());
        }
        return values;
    }

    /** Box and Muller 1958. */
    private double gaussian() {
        double radius = StrictMath.sqrt(-2 * StrictMath.log(1 - random.nextDouble()));
        return radius * StrictMath.cos(2 * Math.PI * random.nextDouble());
    }

    /** Columns that are orthogonal and of length 1: Gram and Schmidt on Gaussian ones. */
    public double[][] orthogonal(int rows, int columns) {
        double[][] matrix = new double[rows][columns];
        for (int column = 0; column < columns; column++) {
            for (double[] row : matrix) {
                row[column] = gaussian();
            }
            for (int before = 0; before < column; before++) {
                double dot = dot(matrix, before, column);
                for (double[] row : matrix) {
                    row[column] -= dot * row[before];
                }
            }
            double length = StrictMath.sqrt(dot(matrix, column, column));
            for (double[] row : matrix) {
                row[column] /= length;
            }
        }
        return matrix;
    }

    private static double dot(double[][] matrix, int a, int b) {
        double sum = 0;
        for (double[] row : matrix) {
            sum += row[a] * row[b];
        }
        return sum;
    }
}
