package org.jocular.eval.task;

import java.util.Map;

/**
 * How a benchmark is put to a model, as somebody published it: the question's words, whether answers are generated or ranked, and how they
 * are decoded. The prompt of the system itself goes around it.
 *
 * @param name     {@code llava}, {@code lavis}, {@code lmms-eval}, {@code vlmevalkit}, {@code plain}
 * @param source   where it was published: repository and file, or paper and section
 * @param decoding generation settings under Hugging Face's names; always says {@code do_sample} and {@code max_new_tokens} where answers
 *                 are generated, because a system's own prompt may come with others
 */
public record Wording(String name, String source, Map<String, Object> decoding) {
    public static final String LLAVA = "llava";
    public static final String LAVIS = "lavis";
    public static final String LMMS_EVAL = "lmms-eval";
    public static final String VLM_EVAL_KIT = "vlmevalkit";

    /** Published by nobody: what is asked, and nothing around it. For models that were taught to be asked so, and say it themselves. */
    public static final String PLAIN = "plain";

    public Wording {
        decoding = Map.copyOf(decoding);
    }
}
