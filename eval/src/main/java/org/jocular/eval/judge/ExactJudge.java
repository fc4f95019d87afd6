package org.jocular.eval.judge;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.SequencedMap;
import java.util.stream.Stream;
import org.jocular.eval.task.JudgedTask.Question;

/**
 * A judge for benchmarks whose reference answer is the truth and not one opinion, as of a world that was made up: it compares sentences letter
 * by letter and understands nothing. The reference has mark 10, the candidate 10 · F1 over the sentences of both, each as often as it is there:
 * an answer of one sentence is right or wrong, a description gets its share. Sentences end at a period; case and the space around them do not
 * count.
 */
public final class ExactJudge implements Judge {
    private static final String FORMULA = "10 * F1 of equal sentences, reference 10";

    @Override
    public String label() {
        return "equality with a reference that is the truth, no language model";
    }

    @Override
    public SequencedMap<String, Object> settings() {
        SequencedMap<String, Object> settings = new LinkedHashMap<>();
        settings.put("kind", label());
        settings.put("formula", FORMULA);
        return settings;
    }

    @Override
    public int atOnce() {
        return Runtime.getRuntime().availableProcessors();
    }

    @Override
    public String review(String task, String sampleId, Question question) throws NoReview {
        List<String> reference = sentences(question.reference());
        List<String> candidate = sentences(question.answer());
        if (reference.isEmpty()) {
            throw new NoReview("the reference holds no sentence to compare with");
        }
        List<String> missing = new ArrayList<>(reference);
        List<String> wrong = new ArrayList<>(candidate);
        candidate.stream().filter(missing::remove).forEach(wrong::remove);
        int common = candidate.size() - wrong.size();
        double f1 = 2.0 * common / (reference.size() + candidate.size());
        // As few digits as say it: means over many answers should not be of rounded marks.
        BigDecimal mark = BigDecimal.valueOf(10 * f1).setScale(4, RoundingMode.HALF_EVEN);
        return String.format(
                Locale.ROOT,
                "10 %s\nBy %s; the mark is %s. F1 = 2 * %d / (%d + %d) = %.3f. Missing: %s. Wrong: %s.",
                mark.signum() == 0 ? "0" : mark.stripTrailingZeros().toPlainString(),
                label(),
                FORMULA,
                common,
                reference.size(),
                candidate.size(),
                f1,
                listed(missing),
                listed(wrong));
    }

    private static List<String> sentences(String text) {
        return Stream.of(text.split("\\.", -1))
                .map(sentence -> sentence.strip().toLowerCase(Locale.ROOT))
                .filter(sentence -> !sentence.isEmpty())
                .toList();
    }

    private static String listed(List<String> sentences) {
        return sentences.isEmpty() ? "nothing" : "\"" + String.join("\", \"", sentences) + "\"";
    }
}
