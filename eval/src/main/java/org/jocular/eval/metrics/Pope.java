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
import java.util.stream.IntStream;
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

    /** YES or NO where the answer is that word, in any case, and no other (EvolvingLMMs-Lab/lmms-eval, tasks/pope/utils.py). */
    public static Verdict word(String answer) {
        return Verdict.label(Python.strip(answer));
    }

    /** Counts by category. */
    public static SequencedMap<String, Confusion> confusions(List<Judged> judged) {
        SequencedMap<String, Confusion> confusions = new TreeMap<>();
        for (Judged one : judged) {
            confusions.merge(one.category, Confusion.of(one.predicted, one.label, 1), Confusion::plus);
        }
        return confusions;
    }

    /**
     * The mean over the categories of a ratio of each, in percent, for samples of the answers; a category that a sample lacks is left
     * out of its mean.
     */
    public static ClusterBootstrap.Statistic mean(List<Judged> judged, ToDoubleFunction<Confusion> ratio) {
        List<String> categories =
                judged.stream().map(Judged::category).distinct().toList();
        int kinds = 2 * Verdict.values().length; // of an answer in a category, by what it says and what is true
        int[] cell = judged.stream()
                .mapToInt(one -> categories.indexOf(one.category) * kinds
                        + one.predicted.ordinal() * 2
                        + (one.label == Verdict.YES ? 1 : 0))
                .toArray();
        return times -> {
            int[] counts = new int[categories.size() * kinds];
            for (int row = 0; row < cell.length; row++) {
                counts[cell[row]] += times[row];
            }
            return IntStream.range(0, categories.size())
                            .mapToObj(category -> confusion(counts, category * kinds, kinds))
                            .filter(confusion -> confusion.n() > 0)
                            .mapToDouble(ratio)
                            .average()
                            .orElse(0)
                    * 100;
        };
    }

    private static Confusion confusion(int[] counts, int begin, int kinds) {
        Confusion confusion = new Confusion(0, 0, 0, 0);
        for (int kind = 0; kind < kinds; kind++) {
            Verdict label = kind % 2 == 1 ? Verdict.YES : Verdict.NO;
            confusion = confusion.plus(Confusion.of(Verdict.values()[kind / 2], label, counts[begin + kind]));
        }
        return confusion;
    }

    /**
     * Fractions by category, as eval_pope.py prints them; before them their means over the categories, as papers report them; and last
     * those of all categories together, as lmms-eval reports them.
     */
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
        Confusion all = confusions.values().stream().reduce(new Confusion(0, 0, 0, 0), Confusion::plus);
        ratios.forEach((name, ratio) -> metrics.put("overall." + name, ratio.applyAsDouble(all)));
        List<String> notes = all.neither() == 0
                ? List.of()
                : List.of("%d answers say neither yes nor no and are wrong".formatted(all.neither()));
        return new Scores("pope", metrics, judged.size(), notes);
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
        Labels labels = Labels.read(labelDir, labelFiles(labelDir));
        List<Judged> judged = new ArrayList<>();
        for (Answer answer : Answer.readById(answers).values()) {
            String id = answer.questionId();
            Question question = byId.get(id);
            if (question == null || question.category() == null) {
                throw new BadInput("%s answers question_id %s, for which %s has no %s"
                        .formatted(answers, Row.quote(id), questions, question == null ? "question" : "category"));
            }
            judged.add(new Judged(id, question.category(), parse(answer.text()), labels.of(question)));
        }
        if (judged.isEmpty()) {
            throw new BadInput("%s holds no answers".formatted(answers));
        }
        return judged;
    }

    private static List<Path> labelFiles(Path dir) {
        List<Path> files = DataFile.below(dir, Pope::isLabelFile);
        if (files.isEmpty()) {
            throw new BadInput("%s holds no labels, no coco_pope_*.json".formatted(dir));
        }
        return files;
    }

    /** Whether a file of this name holds labels: coco_pope_random.json. */
    public static boolean isLabelFile(String name) {
        return LABEL_FILE.matcher(name).matches();
    }

    /** The category whose labels a file holds. */
    public static String category(Path labelFile) {
        return LABEL_FILE.matcher(labelFile.getFileName().toString()).replaceAll("$1");
    }

    /** What is right, by category, image and object. */
    public static final class Labels {
        private final Path folder;
        private final Map<Probe, Verdict> labels = new HashMap<>();

        private Labels(Path folder) {
            this.folder = folder;
        }

        /**
         * The labels of files coco_pope_*.json.
         *
         * @param folder where these lie, for messages
         */
        public static Labels read(Path folder, List<Path> files) {
            Labels read = new Labels(folder);
            for (Path file : files) {
                String category = category(file);
                DataFile.jsonLines(
                        file,
                        row -> read.labels.put(
                                probe(category, row.text("image"), row.text("text")), Verdict.label(row, "label")));
            }
            return read;
        }

        /** YES or NO. */
        public Verdict of(Question question) {
            Probe probe = probe(String.valueOf(question.category()), question.image(), question.text());
            Verdict label = labels.get(probe);
            if (label == null) {
                throw new BadInput("%s has no label for question_id %s: %s in %s, category %s"
                        .formatted(
                                folder, Row.quote(question.questionId()), probe.object, probe.image, probe.category));
            }
            return label;
        }
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
