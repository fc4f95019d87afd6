package org.jocular.tokenizers;

import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/** Finds the longest of a few fixed strings at a place of a text. */
final class PrefixMatcher {
    /** By first character, longest first. */
    private final Map<Character, List<String>> candidates = new HashMap<>();

    PrefixMatcher(Collection<String> symbols) {
        Map<Character, TreeSet<String>> sorted = new HashMap<>();
        for (String symbol : symbols) {
            if (!symbol.isEmpty()) {
                sorted.computeIfAbsent(
                                symbol.charAt(0),
                                first -> new TreeSet<>(Comparator.comparingInt(String::length)
                                        .reversed()
                                        .thenComparing(Comparator.naturalOrder())))
                        .add(symbol);
            }
        }
        sorted.forEach((first, all) -> candidates.put(first, List.copyOf(all)));
    }

    /** Length of the longest match at {@code start}, 0 where none is. */
    int longest(String text, int start) {
        if (candidates.isEmpty()) {
            return 0;
        }
        for (String candidate : candidates.getOrDefault(text.charAt(start), List.of())) {
            if (text.startsWith(candidate, start)) {
                return candidate.length();
            }
        }
        return 0;
    }
}
