package org.jocular.eval.metrics;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SequencedMap;
import org.jocular.tensor.BadInput;

/**
 * MME (Fu et al. 2023): fourteen subtasks, two yes/no questions an image, one of which is to be answered with yes and one with no. A
 * subtask's score is its accuracy over questions and its accuracy+ over images with both answers right, in percent, added up. As in the
 * benchmark's own eval_tool/calculation.py.
 */
public final class Mme {
    /** Out of 2,000 together. */
    public static final List<String> PERCEPTION = List.of(
            "existence", "count", "position", "color", "posters", "celebrity", "scene", "landmark", "artwork", "OCR");

    /** Out of 800 together. */
    public static final List<String> COGNITION =
            List.of("commonsense_reasoning", "numerical_calculation", "text_translation", "code_reasoning");

    /** What an answer says and what is true, YES or NO. */
    public record Judged(String image, Verdict predicted, Verdict truth) {
        public boolean correct() {
            return predicted == truth;
        }
    }

    /** Accuracy as a share of questions, accuracy+ as a share of images, and how many answers say neither yes nor no. */
    public record Subtask(int questions, double accuracy, double accuracyPlus, int neither) {
        /** From 0 to 200. */
        public double score() {
            return accuracy * 100 + accuracyPlus * 100;
        }
    }

    /** Answers by subtask, and how many others are left out as in the original: the ground truth lacks their questions. */
    public record Answers(Map<String, List<Judged>> bySubtask, int unmatched) {}

    private Mme() {}

    /** Whether "yes", or else "no", is among the first four characters, in any case. */
    public static Verdict parse(String answer) {
        String lower = answer.toLowerCase(Locale.ROOT);
        String begin =
                lower.substring(0, lower.offsetByCodePoints(0, Math.min(4, lower.codePointCount(0, lower.length()))));
        return begin.contains("yes") ? Verdict.YES : begin.contains("no") ? Verdict.NO : Verdict.NEITHER;
    }

    /** As lmms-eval reads them (tasks/mme/utils.py): spaces around it and periods go first, and a single letter y or n is enough. */
    public static Verdict parseLmmsEval(String answer) {
        String text = Python.strip(answer.toLowerCase(Locale.ROOT)).replace(".", "");
        return switch (text) {
            case "y" -> Verdict.YES;
            case "n" -> Verdict.NO;
            default -> parse(text);
        };
    }

    /**
     * One subtask.
     *
     * @param judged in the order of the file, where the two questions about an image follow each other
     */
    public static Subtask subtask(String name, List<Judged> judged) {
        if (judged.isEmpty() || judged.size() % 2 != 0) {
            throw new BadInput("MME's %s has %d answers, expected two for each image".formatted(name, judged.size()));
        }
        int correct = 0;
        int bothCorrect = 0;
        int neither = 0;
        for (int i = 0; i < judged.size(); i += 2) {
            Judged first = judged.get(i);
            Judged second = judged.get(i + 1);
            if (!first.image.equals(second.image)) {
                throw new BadInput(
                        "MME's %s has an answer about %s followed by one about %s, expected two for each image"
                                .formatted(name, first.image, second.image));
            }
            int right = (first.correct() ? 1 : 0) + (second.correct() ? 1 : 0);
            correct += right;
            bothCorrect += right / 2;
            neither += (first.predicted == Verdict.NEITHER ? 1 : 0) + (second.predicted == Verdict.NEITHER ? 1 : 0);
        }
        int images = judged.size() / 2;
        return new Subtask(judged.size(), correct / (double) judged.size(), bothCorrect / (double) images, neither);
    }

    /**
     * Perception and cognition, then each subtask's score, acc and acc_plus. A group lacking a subtask has no total: it could not be
     * compared with anything.
     */
    public static Scores score(Answers answers) {
        SequencedMap<String, Double> metrics = new LinkedHashMap<>();
        SequencedMap<String, Double> details = new LinkedHashMap<>();
        List<String> notes = new ArrayList<>();
        int neither = 0;
        int n = 0;
        for (boolean perception : new boolean[] {true, false}) {
            double total = 0;
            List<String> missing = new ArrayList<>();
            for (String name : perception ? PERCEPTION : COGNITION) {
                List<Judged> judged = answers.bySubtask.get(name);
                if (judged == null) {
                    missing.add(name);
                    continue;
                }
                Subtask subtask = subtask(name, judged);
                details.put(name, subtask.score());
                details.put(name + ".acc", subtask.accuracy);
                details.put(name + ".acc_plus", subtask.accuracyPlus);
                total += subtask.score();
                neither += subtask.neither;
                n += subtask.questions;
            }
            String group = perception ? "perception" : "cognition";
            if (missing.isEmpty()) {
                metrics.put(group, total);
            } else {
                notes.add("%s has no total: there are no answers to %s".formatted(group, String.join(", ", missing)));
            }
        }
        metrics.putAll(details);
        if (neither > 0) {
            notes.add("%d answers say neither yes nor no and are wrong".formatted(neither));
        }
        if (answers.unmatched > 0) {
            notes.add("%d answers are left out: the ground truth lacks their questions".formatted(answers.unmatched));
        }
        return new Scores("mme", metrics, n, notes);
    }

    /**
     * Scores answers.
     *
     * @param answers a folder of filled-in files as eval_tool/calculation.py takes it, which needs no {@code dir}; or LLaVA's lines
     * @param dir     holds the ground truth, any layout of {@link MmeFiles#readTruth}
     */
    public static Scores score(Path answers, Path dir) {
        return score(
                Files.isDirectory(answers)
                        ? MmeFiles.readResults(answers)
                        : MmeFiles.judgeLlava(answers, MmeFiles.readTruth(dir)));
    }
}
