package org.jocular.weights;

import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a checkpoint may call the tensor that it lacks. */
final class NearestName {
    private NearestName() {}

    /**
     * The name that ends most like {@code wanted}, so that another prefix or a renamed layer shows; null where nothing comes close. The
     * same tensor of another layer is not close: that the layer is missing says more.
     */
    static @Nullable String of(String wanted, Collection<String> names) {
        List<String> parts = List.of(wanted.split("\\."));
        String nearest = null;
        int best = 1;
        for (String name : names) {
            List<String> others = List.of(name.split("\\."));
            int shorter = Math.min(parts.size(), others.size());
            int equal = 0;
            while (equal < shorter && part(parts, equal).equals(part(others, equal))) {
                equal++;
            }
            boolean sameButForNumber = equal < shorter && isNumber(part(parts, equal)) && isNumber(part(others, equal));
            if (equal > best && !sameButForNumber) {
                nearest = name;
                best = equal;
            }
        }
        return nearest;
    }

    private static String part(List<String> parts, int fromEnd) {
        return parts.get(parts.size() - 1 - fromEnd);
    }

    private static boolean isNumber(String part) {
        return !part.isEmpty() && part.chars().allMatch(Character::isDigit);
    }
}
