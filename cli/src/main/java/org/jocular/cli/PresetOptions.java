package org.jocular.cli;

import java.util.List;
import org.jocular.systems.Preset;
import org.jocular.systems.VisionLanguageModel;
import org.jocular.tensor.BadInput;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How a question becomes a prompt. */
final class PresetOptions {
    @Option(
            names = "--preset",
            paramLabel = "NAME",
            description =
                    "Which published prompt and decoding to use (default: the model's first, see 'jocular presets').")
    @Nullable
    String preset;

    /** The one that was asked for, by default the first. */
    Preset choose(VisionLanguageModel model) {
        return choose(model.presets());
    }

    /** The same of those in which a further question can follow. */
    Preset chooseConversing(VisionLanguageModel model) {
        List<Preset> presets =
                model.presets().stream().filter(Preset::converses).toList();
        if (presets.isEmpty()) {
            throw new BadInput(
                    "%s answers one question at a time: it has no preset for a conversation, see 'jocular ask'"
                            .formatted(model.system()));
        }
        Preset chosen = preset == null ? presets.getFirst() : choose(model);
        if (!chosen.converses()) {
            throw new BadInput(
                    "--preset %s ends with its answer, expected one of %s".formatted(chosen.name(), names(presets)));
        }
        return chosen;
    }

    private Preset choose(List<Preset> presets) {
        if (preset == null) {
            return presets.getFirst();
        }
        for (Preset candidate : presets) {
            if (candidate.name().equals(preset)) {
                return candidate;
            }
        }
        throw new BadInput("--preset is %s, expected one of %s".formatted(preset, names(presets)));
    }

    private static String names(List<Preset> presets) {
        return String.join(", ", presets.stream().map(Preset::name).toList());
    }
}
