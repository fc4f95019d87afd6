package org.jocular.eval.task;

import java.util.Arrays;
import java.util.Locale;
import java.util.Map;

/** What benchmarks with short answers have in common: the words that ask for one, and how it is decoded. */
final class ShortAnswers {
    /** Follows the question, in LLaVA's question files and in lmms-eval. */
    static final String LLAVA_ENDING = "\nAnswer the question using a single word or phrase.";

    /** Around the question, in lavis/projects/blip2/eval/*_zeroshot_*_eval.yaml. */
    static final String LAVIS_PROMPT = "Question: %s Short answer:";

    /** As LLaVA's model_vqa_loader.py decodes in scripts/v1_5/eval. */
    static final Map<String, Object> LLAVA_DECODING = greedy(128);

    /**
     * As predict_answers of LAVIS's blip2_opt.py and blip2_vicuna_instruct.py decodes; that of blip2_t5.py has a length penalty of −1. The
     * repetition penalty is the model's own.
     */
    static final Map<String, Object> LAVIS_DECODING =
            Map.of("do_sample", false, "num_beams", 5, "max_new_tokens", 10, "min_length", 1, "length_penalty", 0.0);

    private static final int LAVIS_WORDS = 50;

    private ShortAnswers() {}

    static Map<String, Object> greedy(int maxNewTokens) {
        return Map.of("do_sample", false, "num_beams", 1, "max_new_tokens", maxNewTokens);
    }

    /** The question as LAVIS's processor blip_question leaves it: small letters, hardly any punctuation, fifty words at most. */
    static String lavisQuestion(String question) {
        String[] words = question.toLowerCase(Locale.ROOT)
                .replaceAll("[.!\"()*#:;~]", "")
                .replaceAll(" +$", "")
                .split(" ", LAVIS_WORDS + 1);
        return words.length <= LAVIS_WORDS
                ? String.join(" ", words)
                : String.join(" ", Arrays.asList(words).subList(0, LAVIS_WORDS));
    }
}
