package org.jocular.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import java.util.concurrent.Callable;
import org.jocular.systems.Layout;
import org.jocular.systems.StoredWeights;
import org.jocular.tensor.BadInput;
import org.jocular.weights.Checkpoint.Ignored;
import org.jocular.weights.ModelPaths;
import org.jocular.weights.TensorInfo;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What lies in a model directory or weights file. */
@Command(
        name = "inspect",
        customSynopsis = "jocular inspect FILE_OR_DIR [OPTIONS]",
        description =
                "Show which system a directory holds, in which layout and parts, and what it lacks; or what is in a file of weights.",
        footer = {"", "Examples:", "  jocular inspect DIR", "  jocular inspect eva_vit_g.pth --tensors"})
final class InspectCommand implements Callable<Integer> {
    private final Console console;

    @Parameters(paramLabel = "FILE_OR_DIR", description = "Or the id of a model in the local Hugging Face cache.")
    String what = "";

    @Option(names = "--tensors", description = "List every tensor.")
    boolean everyTensor;

    @Option(names = "--json", description = "Print one object.")
    boolean json;

    InspectCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        Inspection inspection = Inspection.of(ModelPaths.resolve(what));
        if (inspection.isUnreadable()) {
            throw new BadInput("nothing in %s can be read: %s"
                    .formatted(inspection.path(), String.join("; ", inspection.missing())));
        }
        if (json) {
            console.json(fields(inspection));
        } else {
            print(inspection);
        }
        return 0;
    }

    private void print(Inspection inspection) {
        StoredWeights weights = inspection.weights();
        console.out().println(console.bold(inspection.path().toString()));
        if (inspection.what() != null) {
            console.row(
                    inspection.layout() == null ? "holds" : "system",
                    "%s%s",
                    inspection.what(),
                    inspection.layout() == null
                            ? ""
                            : ", " + inspection.layout().name() + " layout");
        }
        if (inspection.runs()) {
            console.row("runs", "yes, see 'jocular ask --help'");
        } else if (inspection.isConvertible()) {
            console.row("runs", "not by itself: it is a base, or the language_model of a jocular.json");
        }
        if (inspection.obstacle() != null) {
            console.row("cannot run", "%s", inspection.obstacle());
        }
        if (inspection.config() != null) {
            ConfigSummary.of(inspection.config()).forEach((part, fields) -> console.row(part, "%s", joined(fields)));
        }
        inspection
                .parts()
                .forEach((part, sizes) -> console.row(
                        "part",
                        "%s: %s, in %s",
                        part,
                        Recognised.sizes(sizes),
                        String.join(", ", names(inspection.path(), sizes.files()))));
        if (!weights.tensors().isEmpty()) {
            console.row(
                    "tensors",
                    "%d in %s, %s parameters, %s: %s",
                    weights.tensors().size(),
                    counted(weights.files().size(), "file"),
                    Sizes.scaled(weights.parameters()),
                    Sizes.bytes(weights.bytes()),
                    joined(weights.types()));
        }
        byReason(weights.ignored())
                .forEach((why, names) -> console.row(
                        "not needed", "%s, %s: %s", counted(names.size(), "tensor"), why, shortened(names)));
        inspection
                .beside()
                .forEach(beside -> console.row(
                        "beside",
                        "%s: %s, in %s",
                        Console.printable(beside.name()),
                        Console.printable(beside.what()),
                        beside.file().getFileName()));
        inspection.missing().forEach(sentence -> console.row("missing", "%s", sentence));
        if (everyTensor) {
            printTensors(weights.tensors());
        } else if (!weights.tensors().isEmpty()) {
            printGroups(TensorGroup.of(weights.tensors()));
        }
    }

    private void printGroups(List<TensorGroup> groups) {
        int width =
                groups.stream().mapToInt(group -> group.prefix().length()).max().orElse(0);
        console.out().println();
        console.out().printf("  %s  tensors  parameters  types%n", "name".concat(" ".repeat(Math.max(0, width - 4))));
        for (TensorGroup group : groups) {
            console.out()
                    .printf(
                            "  %-" + Math.max(4, width) + "s  %7d  %10s  %s%n",
                            group.prefix(),
                            group.weights().tensors().size(),
                            Sizes.scaled(group.weights().parameters()),
                            String.join(", ", group.weights().types().keySet()));
        }
    }

    private void printTensors(List<TensorInfo> tensors) {
        int width = tensors.stream()
                .mapToInt(tensor -> tensor.name().length())
                .max()
                .orElse(1);
        console.out().println();
        for (TensorInfo tensor : tensors) {
            console.out()
                    .printf(
                            "  %-" + width + "s  %-4s  %s  %s%n",
                            Console.printable(tensor.name()),
                            tensor.dtype(),
                            tensor.shape(),
                            tensor.file().getFileName());
        }
    }

    private Map<String, Object> fields(Inspection inspection) {
        StoredWeights weights = inspection.weights();
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("path", inspection.path().toString());
        Layout layout = inspection.layout();
        fields.put("what", inspection.what());
        fields.put("system", layout == null ? null : layout.system());
        fields.put("layout", layout == null ? null : layout.name());
        fields.put("runs", inspection.runs());
        fields.put("obstacle", inspection.obstacle());
        fields.put("config", inspection.config() == null ? null : ConfigSummary.of(inspection.config()));
        fields.put("tensors", weights.tensors().size());
        fields.put("parameters", weights.parameters());
        fields.put("bytes", weights.bytes());
        fields.put("types", weights.types());
        fields.put("files", names(inspection.path(), weights.files()));
        fields.put("parts", parts(inspection));
        fields.put(
                "groups",
                TensorGroup.of(weights.tensors()).stream()
                        .map(TensorGroup::fields)
                        .toList());
        fields.put("not_needed", weights.ignored());
        fields.put(
                "beside",
                inspection.beside().stream()
                        .map(beside -> Map.of(
                                "file",
                                String.valueOf(beside.file().getFileName()),
                                "name",
                                beside.name(),
                                "what",
                                beside.what()))
                        .toList());
        fields.put("missing", inspection.missing());
        if (everyTensor) {
            fields.put(
                    "list",
                    weights.tensors().stream().map(InspectCommand::fields).toList());
        }
        return fields;
    }

    private static List<Map<String, Object>> parts(Inspection inspection) {
        List<Map<String, Object>> parts = new ArrayList<>();
        inspection.parts().forEach((part, weights) -> {
            Map<String, Object> fields = new LinkedHashMap<>();
            fields.put("part", part);
            fields.put("tensors", weights.tensors().size());
            fields.put("parameters", weights.parameters());
            fields.put("bytes", weights.bytes());
            fields.put("types", weights.types());
            fields.put("files", names(inspection.path(), weights.files()));
            parts.add(fields);
        });
        return parts;
    }

    /** Below the inspected directory, or whole where they lie elsewhere. */
    private static List<String> names(Path directory, List<Path> files) {
        return files.stream()
                .map(file -> file.startsWith(directory) && !file.equals(directory) ? directory.relativize(file) : file)
                .map(Path::toString)
                .sorted()
                .toList();
    }

    private static Map<String, Object> fields(TensorInfo tensor) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("name", tensor.name());
        fields.put("dtype", tensor.dtype());
        fields.put("shape", tensor.shape());
        fields.put("file", String.valueOf(tensor.file().getFileName()));
        return fields;
    }

    private static Map<String, List<String>> byReason(List<Ignored> ignored) {
        Map<String, List<String>> reasons = new LinkedHashMap<>();
        ignored.forEach(tensor ->
                reasons.computeIfAbsent(tensor.why(), why -> new ArrayList<>()).add(tensor.name()));
        return reasons;
    }

    static String counted(int count, String noun) {
        return count + " " + noun + (count == 1 ? "" : "s");
    }

    private static String shortened(List<String> names) {
        return names.getFirst() + (names.size() > 1 ? ", …" : "");
    }

    static String joined(Map<String, ?> fields) {
        StringJoiner joined = new StringJoiner(", ");
        fields.forEach((name, value) -> joined.add(name + " " + value));
        return joined.toString();
    }
}
