package org.jocular.eval.metrics;

/**
 * Counts of a yes/no benchmark, yes being positive. Ratios are fractions, and 0 where nothing was there to divide by (scikit-learn's and
 * VLMEvalKit's convention; LLaVA's eval_pope.py stops with a ZeroDivisionError there).
 *
 * @param neither answers that say neither yes nor no: wrong, but part of no ratio other than accuracy and the share of yes
 */
public record Confusion(int tp, int fp, int tn, int fn, int neither) {
    public Confusion(int tp, int fp, int tn, int fn) {
        this(tp, fp, tn, fn, 0);
    }

    /** An answer that was given so many times. */
    static Confusion of(Verdict predicted, Verdict label, int times) {
        boolean yes = label == Verdict.YES;
        return switch (predicted) {
            case YES -> new Confusion(yes ? times : 0, yes ? 0 : times, 0, 0);
            case NO -> new Confusion(0, 0, yes ? 0 : times, yes ? times : 0);
            case NEITHER -> new Confusion(0, 0, 0, 0, times);
        };
    }

    public int n() {
        return tp + fp + tn + fn + neither;
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
        return new Confusion(tp + other.tp, fp + other.fp, tn + other.tn, fn + other.fn, neither + other.neither);
    }

    private static double ratio(double part, double whole) {
        return whole == 0 ? 0 : part / whole;
    }
}
