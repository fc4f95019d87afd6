package org.jocular.eval.metrics;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SequencedMap;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.jocular.eval.data.DataFile;
import org.jocular.eval.data.Row;
import org.jocular.tensor.BadInput;

/**
 * GQA (Hudson and Manning 2019): exact match of short answers, overall, for open and binary questions, and by structural type. The
 * counting follows the benchmark's eval.py, read in copies of it that evaluation suites carry; its validity, plausibility, consistency,
 * grounding and distribution, which need further files, are not computed.
 */
public final class Gqa {
    // string.punctuation
    private static final Pattern ASCII_PUNCTUATION = Pattern.compile("\\p{Punct}");

    /** What is done to answers before they are compared. */
    public enum Normalisation {
        /** Nothing, as in GQA's eval.py. */
        NONE,
        /** Final periods off and lower case, for the prediction alone (haotian-liu/LLaVA, scripts/convert_gqa_for_eval.py). */
        LLAVA,
        /** VQA's, for both (salesforce/LAVIS, lavis/tasks/vqa.py, GQATask). */
        LAVIS,
        /** Lower case and no punctuation, for both (EvolvingLMMs-Lab/lmms-eval, exact_match in api/metrics.py). */
        LMMS_EVAL
    }

    /** A question; {@code structural}, the file's {@code types.structural}, is query, verify, logical, choose or compare. */
    public record Question(String questionId, String answer, String structural) {
        /** From a file like testdev_balanced_questions.json. */
        public static Question of(String id, Row row) {
            return new Question(id, row.text("answer"), row.object("types").text("structural"));
        }

        public boolean open() {
            return structural.equals("query");
        }
    }

    /** A question and whether its prediction is right. */
    public record Judged(Question question, String prediction, boolean correct) {}

    private Gqa() {}

    public static boolean correct(Normalisation normalisation, String prediction, String answer) {
        return switch (normalisation) {
            case NONE -> prediction.equals(answer);
            case LLAVA -> llava(prediction).equals(answer);
            case LAVIS -> lavis(prediction).equals(lavis(answer));
            case LMMS_EVAL -> lmmsEval(Python.strip(prediction)).equals(lmmsEval(answer));
        };
    }

    private static String llava(String prediction) {
        int end = prediction.length();
        while (end > 0 && prediction.charAt(end - 1) == '.') {
            end--;
        }
        return prediction.substring(0, end).toLowerCase(Locale.ROOT);
    }

    private static String lmmsEval(String answer) {
        return ASCII_PUNCTUATION.matcher(answer.toLowerCase(Locale.ROOT)).replaceAll("");
    }

    private static String lavis(String answer) {
        return VqaText.digitsAndArticles(VqaText.punctuation(answer));
    }

    /** Judges every question; as in the original each must have a prediction, and predictions of other questions do not matter. */
    public static List<Judged> judge(
            Normalisation normalisation, List<Question> questions, Map<String, String> predictions) {
        List<Judged> judged = new ArrayList<>();
        for (Question question : questions) {
            String prediction = predictions.get(question.questionId);
            if (prediction == null) {
                throw new BadInput("question %s has no prediction; %d questions are asked and %d predictions given"
                        .formatted(question.questionId, questions.size(), predictions.size()));
            }
            judged.add(new Judged(question, prediction, correct(normalisation, prediction, question.answer)));
        }
        return judged;
    }

    /** Percent. */
    public static Scores score(List<Judged> judged) {
        SequencedMap<String, Double> metrics = new LinkedHashMap<>();
        put(metrics, "accuracy", judged, question -> true);
        put(metrics, "binary", judged, question -> !question.open());
        put(metrics, "open", judged, Question::open);
        Map<String, Integer> types = new TreeMap<>();
        judged.forEach(one -> types.merge(one.question.structural, 1, Integer::sum));
        for (String type : types.keySet()) {
            put(metrics, "structural." + type, judged, question -> question.structural.equals(type));
        }
        return new Scores("gqa", metrics, judged.size(), List.of());
    }

    private static void put(Map<String, Double> metrics, String name, List<Judged> judged, Predicate<Question> group) {
        List<Judged> part =
                judged.stream().filter(one -> group.test(one.question)).toList();
        if (!part.isEmpty()) {
            metrics.put(name, part.stream().filter(Judged::correct).count() / (double) part.size() * 100);
        }
    }

    /**
     * Scores a file of predictions.
     *
     * @param predictions either format of {@link #readPredictions}, compared as LLaVA does
     * @param dir         holds the questions under their published name
     */
    public static Scores score(Path predictions, Path dir) {
        Path questions = DataFile.find(
                dir, "testdev_balanced_questions.json", "val_balanced_questions.json", "testdev_all_questions.json");
        return score(judge(Normalisation.LLAVA, readQuestions(questions), readPredictions(predictions)));
    }

    /** The balanced questions of a file like testdev_balanced_questions.json, an object of questions by id. */
    public static List<Question> readQuestions(Path file) {
        List<Question> questions = new ArrayList<>();
        DataFile.jsonObject(file, (id, row) -> {
            if (row.flag("isBalanced", true)) {
                questions.add(Question.of(id, row));
            }
        });
        if (questions.isEmpty()) {
            throw new BadInput("%s holds no balanced questions".formatted(file));
        }
        return questions;
    }

    /** Predictions by question: GQA's list of {@code questionId} and {@code prediction}, or LLaVA's lines. */
    public static Map<String, String> readPredictions(Path file) {
        Map<String, String> predictions = new LinkedHashMap<>();
        if (!DataFile.isList(file)) {
            Answer.readById(file).forEach((id, answer) -> predictions.put(id, answer.text()));
            return predictions;
        }
        DataFile.jsonList(file, row -> {
            String id = row.id("questionId");
            if (predictions.putIfAbsent(id, row.text("prediction")) != null) {
                throw row.bad("answers questionId %s a second time".formatted(Row.quote(id)));
            }
        });
        return predictions;
    }
}
