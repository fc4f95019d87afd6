package org.jocular.eval.metrics;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.TreeMap;
import org.jocular.eval.data.DataFile;
import org.jocular.eval.data.Row;
import org.jocular.tensor.BadInput;

/**
 * Accuracy of open answers against ten annotators: an answer that three of the other nine gave is right, averaged over leaving each of
 * the ten out (Antol et al. 2015; Goyal et al. 2017). Three programs compute it and differ in what they normalise.
 */
public final class Vqa {
    /** Which program's accuracy. */
    public enum Scorer {
        /**
         * GT-Vision-Lab/VQA, vqaEval.py. Where all annotators agree nothing is normalised, so "Yes" is wrong when all ten said "yes":
         * answers are expected to be normalised before.
         */
        OFFICIAL,
        /**
         * salesforce/LAVIS, lavis/common/vqa_tools/vqa_eval.py, which the BLIP family's figures come from: the prediction is always
         * normalised, the annotators' answers only lose punctuation, and only where they disagree.
         */
        LAVIS,
        /** {@link #OFFICIAL} on predictions in the form in which LLaVA hands them in (scripts/convert_vqav2_for_submission.py). */
        LLAVA,
        /** EvolvingLMMs-Lab/lmms-eval, tasks/vqav2/utils.py: as {@link #OFFICIAL}, but always normalised. */
        LMMS_EVAL,
        /** haotian-liu/LLaVA, llava/eval/m4c_evaluator.py, TextVQAAccuracyEvaluator: everything is normalised, always. */
        M4C
    }

    /** One question of v2_mscoco_val2014_annotations.json: {@code question_type}, {@code answer_type} and its {@code answers}. */
    public record Annotation(String questionId, String questionType, String answerType, List<String> answers) {
        /** From a file in the format of visualqa.org: {@code answers} are objects with {@code answer}. */
        public static Annotation of(Row row) {
            List<String> answers = row.objects("answers").stream()
                    .map(answer -> answer.text("answer"))
                    .toList();
            if (answers.isEmpty()) {
                throw row.bad("has no answers");
            }
            return new Annotation(row.id("question_id"), row.text("question_type"), row.text("answer_type"), answers);
        }
    }

    /** One question's accuracy, from 0 to 1. */
    public record Judged(Annotation annotation, String answer, double accuracy) {}

    private Vqa() {}

    /**
     * Accuracy of one answer, from 0 to 1.
     *
     * @param references what the annotators answered, as it stands in the file
     */
    public static double accuracy(Scorer scorer, String answer, List<String> references) {
        return switch (scorer) {
            case OFFICIAL -> {
                List<String> lines = references.stream().map(VqaText::oneLine).toList();
                yield allEqual(lines)
                        ? leaveOneOut(VqaText.oneLine(answer), lines)
                        : leaveOneOut(
                                VqaText.official(answer),
                                lines.stream().map(VqaText::official).toList());
            }
            case LLAVA -> accuracy(Scorer.OFFICIAL, VqaText.m4c(answer), references);
            case LMMS_EVAL ->
                leaveOneOut(
                        VqaText.official(answer),
                        references.stream().map(VqaText::official).toList());
            case LAVIS ->
                leaveOneOut(
                        VqaText.official(answer),
                        allEqual(references)
                                ? references
                                : references.stream().map(VqaText::punctuation).toList());
            case M4C ->
                leaveOneOut(
                        VqaText.m4c(answer),
                        references.stream().map(VqaText::m4c).toList());
        };
    }

    private static boolean allEqual(List<String> answers) {
        return answers.stream().distinct().count() <= 1;
    }

    private static double leaveOneOut(String answer, List<String> references) {
        long matches = references.stream().filter(answer::equals).count();
        List<Double> accuracies = new ArrayList<>();
        for (String left : references) {
            long others = matches - (left.equals(answer) ? 1 : 0);
            accuracies.add(Math.min(1, others / 3.0));
        }
        return Python.mean(accuracies);
    }

    /**
     * Judges every annotated question.
     *
     * @param answers by question id; as the official loader asks, there must be one for every question and none besides
     */
    public static List<Judged> judge(Scorer scorer, List<Annotation> annotations, Map<String, String> answers) {
        List<Judged> judged = new ArrayList<>();
        for (Annotation annotation : annotations) {
            String answer = answers.get(annotation.questionId);
            if (answer == null) {
                throw new BadInput("question_id %s has no answer; %d questions are annotated and %d answers given"
                        .formatted(annotation.questionId, annotations.size(), answers.size()));
            }
            judged.add(new Judged(annotation, answer, accuracy(scorer, answer, annotation.answers)));
        }
        if (answers.size() > judged.size()) {
            throw new BadInput("%d answers are given but only %d questions are annotated"
                    .formatted(answers.size(), judged.size()));
        }
        return judged;
    }

    /** Percent to two digits, as VQAEval.setAccuracy rounds them: overall, per answer type, per question type. */
    public static Scores score(List<Judged> judged) {
        SequencedMap<String, Double> metrics = new LinkedHashMap<>();
        Map<String, List<Double>> perAnswerType = new TreeMap<>();
        Map<String, List<Double>> perQuestionType = new TreeMap<>();
        for (Judged one : judged) {
            perAnswerType
                    .computeIfAbsent(one.annotation.answerType, type -> new ArrayList<>())
                    .add(one.accuracy);
            perQuestionType
                    .computeIfAbsent(one.annotation.questionType, type -> new ArrayList<>())
                    .add(one.accuracy);
        }
        metrics.put("overall", percent(judged.stream().map(Judged::accuracy).toList()));
        perAnswerType.forEach((type, values) -> metrics.put("perAnswerType." + type, percent(values)));
        perQuestionType.forEach((type, values) -> metrics.put("perQuestionType." + type, percent(values)));
        return new Scores("vqav2", metrics, judged.size(), List.of());
    }

    // 100 * sum / len in the original's order of operations.
    private static double percent(List<Double> values) {
        double sum = 0;
        for (double value : values) {
            sum += value;
        }
        return Python.round(100 * sum / values.size(), 2);
    }

    /**
     * Scores a file of answers.
     *
     * @param answers either format of {@link #readAnswers}
     * @param dir     holds the annotations under their published name, there or below
     */
    public static Scores score(Path answers, Path dir) {
        Path annotations = DataFile.find(
                dir,
                "v2_mscoco_val2014_annotations.json",
                "v2_mscoco_train2014_annotations.json",
                "mscoco_val2014_annotations.json",
                "mscoco_train2014_annotations.json");
        return score(judge(Scorer.OFFICIAL, readAnnotations(annotations), readAnswers(answers)));
    }

    /** The annotations in the format of visualqa.org: {@code annotations} with {@code answers} of {@code answer}. */
    public static List<Annotation> readAnnotations(Path file) {
        List<Annotation> annotations = new ArrayList<>();
        DataFile.jsonList(file, "annotations", row -> annotations.add(Annotation.of(row)));
        if (annotations.isEmpty()) {
            throw new BadInput("%s holds no annotations".formatted(file));
        }
        return annotations;
    }

    /**
     * Answers by question id: the official results, a JSON list of {@code question_id} and {@code answer}; or LLaVA's lines, whose text
     * is normalised as LLaVA does before it hands them in (scripts/convert_vqav2_for_submission.py).
     */
    public static Map<String, String> readAnswers(Path file) {
        Map<String, String> answers = new LinkedHashMap<>();
        if (!DataFile.isList(file)) {
            Answer.readById(file).forEach((id, answer) -> answers.put(id, VqaText.m4c(answer.text())));
            return answers;
        }
        DataFile.jsonList(file, row -> {
            String id = row.id("question_id");
            if (answers.putIfAbsent(id, row.text("answer")) != null) {
                throw row.bad("answers question_id %s a second time".formatted(Row.quote(id)));
            }
        });
        return answers;
    }
}
