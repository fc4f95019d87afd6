package org.jocular.cli;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jocular.tensor.BadInput;

/** Large numbers as people read them. */
final class Sizes {
    private static final Pattern SIZE = Pattern.compile("(?i)(\\d{1,18}(?:\\.\\d+)?)\\s*(?:([KMGT])(i)?)?B?");

    private Sizes() {}

    /**
     * How many bytes {@code size} is: {@code 5GB}, {@code 500 MB}, {@code 2GiB} or a plain number.
     *
     * @param option for messages
     */
    static long parse(String option, String size) {
        Matcher matcher = SIZE.matcher(size.strip());
        if (matcher.matches()) {
            String unit = matcher.group(2) == null ? "" : matcher.group(2).toUpperCase(Locale.ROOT);
            int power = unit.isEmpty() ? 0 : 1 + "KMGT".indexOf(unit);
            double bytes =
                    Double.parseDouble(matcher.group(1)) * Math.pow(matcher.group(3) == null ? 1000 : 1024, power);
            if (bytes >= 1 && bytes < Long.MAX_VALUE) {
                return (long) bytes;
            }
        }
        throw new BadInput("%s is %s, expected a size such as 5GB or 500MB".formatted(option, size));
    }

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
