package org.jocular.tensor;

/** Pointwise non-linearities, with the formulas of the reference implementations. */
public enum Activation {
    /** x */
    NONE,
    /** max(x, 0); OPT. */
    RELU,
    /** x · Φ(x) with the exact error function; EVA, BERT, LLaVA's projector, Flan-T5 as BLIP-2 runs it. */
    GELU,
    /** ½x(1 + tanh(√(2/π)(x + 0.044715x³))); {@code gelu_new} of T5 v1.1. */
    GELU_TANH,
    /** x · σ(1.702x); CLIP. */
    QUICK_GELU,
    /** x · σ(x); LLaMA, mPLUG-Owl's abstractor. */
    SILU;

    /**
     * The activation that a config.json means by {@code hidden_act}.
     *
     * @throws BadInput naming the field if the name is unknown
     */
    public static Activation of(String name, String field) {
        return switch (name) {
            case "relu" -> RELU;
            case "gelu" -> GELU;
            case "gelu_new", "gelu_pytorch_tanh" -> GELU_TANH;
            case "quick_gelu" -> QUICK_GELU;
            case "silu", "swish" -> SILU;
            default ->
                throw new BadInput(
                        "%s is \"%s\"; known are relu, gelu, gelu_new, gelu_pytorch_tanh, quick_gelu and silu"
                                .formatted(field, name));
        };
    }
}
