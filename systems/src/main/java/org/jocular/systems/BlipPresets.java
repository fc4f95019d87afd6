package org.jocular.systems;

import java.util.List;
import java.util.Map;

/**
 * Prompts and decoding of BLIP-2 and InstructBLIP: {@code generate}, {@code predict_answers} and the evaluation configs of LAVIS. Its
 * {@code max_len} counts what is generated alone.
 */
final class BlipPresets {
    /** blip2_opt.py, blip2_t5.py: {@code generate}. */
    private static final Map<String, Object> BLIP2_GENERATE =
            Map.of("num_beams", 5, "max_new_tokens", 30, "min_new_tokens", 1, "do_sample", false);

    /** blip2_vicuna_instruct.py, blip2_t5_instruct.py: {@code generate}. */
    private static final Map<String, Object> INSTRUCT_GENERATE = Map.of(
            "num_beams", 5, "max_new_tokens", 256, "min_new_tokens", 1, "repetition_penalty", 1.5, "do_sample", false);

    /** caption_nocaps_*_eval.yaml; the captioning task passes its own repetition penalty. */
    private static final Map<String, Object> NOCAPS = Map.of(
            "num_beams", 5, "max_new_tokens", 80, "min_new_tokens", 10, "repetition_penalty", 1.15, "do_sample", false);

    private BlipPresets() {}

    /** @param answerLengthPenalty of {@code predict_answers}: 0 with OPT and Vicuna, −1 with T5 */
    static List<Preset> blip2(double answerLengthPenalty) {
        return List.of(
                preset("vqa", "zero-shot VQA", "Question: {q} Short answer:", answers(answerLengthPenalty)),
                preset("vqa_demo", "the README's demo", "Question: {q} Answer:", BLIP2_GENERATE),
                preset("caption", "checkpoints tuned on COCO captions", "a photo of", BLIP2_GENERATE),
                preset("caption_empty", "captions without a prompt", "", BLIP2_GENERATE),
                preset("nocaps", "NoCaps, without a prompt", "", NOCAPS),
                preset("plain", "the prompt as it is", "{q}", BLIP2_GENERATE));
    }

    static List<Preset> instructBlip(double answerLengthPenalty) {
        return List.of(
                preset("plain", "instructions", "{q}", INSTRUCT_GENERATE),
                preset("caption_lavis", "NoCaps", "A short image caption.", NOCAPS),
                preset("vqa", "VQA", "Question: {q} Short answer:", answers(answerLengthPenalty)),
                preset(
                        "vsr",
                        "VSR",
                        "Based on the image, is this statement true or false? \"{q}\" Answer:",
                        answers(answerLengthPenalty)));
    }

    private static Map<String, Object> answers(double lengthPenalty) {
        return Map.of(
                "num_beams",
                5,
                "max_new_tokens",
                10,
                "min_new_tokens",
                1,
                "length_penalty",
                lengthPenalty,
                "do_sample",
                false);
    }

    private static Preset preset(String name, String usedBy, String first, Map<String, Object> decoding) {
        return new Preset(name, usedBy, first, "", "", List.of(), decoding);
    }
}
