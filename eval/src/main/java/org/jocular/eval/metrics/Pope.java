package org.jocular.eval.metrics;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jocular.eval.data.DataFile;
import org.jocular.eval.data.Row;
import org.jocular.tensor.BadInput;

/**
 * POPE (Li et al. 2023): whether a model sees objects that are not there. Yes/no questions in three categories that differ in how the
 * absent objects were picked. Answers are read and scored as in haotian-liu/LLaVA, llava/eval/eval_pope.py.
 */
public final class Pope {
    // "imange" is what the published questions say where the object begins with a vowel.
    private static final Pattern QUESTION = Pattern.compile("Is there an? (.+) in the ima(?:n)?ge\\?");

    private static final Pattern LABEL_FILE = Pattern.compile("coco_pope_(.+)\\.json");

    /** What an answer says and what is true, YES or NO. */
    public record Judged(String questionId, String category, Verdict predicted, Verdict label) {}

    /** What a label is about. */
    private record Probe(String category, String image, String object) {}

    private Pope() {}

    /** NO where the first sentence has one of the words No, no, not, commas aside; otherwise YES. */
    public static Verdict parse(String answer) {
        int period = answer.indexOf('.');
        String sentence = period < 0 ? answer : answer.substring(0, period);
        List<String> words = List.of(sentence.replace(",", "").split(" ", -1));
        return words.contains("No") || words.contains("not") || words.contains("no") ? Verdict.NO : Verdict.YES;
    }

    /** Counts by category. */
    public static SequencedMap<String, Confusion> confusions(List<Judged> judged) {
        SequencedMap<String, Confusion> confusions = new TreeMap<>();
        for (Judged one : judged) {
            boolean yes = one.label == Verdict.YES;
            Confusion single = one.predicted == Verdict.YES
                    ? new Confusion(yes ? 1 : 0, yes ? 0 : 1, 0, 0)
                    : new Confusion(0, 0, yes ? 0 : 1, yes ? 1 : 0);
            confusions.merge(one.category, single, Confusion::plus);
        }
        return confusions;
    }

    /** Fractions by category, as eval_pope.py prints them, and before them their means over the categories, as papers report them. */
    public static Scores score(List<Judged> judged) {
        Map<String, Confusion> confusions = confusions(judged);
        Map<String, ToDoubleFunction<Confusion>> ratios = new LinkedHashMap<>();
        ratios.put("f1", Confusion::f1);
        ratios.put("accuracy", Confusion::accuracy);
        ratios.put("precision", Confusion::precision);
        ratios.put("recall", Confusion::recall);
        ratios.put("yes_ratio", Confusion::yesRatio);
        SequencedMap<String, Double> metrics = new LinkedHashMap<>();
        ratios.forEach((name, ratio) -> metrics.put(
                name,
                Python.mean(confusions.values().stream()
                        .map(counts -> ratio.applyAsDouble(counts))
                        .toList())));
        confusions.forEach((category, counts) ->
                ratios.forEach((name, ratio) -> metrics.put(category + "." + name, ratio.applyAsDouble(counts))));
        return new Scores("pope", metrics, judged.size(), List.of());
    }

    /**
     * Scores a file of answers.
     *
     * @param answers LLaVA's lines
     * @param dir     holds llava_pope_test.jsonl and the labels coco_pope_*.json, there or below
     */
    public static Scores score(Path answers, Path dir) {
        return score(judge(answers, DataFile.find(dir, "llava_pope_test.jsonl"), dir));
    }

    /**
     * Judges answers by the label of their image and object. The original pairs answers and labels by their order, which goes wrong
     * without a word where the label files are of another edition: LLaVA's questions have 2,910 of the category random, the files of
     * RUCAIBox/POPE today 3,000.
     */
    public static List<Judged> judge(Path answers, Path questions, Path labelDir) {
        Map<String, Question> byId = new HashMap<>();
        for (Question question : Question.read(questions)) {
            byId.put(question.questionId(), question);
        }
        Map<Probe, Verdict> labels = readLabels(labelDir);
        List<Judged> judged = new ArrayList<>();
        for (Answer answer : Answer.readById(answers).values()) {
            String id = answer.questionId();
            Question question = byId.get(id);
            if (question == null || question.category() == null) {
                throw new BadInput("%s answers question_id %s, for which %s has no %s"
                        .formatted(answers, Row.quote(id), questions, question == null ? "question" : "category"));
            }
            Probe probe = probe(question.category(), question.image(), question.text());
            Verdict label = labels.get(probe);
            if (label == null) {
                throw new BadInput("%s has no label for question_id %s: %s in %s, category %s"
                        .formatted(labelDir, Row.quote(id), probe.object, probe.image, probe.category));
            }
            judged.add(new Judged(id, probe.category, parse(answer.text()), label));
        }
        if (judged.isEmpty()) {
            throw new BadInput("%s holds no answers".formatted(answers));
        }
        return judged;
    }

    private static Map<Probe, Verdict> readLabels(Path dir) {
        Map<Probe, Verdict> labels = new HashMap<>();
        for (Path file : DataFile.below(dir, LABEL_FILE.asMatchPredicate())) {
            String category = LABEL_FILE.matcher(file.getFileName().toString()).replaceAll("$1");
            DataFile.jsonLines(
                    file,
                    row -> labels.put(
                            probe(category, row.text("image"), row.text("text")), Verdict.label(row, "label")));
        }
        if (labels.isEmpty()) {
            throw new BadInput("%s holds no labels, no coco_pope_*.json".formatted(dir));
        }
        return labels;
    }

    // Only the first line: LLaVA's questions go on with how to answer.
    private static Probe probe(String category, String image, String text) {
        Matcher question = QUESTION.matcher(text);
        String object = question.lookingAt()
                ? question.group(1)
                : text.lines().findFirst().orElse("");
        return new Probe(category, image, object);
    }
}
