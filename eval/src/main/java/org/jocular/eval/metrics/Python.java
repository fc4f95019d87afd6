package org.jocular.eval.metrics;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;

/** Text and numbers as Python treats them; the official scorers are Python, and some scores depend on it. */
public final class Python {
    private Python() {}

    /** {@code text.strip()} */
    static String strip(String text) {
        int begin = 0;
        int end = text.length();
        while (begin < end && isSpace(text.charAt(begin))) {
            begin++;
        }
        while (end > begin && isSpace(text.charAt(end - 1))) {
            end--;
        }
        return text.substring(begin, end);
    }

    /** {@code text.split()}: the words between runs of white space. */
    static List<String> split(String text) {
        List<String> words = new ArrayList<>();
        int begin = -1;
        for (int i = 0; i <= text.length(); i++) {
            boolean space = i == text.length() || isSpace(text.charAt(i));
            if (space && begin >= 0) {
                words.add(text.substring(begin, i));
                begin = -1;
            } else if (!space && begin < 0) {
                begin = i;
            }
        }
        return words;
    }

    /** {@code round(x, digits)}: the exact binary value, a tie to the even digit. */
    static double round(double x, int digits) {
        return new BigDecimal(x).setScale(digits, RoundingMode.HALF_EVEN).doubleValue();
    }

    /** {@code repr(x)} of a finite number: the shortest digits that mean x, with an exponent where that lies below -4 or above 15. */
    public static String repr(double x) {
        if (x == 0) {
            return Double.toString(x);
        }
        BigDecimal shortest = new BigDecimal(Double.toString(x)).stripTrailingZeros();
        int exponent = shortest.precision() - shortest.scale() - 1;
        if (exponent >= -4 && exponent < 16) {
            return shortest.scale() > 0 ? shortest.toPlainString() : shortest.toPlainString() + ".0";
        }
        String mantissa = shortest.movePointLeft(exponent).toPlainString();
        return "%se%s%02d".formatted(mantissa, exponent < 0 ? "-" : "+", Math.abs(exponent));
    }

    /** {@code sum(values) / len(values)}, added from the left. */
    static double mean(List<Double> values) {
        double sum = 0;
        for (double value : values) {
            sum += value;
        }
        return sum / values.size();
    }

    // str.isspace: Java's own predicates leave out U+0085, or the no-break spaces, or U+001C to U+001F.
    private static boolean isSpace(char c) {
        return Character.isSpaceChar(c) || (c >= 0x09 && c <= 0x0d) || (c >= 0x1c && c <= 0x1f) || c == 0x85;
    }
}
