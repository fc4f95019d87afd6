package org.jocular.systems;

import java.io.UncheckedIOException;
import java.nio.file.Path;
import org.jocular.llama.GenerationSettings;
import org.jocular.tensor.BadInput;
import org.jocular.tokenizers.Tokenizer;
import org.jocular.tokenizers.Tokenizers;
import org.jocular.vit.ImageProcessor;
import org.jocular.weights.GenerationConfig;
import org.jocular.weights.PreprocessorConfig;

/** What lies beside the weights in a model directory, whatever the system. */
final class Parts {
    /** transformers' default, 20 tokens prompt included, would leave no room for an answer. */
    private static final int MAX_NEW_TOKENS = 256;

    private Parts() {}

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

    static GenerationSettings generation(Path directory) {
        return GenerationSettings.builder(GenerationConfig.read(directory), MAX_NEW_TOKENS)
                .build();
    }
}
