package org.jocular.eval.metrics;

import org.apache.commons.math3.distribution.BinomialDistribution;
import org.apache.commons.math3.special.Gamma;

/**
 * McNemar's test (1947) of two systems that answered the same questions: only those count that one answered right and the
 * other wrong. It takes each question for independent; where pictures have several, prefer {@link
 * ClusterBootstrap#compare}.
 *
 * @param onlyFirst  questions that the first system alone answered right
 * @param onlySecond questions that the second alone answered right
 * @param method     how the p-value was found
 * @param statistic  the smaller count, or chi-squared with Edwards' continuity correction
 * @param pValue     two-sided, that the systems are equally often right
 */
public record McNemar(long onlyFirst, long onlySecond, Method method, double statistic, double pValue) {
    /** The exact test is for few discordant questions, where chi-squared is a poor approximation. */
    public enum Method {
        EXACT_BINOMIAL,
        CHI_SQUARED
    }

    /** From this many discordant questions on, chi-squared is used. */
    static final int FEW = 25;

    /** Tests the answers, right or wrong, to the same questions. */
    public static McNemar test(boolean[] first, boolean[] second) {
        if (first.length != second.length) {
            throw new IllegalArgumentException("%d answers of one system and %d of the other, expected as many"
                    .formatted(first.length, second.length));
        }
        int onlyFirst = 0;
        int onlySecond = 0;
        for (int i = 0; i < first.length; i++) {
            onlyFirst += first[i] && !second[i] ? 1 : 0;
            onlySecond += second[i] && !first[i] ? 1 : 0;
        }
        return of(onlyFirst, onlySecond);
    }

    /** Tests the two counts of discordant questions. */
    public static McNemar of(long onlyFirst, long onlySecond) {
        if (onlyFirst < 0 || onlySecond < 0) {
            throw new IllegalArgumentException(
                    "%d and %d discordant questions, expected none below 0".formatted(onlyFirst, onlySecond));
        }
        long discordant = onlyFirst + onlySecond;
        if (discordant < FEW) {
            long fewer = Math.min(onlyFirst, onlySecond);
            return new McNemar(
                    onlyFirst, onlySecond, Method.EXACT_BINOMIAL, fewer, exact((int) fewer, (int) discordant));
        }
        // Edwards 1948: half a question off each count. Equal counts differ by nothing, not by minus one.
        double difference = Math.max(0, Math.abs(onlyFirst - onlySecond) - 1);
        double chiSquared = difference * difference / discordant;
        return new McNemar(onlyFirst, onlySecond, Method.CHI_SQUARED, chiSquared, chiSquaredTail(chiSquared));
    }

    /** Twice the chance of so few heads, at most 1. */
    private static double exact(int fewer, int tosses) {
        return Math.min(1, 2 * new BinomialDistribution(null, tosses, 0.5).cumulativeProbability(fewer));
    }

    /**
     * Chance that the square of a normal variable exceeds {@code x}. ChiSquaredDistribution has the chance of the opposite alone, and what
     * that leaves of 1 is nothing for values far out.
     */
    static double chiSquaredTail(double x) {
        return Gamma.regularizedGammaQ(0.5, x / 2);
    }
}
