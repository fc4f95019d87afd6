package org.jocular.systems;

import java.util.List;
import java.util.Map;

/** MiniGPT-4's prompts: {@code conversation.py} and {@code eval_configs}; it draws its answers unless told otherwise. */
final class MiniGpt4Presets {
    private static final String SYSTEM =
            "Give the following image: <Img>ImageContent</Img>. You will be able to see the image once I provide it"
                    + " to you. Please answer my questions.";
    private static final String IMAGE = "<Img><ImageHere></Img> ";

    /** {@code Chat.answer_prepare}. */
    private static final Map<String, Object> CHAT = Map.of(
            "do_sample",
            true,
            "top_p",
            0.9,
            "temperature",
            1.0,
            "top_k",
            50,
            "repetition_penalty",
            1.05,
            "max_new_tokens",
            300,
            "min_new_tokens",
            1);

    // Both role strings of Vicuna v0 end in a space.
    static final List<Preset> VICUNA = List.of(
            new Preset(
                    "vicuna0",
                    "Vicuna v0",
                    SYSTEM + "###Human: {images}{q}###Assistant: ",
                    "{a}###Human: {q}###Assistant: ",
                    IMAGE,
                    List.of("###"),
                    CHAT),
            new Preset(
                    "eval_template",
                    "the evaluation configs",
                    "###Human: {images}{q} ###Assistant: ",
                    "",
                    IMAGE,
                    List.of("###"),
                    Map.of("do_sample", false)));

    static final List<Preset> LLAMA_2 = List.of(new Preset(
            "llama2",
            "LLaMA-2 chat",
            SYSTEM + "<s>[INST] {images}{q} [/INST] ",
            "{a}<s>[INST] {q} [/INST] ",
            IMAGE,
            List.of(),
            CHAT));

    private MiniGpt4Presets() {}
}
