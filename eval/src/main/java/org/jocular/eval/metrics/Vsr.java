package org.jocular.eval.metrics;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import org.jocular.eval.data.DataFile;
import org.jocular.eval.data.Row;
import org.jocular.tensor.BadInput;
import org.jspecify.annotations.Nullable;

/**
 * Visual Spatial Reasoning (Liu et al. 2023): is a caption about two objects in an image true? Accuracy overall, by relation and by kind
 * of relation as in cambridgeltl/visual-spatial-reasoning, analysis_scripts; precision, recall and F1 as in open-compass/VLMEvalKit,
 * vlmeval/dataset/utils/yorn.py, VSR_rating.
 */
public final class Vsr {
    private static final Set<String> TRUE_WORDS = Set.of("yes", "true");
    private static final Set<String> FALSE_WORDS = Set.of("no", "false");

    /** A row of a split; the label is 1 where the caption is true and 0 where it is not, the relation empty where it is not known. */
    public record Example(String image, String caption, int label, String relation) {
        /** A line of a split. */
        public static Example of(Row row) {
            return new Example(row.text("image"), row.text("caption"), row.whole("label", 0, 1), row.text("relation"));
        }
    }

    /** A row and what was predicted. */
    public record Judged(Example example, Verdict predicted) {
        public boolean correct() {
            return predicted == (example.label == 1 ? Verdict.YES : Verdict.NO);
        }
    }

    private Vsr() {}

    /**
     * What a generated answer says: in lower case, without punctuation, it has exactly one of the words yes and no (VLMEvalKit's
     * YOrN_Extraction; its punctuation differs from VQA's only in periods after a digit, which no yes or no has).
     */
    public static Verdict words(String answer) {
        List<String> words = Python.split(VqaText.punctuation(answer.toLowerCase(Locale.ROOT)));
        boolean yes = words.contains("yes");
        boolean no = words.contains("no");
        return yes == no ? Verdict.NEITHER : yes ? Verdict.YES : Verdict.NO;
    }

    /**
     * What ranking says: the candidate with the highest log-likelihood, the first of equal ones (salesforce/LAVIS, predict_class, which
     * sorts by loss).
     *
     * @param logLikelihoods of some of the candidates yes, true, no, false, in the order in which they were ranked
     */
    public static Verdict ranked(SequencedMap<String, Double> logLikelihoods) {
        @Nullable String best = null;
        double highest = Double.NEGATIVE_INFINITY;
        for (Map.Entry<String, Double> candidate : logLikelihoods.entrySet()) {
            if (best == null || candidate.getValue() > highest) {
                best = candidate.getKey();
                highest = candidate.getValue();
            }
        }
        return best == null ? Verdict.NEITHER : candidate(best);
    }

    /** A candidate of ranking; InstructBLIP's are yes and true against no and false. */
    static Verdict candidate(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        return TRUE_WORDS.contains(lower) ? Verdict.YES : FALSE_WORDS.contains(lower) ? Verdict.NO : Verdict.NEITHER;
    }

    /**
     * Percent. As in VLMEvalKit an answer that says neither is wrong for the accuracy, and no for precision, recall and F1.
     *
     * @param metaCategories kinds of relations, or null to leave them out; a relation that has none is counted to none
     */
    public static Scores score(List<Judged> judged, @Nullable Map<String, String> metaCategories) {
        SequencedMap<String, Double> metrics = new LinkedHashMap<>();
        metrics.put("accuracy", accuracy(judged));
        Confusion counts = new Confusion(
                count(judged, true, true),
                count(judged, true, false),
                count(judged, false, false),
                count(judged, false, true));
        metrics.put("precision", counts.precision() * 100);
        metrics.put("recall", counts.recall() * 100);
        metrics.put("f1", counts.f1() * 100);
        if (metaCategories != null) {
            group(judged, example -> metaCategories.get(example.relation))
                    .forEach((name, group) -> metrics.put("meta." + name, accuracy(group)));
        }
        group(judged, Example::relation).forEach((name, group) -> metrics.put("relation." + name, accuracy(group)));
        long neither =
                judged.stream().filter(one -> one.predicted == Verdict.NEITHER).count();
        List<String> notes = neither == 0
                ? List.of()
                : List.of("%d answers say neither yes nor no and are wrong".formatted(neither));
        return new Scores("vsr", metrics, judged.size(), notes);
    }

    private static double accuracy(List<Judged> judged) {
        return judged.stream().filter(Judged::correct).count() / (double) judged.size() * 100;
    }

    private static int count(List<Judged> judged, boolean predicted, boolean label) {
        return (int) judged.stream()
                .filter(one -> (one.predicted == Verdict.YES) == predicted && (one.example.label == 1) == label)
                .count();
    }

    private static SequencedMap<String, List<Judged>> group(
            List<Judged> judged, Function<Example, @Nullable String> name) {
        SequencedMap<String, List<Judged>> groups = new TreeMap<>();
        for (Judged one : judged) {
            String group = name.apply(one.example);
            if (group != null && !group.isEmpty()) {
                groups.computeIfAbsent(group, key -> new ArrayList<>()).add(one);
            }
        }
        return groups;
    }

    /**
     * Scores a file of predictions.
     *
     * @param predictions any format of {@link #readPredictions}
     * @param dir         holds splits like test.jsonl or zeroshot-test.jsonl, there or below, of which the one with as many rows is taken
     *                    (no two have the same number), and may hold rel_meta_category_dict.txt
     */
    public static Scores score(Path predictions, Path dir) {
        List<Verdict> verdicts = readPredictions(predictions);
        List<Example> examples = readSplit(dir, verdicts.size());
        List<Judged> judged = new ArrayList<>();
        for (int i = 0; i < verdicts.size(); i++) {
            judged.add(new Judged(examples.get(i), verdicts.get(i)));
        }
        List<Path> kinds = DataFile.below(dir, "rel_meta_category_dict.txt"::equals);
        return score(judged, kinds.isEmpty() ? null : readMetaCategories(kinds.getFirst()));
    }

    private static List<Example> readSplit(Path dir, int rows) {
        List<String> seen = new ArrayList<>();
        for (Path file : DataFile.below(dir, name -> name.matches("(.+-)?(train|dev|test)\\.jsonl"))) {
            List<Example> examples = read(file);
            if (examples.size() == rows) {
                return examples;
            }
            seen.add("%s has %d".formatted(dir.relativize(file), examples.size()));
        }
        throw new BadInput("%s holds no split of VSR with %d rows, as many as there are predictions%s"
                .formatted(dir, rows, seen.isEmpty() ? "" : ": " + String.join(", ", seen)));
    }

    /** A split, such as data/splits/zeroshot/test.jsonl. */
    public static List<Example> read(Path file) {
        List<Example> examples = new ArrayList<>();
        DataFile.jsonLines(file, row -> examples.add(Example.of(row)));
        return examples;
    }

    /** Kinds by relation, from rel_meta_category_dict.txt: "Proximity: by, close to, near". */
    public static Map<String, String> readMetaCategories(Path file) {
        Map<String, String> kinds = new HashMap<>();
        int number = 0;
        for (String line : DataFile.lines(file)) {
            number++;
            int colon = line.indexOf(": ");
            if (colon < 1) {
                throw Row.bad(file, "line " + number, "has no kind followed by a colon");
            }
            for (String relation : line.substring(colon + 2).split(",", -1)) {
                // "among" stands in two kinds; as in the original's dictionary the last one holds.
                kinds.put(Python.strip(relation), Python.strip(line.substring(0, colon)));
            }
        }
        return kinds;
    }

    /**
     * Predictions in the order of the split, one a line: 0 or 1, as the benchmark's src/eval.py writes them; or JSON with {@code text}, a
     * generated answer; with {@code prediction}, a class as LAVIS writes it (also as one list); or with {@code scores}, log-likelihoods
     * of the candidates. Where JSON has {@code question_id} or {@code instance_id}, it must count from 0.
     */
    public static List<Verdict> readPredictions(Path file) {
        List<Verdict> verdicts = new ArrayList<>();
        List<String> lines = DataFile.lines(file);
        String begin = lines.isEmpty() ? "" : Python.strip(lines.getFirst());
        if (begin.startsWith("{")) {
            DataFile.jsonLines(file, row -> verdicts.add(prediction(row, verdicts.size())));
            return verdicts;
        }
        if (begin.startsWith("[")) {
            DataFile.jsonList(file, row -> verdicts.add(prediction(row, verdicts.size())));
            return verdicts;
        }
        for (String line : lines) {
            verdicts.add(
                    switch (Python.strip(line)) {
                        case "0" -> Verdict.NO;
                        case "1" -> Verdict.YES;
                        default ->
                            throw Row.bad(
                                    file,
                                    "line " + (verdicts.size() + 1),
                                    "is %s, expected 0, 1 or a JSON object".formatted(Row.quote(line)));
                    });
        }
        return verdicts;
    }

    private static Verdict prediction(Row row, int index) {
        for (String name : List.of("question_id", "instance_id")) {
            if (row.has(name) && !row.id(name).equals(Integer.toString(index))) {
                throw row.wrong(name, index + ", the number of the row in the split");
            }
        }
        if (row.has("scores")) {
            Row scores = row.object("scores");
            SequencedMap<String, Double> logLikelihoods = new LinkedHashMap<>();
            for (String name : scores.names()) {
                if (candidate(name) == Verdict.NEITHER) {
                    throw row.bad("ranks %s, expected yes, true, no and false".formatted(Row.quote(name)));
                }
                logLikelihoods.put(name, scores.number(name));
            }
            return ranked(logLikelihoods);
        }
        return row.has("prediction") ? candidate(row.text("prediction")) : words(row.text("text"));
    }
}
