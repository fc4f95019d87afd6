package org.jocular.systems;

import java.util.List;
import java.util.Map;
import org.jocular.llama.LanguageModel;
import org.jocular.llama.Llama;
import org.jocular.llama.T5;
import org.jspecify.annotations.Nullable;

/**
 * Prompts and decoding of BLIP-2 and InstructBLIP: {@code generate}, {@code predict_answers} and the evaluation configs of LAVIS. Its lengths
 * and penalties count what is generated alone, with T5 the start token too.
 */
final class BlipPresets {
    /** {@code generate} of blip2_opt.py and blip2_t5.py. */
    private static final Map<String, Object> GENERATE = beams(30, 1, 1, 1);

    /** {@code generate} of blip2_vicuna_instruct.py and blip2_t5_instruct.py. */
    private static final Map<String, Object> INSTRUCT_GENERATE = beams(256, 1, 1.5, 1);

    /** caption_nocaps_*_eval.yaml; the captioning task passes its own repetition penalty. */
    private static final Map<String, Object> NOCAPS = beams(80, 10, 1.15, 1);

    private BlipPresets() {}

    /**
     * Those of BLIP-2.
     *
     * @param model which of LAVIS's classes runs it: Vicuna is run by that of InstructBLIP
     */
    static List<Preset> blip2(LanguageModel model) {
        return blip2(
                model instanceof Llama ? INSTRUCT_GENERATE : GENERATE,
                model instanceof Llama ? 1.5 : 1,
                model instanceof T5 ? -1 : 0);
    }

    /** Those of BLIP-2 with OPT. */
    static List<Preset> blip2() {
        return blip2(GENERATE, 1, 0);
    }

    private static List<Preset> blip2(Map<String, Object> generate, double repetitionPenalty, double lengthPenalty) {
        Map<String, Object> answers = beams(10, 1, repetitionPenalty, lengthPenalty);
        return List.of(
                preset("vqa", "zero-shot VQA", "Question: {q} Short answer:", answers),
                preset("vqa_demo", "the README's demo", "Question: {q} Answer:", generate),
                preset("caption", "checkpoints tuned on COCO captions", "a photo of", generate),
                preset("caption_empty", "captions without a prompt", "", generate),
                preset("nocaps", "NoCaps, without a prompt", "", NOCAPS),
                preset("plain", "the prompt as it is", "{q}", generate));
    }

    static List<Preset> instructBlip(@Nullable LanguageModel model) {
        Map<String, Object> answers = beams(10, 1, 1.5, model instanceof T5 ? -1 : 0);
        return List.of(
                preset("plain", "instructions", "{q}", INSTRUCT_GENERATE),
                preset("caption_lavis", "NoCaps", "A short image caption.", NOCAPS),
                preset("vqa", "VQA", "Question: {q} Short answer:", answers),
                preset("vsr", "VSR", "Based on the image, is this statement true or false? \"{q}\" Answer:", answers));
    }

    /** Five beams, as everywhere in LAVIS; it passes {@code min_length} on to Hugging Face. */
    private static Map<String, Object> beams(
            int maxNewTokens, int minLength, double repetitionPenalty, double lengthPenalty) {
        return Map.of(
                "num_beams",
                5,
                "max_new_tokens",
                maxNewTokens,
                "min_length",
                minLength,
                "repetition_penalty",
                repetitionPenalty,
                "length_penalty",
                lengthPenalty,
                "prompt_counts",
                false,
                "do_sample",
                false);
    }

    private static Preset preset(String name, String usedBy, String first, Map<String, Object> decoding) {
        return new Preset(name, usedBy, first, "", "", List.of(), decoding);
    }
}
