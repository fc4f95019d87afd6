package org.jocular.eval.metrics;

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

    /** Twice the chance of so few heads, at most 1; the binomial coefficients of so few tosses are exact. */
    private static double exact(int fewer, int tosses) {
        double ways = 1;
        double tail = 1;
        for (int heads = 1; heads <= fewer; heads++) {
            ways = ways * (tosses - heads + 1) / heads;
            tail += ways;
        }
        return Math.min(1, 2 * tail * Math.pow(0.5, tosses));
    }

    /** Chance that the square of a normal variable exceeds {@code x}: erfc(√(x/2)). */
    static double chiSquaredTail(double x) {
        double z = Math.sqrt(x / 2);
        return z < 2 ? 1 - errorFunction(z) : complementByFraction(z);
    }

    /** Series of Abramowitz and Stegun 7.1.6; its terms are positive, so nothing cancels. */
    private static double errorFunction(double z) {
        double term = z;
        double sum = z;
        for (int n = 1; term > 1e-17 * sum; n++) {
            term *= 2 * z * z / (2 * n + 1);
            sum += term;
        }
        return 2 / Math.sqrt(Math.PI) * Math.exp(-z * z) * sum;
    }

    /** Continued fraction of Abramowitz and Stegun 7.1.14, from far enough inside. */
    private static double complementByFraction(double z) {
        double fraction = z;
        for (int n = 60; n >= 1; n--) {
            fraction = z + n / 2.0 / fraction;
        }
        return Math.exp(-z * z) / Math.sqrt(Math.PI) / fraction;
    }
}
