package org.jocular.tokenizers;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToIntFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What the tokenizer's class in huggingface/transformers does where its JSON files are silent. */
enum Family {
    /** {@code <s>} in front; {@code tokenization_llama.py}. */
    LLAMA,
    /** {@code </s>} behind, once; a hundred tokens for masked spans; {@code tokenization_t5.py}. */
    T5,
    /** Nothing around, unless {@code add_bos_token}; {@code tokenization_gpt2.py}. */
    GPT2,
    /** {@link #GPT2} with the settings that every OPT checkpoint brings, for a vocabulary without them. */
    OPT,
    /** Begin and end around; {@code tokenization_clip.py}. */
    CLIP,
    /** {@code [CLS]} in front, {@code [SEP]} behind; {@code tokenization_bert.py}. */
    BERT;

    private static final String END = "<|endoftext|>";

    /** Fields of the JSON files, and the tokens that stand there if nothing else does. */
    Map<String, String> roles() {
        return switch (this) {
            case LLAMA -> Map.of("bos_token", "<s>", "eos_token", "</s>", "unk_token", "<unk>");
            case T5 -> Map.of("eos_token", "</s>", "unk_token", "<unk>", "pad_token", "<pad>");
            case GPT2 -> Map.of("bos_token", END, "eos_token", END, "unk_token", END);
            case OPT -> Map.of("bos_token", "</s>", "eos_token", "</s>", "unk_token", "</s>", "pad_token", "<pad>");
            case CLIP -> Map.of("bos_token", "<|startoftext|>", "eos_token", END, "unk_token", END, "pad_token", END);
            case BERT -> bracketed("unk", "sep", "pad", "cls", "mask");
        };
    }

    /** {@code [UNK]} for {@code unk_token}, and so on. */
    private static Map<String, String> bracketed(String... names) {
        return Stream.of(names)
                .collect(Collectors.toMap(name -> name + "_token", name -> "[" + name.toUpperCase(Locale.ROOT) + "]"));
    }

    /**
     * What goes around a text.
     *
     * @param id of the token in a role such as {@code bos_token}, -1 where there is none
     */
    SpecialTokens specialTokens(TokenizerConfig config, ToIntFunction<String> id) {
        String first = this == BERT ? "cls_token" : "bos_token";
        String last = this == BERT ? "sep_token" : "eos_token";
        boolean always = this == BERT || this == CLIP;
        boolean behind = always || ((this == LLAMA || this == T5) && config.addEos());
        return new SpecialTokens(
                ids(always || config.addBos() ? id.applyAsInt(first) : -1),
                ids(behind ? id.applyAsInt(last) : -1),
                this == T5,
                config.truncateLeft());
    }

    private static List<Integer> ids(int id) {
        return id < 0 ? List.of() : List.of(id);
    }
}
