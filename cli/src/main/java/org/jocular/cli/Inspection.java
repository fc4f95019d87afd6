package org.jocular.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jocular.cli.WeightFiles.BesideWeights;
import org.jocular.systems.Layout;
import org.jocular.systems.StoredWeights;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * What lies in a file or directory, as far as it can be read: unlike loading, this goes on where something is missing.
 *
 * @param what in a few words; null where nobody knows
 * @param layout of a directory whose system is known
 * @param config of a directory that has one; where the model can be loaded, that of the hub's layout
 * @param parts where the model can be loaded, by what they are for; otherwise by the files that hold them
 * @param weights as far as they are there; what is not needed of them only where the model can be loaded
 * @param beside what the files hold that is no weight
 * @param missing one sentence for each thing that is missing or broken
 * @param obstacle where nothing is missing: why it cannot be run, or null
 */
record Inspection(
        Path path,
        @Nullable String what,
        @Nullable Layout layout,
        @Nullable JsonNode config,
        Map<String, StoredWeights> parts,
        StoredWeights weights,
        List<BesideWeights> beside,
        List<String> missing,
        @Nullable String obstacle) {

    static Inspection of(Path path) {
        Inspector inspector = new Inspector(path);
        if (!Files.isDirectory(path)) {
            inspector.file();
        } else if (Files.exists(path.resolve(Adapter.CONFIG)) && !WeightFiles.areUsualIn(path)) {
            inspector.adapter();
        } else {
            inspector.directory();
        }
        return inspector.result();
    }

    /** Nothing of it makes sense. */
    boolean isUnreadable() {
        return config == null && weights.tensors().isEmpty();
    }

    /** Whether 'jocular ask' would take it. */
    boolean runs() {
        return layout != null && layout.kind() != Layout.Kind.LANGUAGE_MODEL && missing.isEmpty() && obstacle == null;
    }

    /** A language model alone. */
    boolean isConvertible() {
        return layout != null && layout.kind() == Layout.Kind.LANGUAGE_MODEL && missing.isEmpty() && obstacle == null;
    }
}
