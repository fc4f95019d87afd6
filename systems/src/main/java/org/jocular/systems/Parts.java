package org.jocular.systems;

import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import org.jocular.llama.CausalLm;
import org.jocular.llama.EncoderDecoderLm;
import org.jocular.llama.GenerationSettings;
import org.jocular.llama.LanguageModel;
import org.jocular.llama.Llama;
import org.jocular.llama.Opt;
import org.jocular.llama.T5;
import org.jocular.tensor.BadInput;
import org.jocular.tensor.Weights;
import org.jocular.tokenizers.Tokenizer;
import org.jocular.tokenizers.Tokenizers;
import org.jocular.vit.ImageProcessor;
import org.jocular.weights.Fields;
import org.jocular.weights.GenerationConfig;
import org.jocular.weights.PreprocessorConfig;

/**
 * What every system has, whatever it sees with.
 *
 * @param layout how the files were laid out, in a few words
 * @param generation what the files say about decoding
 * @param config the whole model's config.json in the hub's layout: that of the files, or made from what they say
 * @param ownPresets what the directory says about prompts
 */
public record Parts(
        String layout,
        Sources sources,
        LanguageModel languageModel,
        Tokenizer tokenizer,
        ImageProcessor imageProcessor,
        GenerationSettings generation,
        HubConfig config,
        OwnPresets ownPresets) {
    /** transformers' default, 20 tokens prompt included, would leave no room for an answer. */
    private static final int MAX_NEW_TOKENS = 256;

    static final List<String> LANGUAGE_MODELS = List.of("llama", "opt", "t5");

    /**
     * Loads a language model.
     *
     * @param weights where it stands, under the hub's names
     * @param config its own config.json, or the {@code text_config} of a larger one
     */
    static LanguageModel languageModel(Weights weights, Fields config) {
        return switch (config.oneOf("model_type", LANGUAGE_MODELS)) {
            case "opt" -> Opt.load(weights, Opt.Config.of(config));
            case "t5" -> T5.load(weights, T5.Config.of(config));
            default -> Llama.load(weights, Llama.Config.of(config));
        };
    }

    static Tokenizer tokenizer(Path directory) {
        try {
            return Tokenizers.load(directory);
        } catch (IllegalArgumentException | UncheckedIOException e) {
            throw new BadInput(String.valueOf(e.getMessage()), e);
        }
    }

    /** What preprocessor_config.json says; where it says nothing, as in {@code absent}. */
    static ImageProcessor imageProcessor(Path directory, ImageProcessor absent) {
        return new ImageProcessor(absent.imageAspectRatio(), PreprocessorConfig.read(directory, absent.config()));
    }

    /**
     * What the files of a directory say about decoding.
     *
     * @param promptCounts with a decoder alone: whether the reference hands over ids for the prompt, as the hub's classes do
     */
    static GenerationSettings generation(Path directory, LanguageModel model, boolean promptCounts) {
        return GenerationSettings.builder(GenerationConfig.read(directory), MAX_NEW_TOKENS)
                .promptCounts(
                        switch (model) {
                            case CausalLm causal -> promptCounts;
                            case EncoderDecoderLm encoderDecoder -> false;
                        })
                .build();
    }
}
