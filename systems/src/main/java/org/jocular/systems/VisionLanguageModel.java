package org.jocular.systems;

import java.lang.foreign.Arena;
import java.util.List;
import org.jocular.llama.EncoderDecoderLm;
import org.jocular.llama.GenerationSettings;
import org.jocular.llama.LanguageModel;
import org.jocular.llama.Prompt;
import org.jocular.tensor.BadInput;
import org.jocular.tensor.Executor;
import org.jocular.tensor.Ops;
import org.jocular.tensor.Tensor;
import org.jocular.tokenizers.Tokenizer;
import org.jocular.vit.ImageProcessor;
import org.jocular.vit.Picture;
import org.jocular.weights.PreprocessorConfig;
import org.jspecify.annotations.Nullable;

/** A system that answers questions about pictures. Immutable; what changes while it answers belongs to the caller. */
public sealed interface VisionLanguageModel extends AutoCloseable
        permits Blip2, InstructBlip, Llava, MiniGpt4, MplugOwl {
    Parts parts();

    /** {@code llava}… */
    String system();

    /** All prompts that its checkpoints were published with or, where its directory brings {@link OwnPresets}, those; the first is the default. */
    List<Preset> presets();

    /** The words in which it wants benchmarks to ask, as its directory says; null where it is as its system. */
    default @Nullable String wording() {
        return parts().ownPresets().wording();
    }

    /** Side of the square pictures that the vision tower takes, in pixels. */
    int imageSize();

    /** Side of the squares into which the vision tower cuts a prepared picture, in pixels. */
    int patchSize();

    /** How many rows one picture becomes. */
    int visualTokensPerPicture();

    /**
     * What can be computed of a picture before the text is known.
     *
     * @param pixels (3, imageSize, imageSize), as {@link #imageProcessor} makes them; or of several pictures, (pictures, 3, imageSize, imageSize)
     * @return the rows that {@link #look} takes, as many of each picture
     */
    Tensor encode(Ops ops, Tensor pixels);

    /** What the vision side reads of the prompt; empty where it reads nothing, as in all systems but InstructBLIP. */
    default int[] instructionIds(String text) {
        return new int[0];
    }

    /**
     * The rows that the language model is given for pictures.
     *
     * @param encoded from {@link #encode}, one picture below the other
     * @param instructions for each picture what {@link #instructionIds} made of the prompt that it belongs to
     * @return (pictures · visualTokensPerPicture, width of the language model)
     */
    default Tensor look(Ops ops, Tensor encoded, List<int[]> instructions) {
        return encoded;
    }

    /** How many pictures there are in what {@link #encode} is given. */
    static int pictures(Tensor pixels) {
        long[] shape = pixels.shape();
        return shape.length == 4 ? Math.toIntExact(shape[0]) : 1;
    }

    /** Ids of a prompt, one for each of its rows, with the ids that stand for the rows of its pictures. */
    int[] ids(String text, int pictures);

    /** Whether a row of the prompt belongs to a picture. */
    boolean isPicture(int id);

    /** Ids of a text that may be the answer, as the reference would score it. */
    default int[] candidateIds(String text) {
        return tokenizer().encode(text, languageModel() instanceof EncoderDecoderLm);
    }

    default LanguageModel languageModel() {
        return parts().languageModel();
    }

    default Tokenizer tokenizer() {
        return parts().tokenizer();
    }

    default ImageProcessor imageProcessor() {
        return parts().imageProcessor();
    }

    /** What the checkpoint says about generation. */
    default GenerationSettings generation() {
        return parts().generation();
    }

    /** What its files hold. */
    default StoredWeights weights() {
        return parts().sources().stored();
    }

    /** Reads, encodes and keeps a picture. */
    default VisualTokens see(Executor executor, Picture picture, Arena arena) {
        ImageProcessor processor = imageProcessor();
        Picture prepared = processor.prepared(picture);
        if (prepared.width() != imageSize() || prepared.height() != imageSize()) {
            throw new BadInput("%s makes pictures of %d x %d pixels, expected %d x %d, which the vision tower takes"
                    .formatted(PreprocessorConfig.NAME, prepared.width(), prepared.height(), imageSize(), imageSize()));
        }
        try (Arena scratch = Arena.ofConfined();
                Ops ops = executor.begin()) {
            float[] values = processor.normalised(prepared);
            Tensor pixels = Tensor.of(scratch, values, 3, prepared.height(), prepared.width());
            return new VisualTokens(ops.keep(encode(ops, pixels), arena), VisualTokens.number(prepared));
        }
    }

    /** Puts text and pictures together. */
    default Prompt prompt(Executor executor, String text, List<VisualTokens> pictures, Arena arena) {
        int[] ids = ids(text, pictures.size());
        int[] instruction = instructionIds(text);
        long[] sources = new long[ids.length];
        int row = 0;
        for (int i = 0; i < ids.length; i++) {
            if (isPicture(ids[i])) {
                sources[i] = pictures.get(row++ / visualTokensPerPicture()).numberWith(instruction);
            }
        }
        try (Ops ops = executor.begin()) {
            List<Tensor> seen = pictures.stream()
                    .map(picture -> look(ops, picture.rows(), List.of(instruction)))
                    .toList();
            return new Prompt(ids, sources, ops.keep(ops.named("inputs_embeds", embeddings(ops, ids, seen)), arena));
        }
    }

    /**
     * What the language model is given: words, and the rows of pictures in their places.
     *
     * @param ids one a row, those that stand for pictures included
     * @param pictures their rows from {@link #look}, in the order of the ids
     * @return (ids.length, width of the language model)
     */
    default Tensor embeddings(Ops ops, int[] ids, List<Tensor> pictures) {
        boolean[] isPicture = new boolean[ids.length];
        int[] words = new int[ids.length];
        for (int i = 0; i < ids.length; i++) {
            isPicture[i] = isPicture(ids[i]);
            // Where a picture's mark is no token of the vocabulary, any will do: the picture's rows take its place.
            boolean noToken = ids[i] < 0 || ids[i] >= languageModel().vocabSize();
            words[i] = isPicture[i] && noToken ? 0 : ids[i];
        }
        return PictureRows.inPlace(ops, languageModel().embed(ops, words), isPicture, pictures);
    }

    @Override
    default void close() {
        parts().sources().close();
    }
}
