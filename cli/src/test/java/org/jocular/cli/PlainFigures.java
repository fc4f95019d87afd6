package org.jocular.cli;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Figures of benchmarks as their papers define them, in the plainest way: slow, short, and without a class of the evaluation. */
final class PlainFigures {
    private static final double SIGMA = 6;

    private PlainFigures() {}

    static double percent(Collection<Boolean> right) {
        return 100.0 * right.stream().filter(one -> one).count() / right.size();
    }

    /** Of yes among answers and labels; an answer that is null says neither, and is counted as neither. */
    static Map<String, Double> yesNo(List<@Nullable Boolean> said, List<Boolean> labels) {
        double truePositive = count(said, labels, true, true);
        double yes = truePositive + count(said, labels, true, false);
        double found = truePositive + count(said, labels, false, true);
        double precision = yes == 0 ? 0 : truePositive / yes;
        double recall = found == 0 ? 0 : truePositive / found;
        Map<String, Double> figures = new LinkedHashMap<>();
        figures.put("accuracy", (truePositive + count(said, labels, false, false)) / said.size());
        figures.put("precision", precision);
        figures.put("recall", recall);
        figures.put("f1", precision + recall == 0 ? 0 : 2 * precision * recall / (precision + recall));
        figures.put("yes_ratio", yes / said.size());
        return figures;
    }

    private static long count(List<@Nullable Boolean> said, List<Boolean> labels, boolean answer, boolean label) {
        return IntStream.range(0, said.size())
                .filter(i -> said.get(i) != null && said.get(i) == answer && labels.get(i) == label)
                .count();
    }

    /** 100 · (accuracy of questions + accuracy of pictures with both right); two questions to a picture, one after the other. */
    static double mme(List<Boolean> right) {
        List<Boolean> both = IntStream.range(0, right.size() / 2)
                .mapToObj(i -> right.get(2 * i) && right.get(2 * i + 1))
                .toList();
        return percent(right) + percent(both);
    }

    /** Leaves each of the ten answers out once; a third for each of the others that agrees, at most one. */
    static double vqa(String answer, List<String> references) {
        double sum = 0;
        for (int left = 0; left < references.size(); left++) {
            List<String> others = new ArrayList<>(references);
            others.remove(left);
            sum += Math.min(1, others.stream().filter(plain(answer)::equals).count() / 3.0);
        }
        return sum / references.size();
    }

    /** Of plain words that is all that the official normalisation does. */
    private static String plain(String answer) {
        return List.of(answer.toLowerCase(Locale.ROOT).split("[^\\p{L}\\p{N}]+")).stream()
                .filter(word -> !word.isEmpty() && !Set.of("a", "an", "the").contains(word))
                .map(word -> word.equals("two") ? "2" : word)
                .collect(Collectors.joining(" "));
    }

    /**
     * CIDEr of each caption.
     *
     * @param candidates tokens with spaces between
     * @param references of each the same
     */
    static List<Double> cider(List<String> candidates, List<List<String>> references) {
        Map<List<String>, Integer> imagesWith = new LinkedHashMap<>();
        for (List<String> ofImage : references) {
            Set<List<String>> seen = new HashSet<>();
            ofImage.forEach(reference -> IntStream.rangeClosed(1, 4)
                    .forEach(n -> seen.addAll(ngrams(reference, n).keySet())));
            seen.forEach(ngram -> imagesWith.merge(ngram, 1, Integer::sum));
        }
        List<Double> scores = new ArrayList<>();
        for (int image = 0; image < candidates.size(); image++) {
            double sum = 0;
            for (String reference : references.get(image)) {
                for (int n = 1; n <= 4; n++) {
                    sum += similarity(candidates.get(image), reference, n, imagesWith, candidates.size());
                }
            }
            scores.add(10 * sum / 4 / references.get(image).size());
        }
        return scores;
    }

    private static double similarity(
            String candidate, String reference, int n, Map<List<String>, Integer> imagesWith, int images) {
        Map<List<String>, Double> a = weighted(candidate, n, imagesWith, images);
        Map<List<String>, Double> b = weighted(reference, n, imagesWith, images);
        double dot = 0;
        for (List<String> ngram : b.keySet()) {
            dot += Math.min(a.getOrDefault(ngram, 0.0), b.get(ngram)) * b.get(ngram);
        }
        double norms = norm(a) * norm(b);
        double longer = bigrams(candidate) - bigrams(reference);
        return norms == 0 ? 0 : dot / norms * Math.exp(-longer * longer / (2 * SIGMA * SIGMA));
    }

    private static Map<List<String>, Double> weighted(
            String text, int n, Map<List<String>, Integer> imagesWith, int images) {
        Map<List<String>, Double> weights = new LinkedHashMap<>();
        ngrams(text, n)
                .forEach((ngram, count) ->
                        weights.put(ngram, count * (Math.log(images) - Math.log(imagesWith.getOrDefault(ngram, 1)))));
        return weights;
    }

    private static double norm(Map<List<String>, Double> weights) {
        return Math.sqrt(
                weights.values().stream().mapToDouble(weight -> weight * weight).sum());
    }

    private static int bigrams(String text) {
        return Math.max(0, words(text).size() - 1);
    }

    private static Map<List<String>, Integer> ngrams(String text, int n) {
        List<String> words = words(text);
        Map<List<String>, Integer> ngrams = new LinkedHashMap<>();
        for (int i = 0; i + n <= words.size(); i++) {
            ngrams.merge(words.subList(i, i + n), 1, Integer::sum);
        }
        return ngrams;
    }

    private static List<String> words(String text) {
        return text.isBlank() ? List.of() : List.of(text.split(" "));
    }

    static double mean(Collection<Double> values) {
        return values.stream().mapToDouble(value -> value).sum() / values.size();
    }

    /** Of marks the candidate's mean in percent of the reference's, rounded as LLaVA's script rounds. */
    static double relative(List<double[]> marks) {
        double reference = rounded(mean(marks.stream().map(pair -> pair[0]).toList()), 3);
        double candidate = rounded(mean(marks.stream().map(pair -> pair[1]).toList()), 3);
        return rounded(candidate / reference * 100, 1);
    }

    static double rounded(double value, int digits) {
        return new BigDecimal(value).setScale(digits, RoundingMode.HALF_EVEN).doubleValue();
    }
}
