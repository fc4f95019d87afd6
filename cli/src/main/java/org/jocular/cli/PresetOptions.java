package org.jocular.cli;

import java.util.List;
import org.jocular.systems.Preset;
import org.jocular.tensor.BadInput;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How a question becomes a prompt. */
final class PresetOptions {
    @Option(
            names = "--preset",
            paramLabel = "NAME",
            description = "Which published prompt to wrap the question in (default: the model's first).")
    @Nullable
    String preset;

    /** The one that was asked for, by default the first. */
    Preset choose(List<Preset> presets) {
        if (preset == null) {
            return presets.getFirst();
        }
        for (Preset candidate : presets) {
            if (candidate.name().equals(preset)) {
                return candidate;
            }
        }
        throw new BadInput("--preset is %s, expected one of %s"
                .formatted(
                        preset,
                        String.join(", ", presets.stream().map(Preset::name).toList())));
    }
}
