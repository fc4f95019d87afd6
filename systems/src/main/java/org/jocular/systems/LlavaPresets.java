package org.jocular.systems;

import java.util.List;
import java.util.Map;

/**
 * LLaVA's prompts: {@code conversation.py} of haotian-liu/LLaVA, and the hub's example for llava-1.5. Decoding as in its benchmark scripts:
 * greedy, at most 1024 tokens ({@code model_vqa.py}).
 */
final class LlavaPresets {
    private static final String USER_SYSTEM =
            "A chat between a curious user and an artificial intelligence assistant. The assistant gives"
                    + " helpful, detailed, and polite answers to the user's questions.";
    private static final String HUMAN_SYSTEM =
            "A chat between a curious human and an artificial intelligence assistant. The assistant gives"
                    + " helpful, detailed, and polite answers to the human's questions.";
    private static final String TAG_SYSTEM =
            "A chat between a curious user and an artificial intelligence assistant. The assistant is able to"
                    + " understand the visual content that the user provides, and assist the user with a variety of tasks using natural"
                    + " language.The visual content will be provided with the following format: <Image>visual content</Image>.";
    private static final String HELPFUL_SYSTEM =
            "You are a helpful language and vision assistant. You are able to understand the visual content"
                    + " that the user provides, and assist the user with a variety of tasks using natural language.";

    /** Named so on the hub: the question alone, without a system sentence. */
    private static final Preset HUB = preset(
            "llava-hf",
            "the hub's example for llava-1.5",
            "USER: {images}{q} ASSISTANT:",
            " {a}</s>USER: {q} ASSISTANT:",
            "<image>\n");

    private static final Preset VICUNA_V1 = preset(
            "vicuna_v1",
            "v1.1, v1.5",
            USER_SYSTEM + " USER: {images}{q} ASSISTANT:",
            " {a}</s>USER: {q} ASSISTANT:",
            "<image>\n");

    private static final List<Preset> OTHERS = List.of(
            preset(
                    "llava_v1",
                    "early v1",
                    HUMAN_SYSTEM + " USER: {images}{q} ASSISTANT:",
                    " {a}</s>USER: {q} ASSISTANT:",
                    "<image>\n"),
            preset(
                    "llava_v0",
                    "v0 deltas",
                    HUMAN_SYSTEM + "###Human: {images}{q}###Assistant:",
                    " {a}###Human: {q}###Assistant:",
                    "<image>\n",
                    "###"),
            preset(
                    "v1_mmtag",
                    "some checkpoints of the alignment stage",
                    TAG_SYSTEM + " USER: {images} ASSISTANT: Received.</s>USER: {q} ASSISTANT:",
                    " {a}</s>USER: {q} ASSISTANT:",
                    "<Image><image></Image>"),
            preset(
                    "v0_mmtag",
                    "some checkpoints of the alignment stage",
                    TAG_SYSTEM + "###Human: {images}###Assistant: Received.###Human: {q}###Assistant:",
                    " {a}###Human: {q}###Assistant:",
                    "<Image><image></Image>",
                    "###"),
            preset(
                    "llava_llama_2",
                    "LLaMA-2 chat variants",
                    "[INST] <<SYS>>\n" + HELPFUL_SYSTEM + "\n<</SYS>>\n\n{images}{q} [/INST]",
                    " {a} </s><s>[INST] {q} [/INST]",
                    "<image>\n"),
            preset("plain", "the alignment stage: the caption follows the picture", "{images}{q}\n", "", "<image>"));

    /** With the hub's first, for the hub's layout. */
    static final List<Preset> FOR_HUB = concat(List.of(HUB, VICUNA_V1), OTHERS);

    /** With conversation.py's default first, for the original layout. */
    static final List<Preset> FOR_ORIGINAL = concat(List.of(VICUNA_V1), concat(OTHERS, List.of(HUB)));

    /** Where {@code mm_use_im_start_end} is set, a picture stands between two tokens of its own. */
    static final List<Preset> WITH_START_AND_END = FOR_ORIGINAL.stream()
            .map(preset -> preset.withImage(preset.image().replace("<image>", "<im_start><image><im_end>")))
            .toList();

    private LlavaPresets() {}

    private static Preset preset(String name, String usedBy, String first, String next, String image, String... stop) {
        return new Preset(
                name, usedBy, first, next, image, List.of(stop), Map.of("do_sample", false, "max_new_tokens", 1024));
    }

    private static List<Preset> concat(List<Preset> a, List<Preset> b) {
        return java.util.stream.Stream.concat(a.stream(), b.stream()).toList();
    }
}
