package org.jocular.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.jocular.systems.Preset;
import org.jocular.systems.Systems;
import org.jocular.systems.VisionLanguageModel;
import org.jocular.tensor.BadInput;
import org.jocular.weights.Checkpoint;
import org.jocular.weights.ModelPaths;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The prompts that checkpoints were published with. */
@Command(
        name = "presets",
        customSynopsis = "jocular presets [--system NAME | --model DIR] [--json]",
        description = {
            "List the published prompts of all systems, or those that fit one model, the default first.",
            "",
            "  {q}       the question",
            "  {images}  the pictures, each as the line 'image' has it",
            "  {a}       the answer before, in a further turn"
        },
        footer = {"", "Examples:", "  jocular presets --system llava", "  jocular presets --model DIR --json"})
final class PresetsCommand implements Callable<Integer> {
    private final Console console;

    @Option(
            names = "--system",
            paramLabel = "NAME",
            description = "One of blip2, llava, minigpt4, mplug-owl, instructblip.")
    @Nullable
    String system;

    @Option(
            names = "--model",
            paramLabel = "DIR",
            description = "Model directory, or the id of one in the local Hugging Face cache.")
    @Nullable
    String model;

    @Option(names = "--json", description = "Print one object a system.")
    boolean json;

    PresetsCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        if (system != null && model != null) {
            throw new BadInput("--system does not go with --model, whose system is its own");
        }
        if (system != null && !Systems.NAMES.contains(system)) {
            throw new BadInput(
                    "--system is %s, expected one of %s".formatted(system, String.join(", ", Systems.NAMES)));
        }
        if (model != null) {
            // Some presets depend on the language model: it must be known which one it is, not what it weighs.
            try (VisionLanguageModel vlm =
                    Systems.load(ModelPaths.resolve(model), path -> Checkpoint.namesOnly(Checkpoint.open(path)))) {
                show(vlm.system(), vlm.presets());
            }
            return 0;
        }
        for (String name : system == null ? Systems.NAMES : List.of(system)) {
            show(name, Systems.presets(name));
        }
        return 0;
    }

    private void show(String name, List<Preset> presets) {
        if (json) {
            Map<String, Object> fields = new LinkedHashMap<>();
            fields.put("system", name);
            fields.put("presets", presets.stream().map(PresetsCommand::fields).toList());
            console.json(fields);
            return;
        }
        console.out().println(console.bold(name));
        for (Preset preset : presets) {
            console.out().printf("%n  %s: %s%n", console.bold(preset.name()), preset.usedBy());
            console.row("  first", "%s", shown(preset.first()));
            if (preset.converses()) {
                console.row("  next", "%s", shown(preset.next()));
            }
            if (!preset.image().isEmpty()) {
                console.row("  image", "%s", shown(preset.image()));
            }
            if (!preset.stop().isEmpty()) {
                console.row("  stop", "%s", shown(String.join("\", \"", preset.stop())));
            }
            StringJoiner decoding = new StringJoiner(", ");
            new TreeMap<>(preset.decoding()).forEach((setting, value) -> decoding.add(setting + " " + value));
            console.row("  decoding", "%s", decoding);
        }
        console.out().println();
    }

    /** In quotes, so that spaces at the ends show; on one line. */
    private static String shown(String text) {
        return '"' + text.replace("\n", "\\n") + '"';
    }

    private static Map<String, Object> fields(Preset preset) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("name", preset.name());
        fields.put("used_by", preset.usedBy());
        fields.put("first", preset.first());
        fields.put("next", preset.next());
        fields.put("image", preset.image());
        fields.put("stop", new ArrayList<>(preset.stop()));
        fields.put("asks", preset.asks());
        fields.put("converses", preset.converses());
        fields.put("decoding", new TreeMap<>(preset.decoding()));
        return fields;
    }
}
