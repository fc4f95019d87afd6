package org.jocular.cli;

import java.util.Locale;

/** Large numbers as people read them. */
final class Sizes {
    private Sizes() {}

    /** Decimal units: {@code 417.2 kB}, {@code 13.5 GB}. */
    static String bytes(long bytes) {
        return bytes < 1000 ? bytes + " B" : scaled(bytes) + "B";
    }

    /** {@code 205.4 k}, {@code 7.06 G}. */
    static String scaled(long n) {
        if (n < 1000) {
            return Long.toString(n);
        }
        double value = n;
        String units = " kMGTPE";
        int unit = 0;
        while (value >= 999.95) {
            value /= 1000;
            unit++;
        }
        return String.format(Locale.ROOT, "%.1f %c", value, units.charAt(unit));
    }
}
