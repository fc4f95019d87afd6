package org.jocular.systems;

import java.util.List;

/** LLaVA's prompts: {@code conversation.py} of haotian-liu/LLaVA, and the hub's example for llava-1.5. */
final class LlavaPresets {
    /** Named so on the hub: the question alone, without a system sentence. */
    static final Preset HUB = new Preset(
            "llava-hf",
            "the hub's example for llava-1.5",
            "USER: {images}{q} ASSISTANT:",
            " {a}</s>USER: {q} ASSISTANT:",
            "<image>\n",
            List.of());

    /** conv_vicuna_v1. */
    static final Preset VICUNA_V1 = new Preset(
            "vicuna_v1",
            "LLaVA v1.1 and v1.5",
            "A chat between a curious user and an artificial intelligence assistant. The assistant gives helpful, detailed, and polite"
                    + " answers to the user's questions. USER: {images}{q} ASSISTANT:",
            " {a}</s>USER: {q} ASSISTANT:",
            "<image>\n",
            List.of());

    static final List<Preset> ALL = List.of(HUB, VICUNA_V1);

    private LlavaPresets() {}
}
