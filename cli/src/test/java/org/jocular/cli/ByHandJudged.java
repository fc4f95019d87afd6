package org.jocular.cli;

import static org.jocular.cli.ByHand.text;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** The part of {@link ByHand} that is about LLaVA-Bench: reviews of its answers, and what their marks come to. */
final class ByHandJudged {
    private static final Set<String> FUNCTION_WORDS = Set.of("a", "on", "is", "the");

    /** Whose rules and categories in the wild have a longer name. */
    private final String prefix;

    private final List<JsonNode> questions;
    private final List<JsonNode> references;

    ByHandJudged(String task, Path data) {
        boolean wild = task.endsWith("wild");
        Path folder = data.resolve(task);
        prefix = wild ? "llava_bench_" : "";
        questions = ByHand.rows(folder.resolve(wild ? "questions.jsonl" : "qa90_questions.jsonl"));
        references = ByHand.rows(folder.resolve(wild ? "answers_gpt4.jsonl" : "qa90_gpt4_answer.jsonl"));
    }

    /** Writes reviews as LLaVA's scripts do, one of which says no marks; and says what they come to. */
    Map<String, Double> writeReviews(Path file) throws IOException {
        Random random = new Random(11);
        Map<String, List<double[]>> marks = new TreeMap<>();
        List<Object> reviews = new ArrayList<>();
        for (JsonNode question : questions) {
            double[] pair = {7 + random.nextInt(4), (2 + random.nextInt(18)) / 2.0};
            String content = "%s %s\nThe second is shorter.".formatted((int) pair[0], pair[1]);
            if (reviews.size() == 5) {
                pair = new double[] {-1, -1};
                content = "Both are fine.";
            }
            String category = prefix + text(question, "category");
            reviews.add(TinyBenchmarks.fields(
                    "id",
                    reviews.size() + 1,
                    "question_id",
                    question.get("question_id"),
                    "category",
                    category,
                    "content",
                    content,
                    "tuple",
                    pair));
            add(marks, category, pair);
        }
        TinyBenchmarks.jsonLines(file, reviews);
        return figures(marks);
    }

    /** What comparing words gives: 10 for the reference, 1 + 9 · F1 for the answer. */
    Map<String, Double> compareWords(List<@Nullable String> answers) {
        Map<String, List<double[]>> marks = new TreeMap<>();
        for (int i = 0; i < answers.size(); i++) {
            Set<String> reference = words(text(references.get(i), "text"));
            Set<String> answer = words(String.valueOf(answers.get(i)));
            Set<String> common = new HashSet<>(reference);
            common.retainAll(answer);
            double f1 = 2.0 * common.size() / (reference.size() + answer.size());
            double mark = Double.parseDouble(String.format(Locale.ROOT, "%.1f", 1 + 9 * f1));
            add(marks, prefix + text(questions.get(i), "category"), new double[] {10, mark});
        }
        return figures(marks);
    }

    private static Set<String> words(String text) {
        Set<String> words = new HashSet<>(List.of(text.toLowerCase(Locale.ROOT).split("[^a-z]+")));
        words.removeAll(FUNCTION_WORDS);
        words.remove("");
        return words;
    }

    private static void add(Map<String, List<double[]>> marks, String category, double[] pair) {
        marks.computeIfAbsent("all", name -> new ArrayList<>()).add(pair);
        marks.computeIfAbsent(category, name -> new ArrayList<>()).add(pair);
    }

    private static Map<String, Double> figures(Map<String, List<double[]>> marks) {
        Map<String, Double> figures = new LinkedHashMap<>();
        marks.forEach((category, pairs) -> figures.put(category, PlainFigures.relative(pairs)));
        return figures;
    }
}
