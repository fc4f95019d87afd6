package org.jocular.eval.judge;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.SequencedMap;
import java.util.SequencedSet;
import java.util.Set;
import org.jocular.eval.metrics.PtbTokenizer;
import org.jocular.eval.task.JudgedTask.Question;

/**
 * A stand-in for a judge where no language model may be asked: it compares words and understands nothing. The reference has mark 10, the
 * candidate 1 + 9 · F1, rounded to one digit; F1 is taken over the distinct content words of both answers, that is their Penn Treebank tokens
 * in lower case less {@link #FUNCTION_WORDS}, or over all tokens where the reference holds no others. Its marks are repeatable and good for
 * trying the rest of an evaluation, and say nothing about a model that could stand beside published figures.
 */
public final class LocalJudge implements Judge {
    private static final String FORMULA = "1 + 9 * F1 of distinct content words, reference 10";

    // Articles, prepositions, conjunctions, pronouns and auxiliaries; never yes, no or not, which may be all that an
    // answer says.
    private static final Set<String> FUNCTION_WORDS = Set.of("""
            a an the this that these those there here and or but if so as than then of in on at by for from to into onto with without over
            under about i you he she it we they me him her us them my your his its our their who which what is are was were be been being am
            do does did has have had will would can could may might shall should must 's 're 've 'll 'd 'm
            """.strip().split("\\s+"));

    @Override
    public String label() {
        return "local word overlap, no language model";
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
        SequencedSet<String> reference = words(question.reference());
        SequencedSet<String> candidate = words(question.answer());
        if (reference.isEmpty()) {
            throw new NoReview("the reference holds no words to compare with");
        }
        SequencedSet<String> content = withoutFunctionWords(reference);
        if (!content.isEmpty()) {
            reference = content;
            candidate = withoutFunctionWords(candidate);
        }
        SequencedSet<String> common = new LinkedHashSet<>(reference);
        common.retainAll(candidate);
        double f1 = 2.0 * common.size() / (reference.size() + candidate.size());
        String mark = String.format(Locale.ROOT, "%.1f", 1 + 9 * f1).replace(".0", "");
        return String.format(
                Locale.ROOT,
                "10 %s\nBy %s; the mark is %s. F1 = 2 * %d / (%d + %d) = %.3f. Words in both: %s.",
                mark,
                label(),
                FORMULA,
                common.size(),
                reference.size(),
                candidate.size(),
                f1,
                common.isEmpty() ? "none" : String.join(", ", common));
    }

    private static SequencedSet<String> words(String text) {
        String tokens = PtbTokenizer.tokenize(text);
        return new LinkedHashSet<>(tokens.isEmpty() ? List.of() : List.of(tokens.split(" ")));
    }

    private static SequencedSet<String> withoutFunctionWords(SequencedSet<String> words) {
        SequencedSet<String> content = new LinkedHashSet<>(words);
        content.removeAll(FUNCTION_WORDS);
        return content;
    }
}
