package org.jocular.systems;

import java.lang.foreign.Arena;
import java.util.List;
import org.jocular.llama.GenerationSettings;
import org.jocular.llama.LanguageModel;
import org.jocular.llama.Prompt;
import org.jocular.tensor.Executor;
import org.jocular.tensor.Ops;
import org.jocular.tensor.Tensor;
import org.jocular.tokenizers.Tokenizer;
import org.jocular.vit.ImageProcessor;
import org.jocular.vit.Picture;

/** A system that answers questions about pictures. Immutable; what changes while it answers belongs to the caller. */
public interface VisionLanguageModel extends AutoCloseable {
    /** {@code llava}… */
    String system();

    ImageProcessor imageProcessor();

    Tokenizer tokenizer();

    LanguageModel languageModel();

    /** All prompts that its checkpoints were published with; the first is the default. */
    List<Preset> presets();

    /** What the checkpoint says about generation. */
    GenerationSettings generation();

    /** What its files hold. */
    StoredWeights weights();

    /** Side of the squares into which the vision tower cuts a prepared picture, in pixels. */
    int patchSize();

    /** How many rows one picture becomes. */
    int visualTokensPerPicture();

    /**
     * Encodes a picture.
     *
     * @param pixels (3, height, width), as {@link #imageProcessor} makes them
     * @return (visualTokensPerPicture, width of the language model)
     */
    Tensor encode(Ops ops, Tensor pixels);

    /** Ids of a prompt, one for each of its rows, with the ids that stand for the rows of its pictures. */
    int[] ids(String text, int pictures);

    /**
     * What the language model is given.
     *
     * @param ids from {@link #ids}
     * @param pictures in the order of the prompt
     * @return (ids.length, width)
     */
    Tensor embed(Ops ops, int[] ids, List<Tensor> pictures);

    /** Whether a row of the prompt belongs to a picture. */
    boolean isPicture(int id);

    /** Reads, encodes and keeps a picture. */
    default VisualTokens see(Executor executor, Picture picture, Arena arena) {
        ImageProcessor processor = imageProcessor();
        Picture prepared = processor.prepared(picture);
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
        long[] sources = new long[ids.length];
        int row = 0;
        for (int i = 0; i < ids.length; i++) {
            if (isPicture(ids[i])) {
                sources[i] = pictures.get(row++ / visualTokensPerPicture()).picture();
            }
        }
        try (Ops ops = executor.begin()) {
            Tensor embeddings =
                    embed(ops, ids, pictures.stream().map(VisualTokens::rows).toList());
            return new Prompt(ids, sources, ops.keep(embeddings, arena));
        }
    }

    @Override
    void close();
}
