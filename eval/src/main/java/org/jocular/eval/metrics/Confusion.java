package org.jocular.eval.metrics;

/**
 * Counts of a yes/no benchmark, yes being positive. Ratios are fractions, and 0 where nothing was there to divide by (scikit-learn's and
 * VLMEvalKit's convention; LLaVA's eval_pope.py stops with a ZeroDivisionError there).
 */
public record Confusion(int tp, int fp, int tn, int fn) {
    public int n() {
        return tp + fp + tn + fn;
    }

    public double accuracy() {
        return ratio(tp + tn, n());
    }

    public double precision() {
        return ratio(tp, tp + fp);
    }

    public double recall() {
        return ratio(tp, tp + fn);
    }

    public double f1() {
        return ratio(2 * precision() * recall(), precision() + recall());
    }

    /** Share of answers that say yes. */
    public double yesRatio() {
        return ratio(tp + fp, n());
    }

    /** Counts of two sets of answers together. */
    Confusion plus(Confusion other) {
        return new Confusion(tp + other.tp, fp + other.fp, tn + other.tn, fn + other.fn);
    }

    private static double ratio(double part, double whole) {
        return whole == 0 ? 0 : part / whole;
    }
}
