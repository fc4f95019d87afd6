package org.jocular.systems;

import java.util.List;
import java.util.Map;

/** mPLUG-Owl's prompts: the README, and {@code serve} of the original repository. */
final class MplugOwlPresets {
    private static final String SYSTEM =
            "The following is a conversation between a curious human and AI assistant. The assistant gives helpful, detailed, and polite"
                    + " answers to the user's questions.\n";

    private static final String SERVER_SYSTEM =
            "The following is a conversation between a curious human and AI. The AI gives helpful, detailed, and polite answers to the"
                    + " human's questions.\n";

    static final List<Preset> ALL = List.of(
            new Preset(
                    "readme",
                    "the README",
                    SYSTEM + "{images}Human: {q}\nAI: ",
                    "{a}\nHuman: {q}\nAI: ",
                    "Human: <image>\n",
                    List.of(),
                    Map.of("do_sample", true, "top_k", 5, "max_length", 512, "max_new_tokens", 512)),
            new Preset(
                    "serve",
                    "the web server",
                    SERVER_SYSTEM + "{images}Human: {q}\nAI:",
                    " {a}\nHuman: {q}\nAI:",
                    "Human: <image>\n",
                    List.of(),
                    Map.of("do_sample", false, "num_beams", 3, "no_repeat_ngram_size", 2, "max_new_tokens", 256)));

    private MplugOwlPresets() {}
}
