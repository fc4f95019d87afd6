package org.jocular.systems;

import org.jocular.llama.LanguageModel;
import org.jocular.tensor.BadInput;
import org.jocular.weights.Checkpoint;
import org.jocular.weights.Fields;

/** A language model that lies alone in a directory, as Vicuna does before a system is built on it. */
public record TextOnly(Sources sources, LanguageModel languageModel, HubConfig config) implements AutoCloseable {
    /**
     * Loads a language model, as strictly as {@link Systems#load(java.nio.file.Path)} loads a system.
     *
     * @param layout of kind {@link Layout.Kind#LANGUAGE_MODEL}
     * @throws BadInput if something in it is missing or wrong
     */
    public static TextOnly load(Layout layout, Sources.Opener opener) {
        Fields fields = layout.fields();
        Sources sources = new Sources(opener);
        try {
            Checkpoint checkpoint = sources.open(layout.directory());
            LanguageModel model = Parts.languageModel(checkpoint.root(), fields);
            checkpoint.finish(BlipLoader.T5_TABLES);
            return new TextOnly(sources, model, HubConfig.of(fields));
        } catch (RuntimeException | Error e) {
            sources.close();
            throw e;
        }
    }

    @Override
    public void close() {
        sources.close();
    }
}
