package org.jocular.eval.metrics;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jocular.eval.data.DataFile;
import org.jocular.eval.data.Row;
import org.jocular.tensor.BadInput;
import org.jspecify.annotations.Nullable;

/**
 * LLaVA-Bench, COCO and in the wild (Liu et al. 2023): a judge gives the reference answer and the candidate's a mark from 1 to 10 each,
 * and the score is the candidate's mean mark in percent of the reference's. Reviews are read as in haotian-liu/LLaVA,
 * llava/eval/eval_gpt_review_visual.py and eval_gpt_review_bench.py, and added up as in summarize_gpt_review.py.
 */
public final class LlavaBench {
    /** What to do with reviews in which no two marks were found. */
    public enum Mode {
        /** They stay in the means as −1 and −1, as in LLaVA's script and in all published figures. */
        ORIGINAL,
        /** They are left out. */
        STRICT
    }

    /** What rules and reviews in the wild put before the category. */
    public static final String WILD = "llava_bench_";

    /** What float() takes, less underscores, infinity and NaN, which no judge writes. */
    private static final Pattern FLOAT = Pattern.compile("[+-]?(\\d+\\.?\\d*|\\.\\d+)([eE][+-]?\\d+)?");

    /** The reference's mark and the candidate's. */
    public record Marks(double first, double second) {
        /** What LLaVA's script writes where it finds no two marks. */
        public static final Marks FAILED = new Marks(-1, -1);
    }

    /** A judge's marks for one question; the category is null in reviews of text-only models. */
    public record Review(String questionId, @Nullable String category, Marks marks) {}

    /**
     * Mean marks of one category.
     *
     * @param reviews  how many were averaged
     * @param failures how many held no marks, averaged or not
     * @param first    the reference's mean mark, rounded to three digits as the original does before it divides
     */
    public record Summary(int reviews, int failures, double first, double second) {
        /** The candidate's marks in percent of the reference's, to one digit. */
        public double relative() {
            return Python.round(second / first * 100, 1);
        }
    }

    private LlavaBench() {}

    /** A category as tables call it, COCO's {@code conv} and the wild's {@code llava_bench_conv} alike; {@code all} is overall. */
    public static String title(String category) {
        String name = category.startsWith(WILD) ? category.substring(WILD.length()) : category;
        return switch (name) {
            case "conv" -> "conversation";
            case "all" -> "overall";
            default -> name;
        };
    }

    /**
     * The two marks on a review's first line, or {@link Marks#FAILED}. Commas become spaces and the line is cut at every single space, so
     * "8,9" is read and "8, 9" is not.
     */
    public static Marks parse(String review) {
        int end = review.indexOf('\n');
        String line = (end < 0 ? review : review.substring(0, end)).replace(',', ' ');
        String[] parts = line.split(" ", -1);
        if (parts.length != 2) {
            return Marks.FAILED;
        }
        String first = Python.strip(parts[0]);
        String second = Python.strip(parts[1]);
        return FLOAT.matcher(first).matches() && FLOAT.matcher(second).matches()
                ? new Marks(Double.parseDouble(first), Double.parseDouble(second))
                : Marks.FAILED;
    }

    /** By category and, as {@code all}, over all reviews; in the order of the names, as the original prints them. */
    public static SequencedMap<String, Summary> summarize(List<Review> reviews, Mode mode) {
        SequencedMap<String, List<Marks>> byCategory = new TreeMap<>();
        for (Review review : reviews) {
            byCategory.computeIfAbsent("all", name -> new ArrayList<>()).add(review.marks);
            if (review.category != null) {
                byCategory
                        .computeIfAbsent(review.category, name -> new ArrayList<>())
                        .add(review.marks);
            }
        }
        SequencedMap<String, Summary> summaries = new TreeMap<>();
        byCategory.forEach((category, marks) -> summaries.put(category, summary(category, marks, mode)));
        return summaries;
    }

    private static Summary summary(String category, List<Marks> marks, Mode mode) {
        int failures = (int) marks.stream().filter(Marks.FAILED::equals).count();
        List<Marks> counted = mode == Mode.ORIGINAL
                ? marks
                : marks.stream().filter(pair -> !pair.equals(Marks.FAILED)).toList();
        if (counted.isEmpty()) {
            throw new BadInput("no review of category %s holds two marks".formatted(category));
        }
        double first =
                Python.round(Python.mean(counted.stream().map(Marks::first).toList()), 3);
        double second =
                Python.round(Python.mean(counted.stream().map(Marks::second).toList()), 3);
        if (first == 0) {
            throw new BadInput(
                    "the reference's marks in category %s have the mean 0, so nothing can be told in percent of it"
                            .formatted(category));
        }
        return new Summary(counted.size(), failures, first, second);
    }

    /**
     * The three numbers that the original prints for each category: the relative score under the category's name, and ten times the mean
     * marks; and the failures, which it does not count.
     */
    public static Scores score(List<Review> reviews, Mode mode) {
        SequencedMap<String, Double> metrics = new LinkedHashMap<>();
        List<String> notes = new ArrayList<>();
        SequencedMap<String, Summary> summaries = summarize(reviews, mode);
        summaries.forEach((category, summary) -> {
            metrics.put(category, summary.relative());
            metrics.put(category + ".reference", Python.round(summary.first * 10, 1));
            metrics.put(category + ".candidate", Python.round(summary.second * 10, 1));
        });
        long failures =
                reviews.stream().filter(one -> one.marks.equals(Marks.FAILED)).count();
        metrics.put("failures", (double) failures);
        if (failures > 0) {
            notes.add("%d of %d reviews hold no two marks and are %s"
                    .formatted(
                            failures,
                            reviews.size(),
                            mode == Mode.ORIGINAL ? "in the means as -1, as in the original" : "left out"));
        }
        return new Scores("llava-bench", metrics, reviews.size(), notes);
    }

    /** Scores a file of reviews as LLaVA's script does. */
    public static Scores score(Path reviews) {
        return score(read(reviews), Mode.ORIGINAL);
    }

    /**
     * Reviews in lines: the marks under {@code tuple}, or {@code score} in reviews of text-only models; where a line has neither, they are
     * read from the review's text, {@code content} or {@code text}.
     */
    public static List<Review> read(Path file) {
        List<Review> reviews = new ArrayList<>();
        DataFile.jsonLines(
                file, row -> reviews.add(new Review(row.id("question_id"), row.textOrNull("category"), marks(row))));
        if (reviews.isEmpty()) {
            throw new BadInput("%s holds no reviews".formatted(file));
        }
        return reviews;
    }

    private static Marks marks(Row row) {
        for (String name : List.of("tuple", "score")) {
            if (row.has(name)) {
                double[] marks = row.pair(name);
                return new Marks(marks[0], marks[1]);
            }
        }
        for (String name : List.of("content", "text")) {
            if (row.has(name)) {
                return parse(row.text(name));
            }
        }
        throw row.bad("lacks tuple, and score, content and text too");
    }
}
