package org.jocular.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import java.util.TreeMap;
import java.util.concurrent.Callable;
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
        description = "Show what a model directory or a .safetensors file holds, and what it lacks.",
        footer = {"", "Examples:", "  jocular inspect DIR", "  jocular inspect model.safetensors --tensors"})
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
        if (inspection.system() != null) {
            console.row("system", "%s, which this version runs", inspection.system());
        }
        if (inspection.obstacle() != null) {
            console.row("cannot run", "%s", inspection.obstacle());
        }
        if (inspection.config() != null) {
            ConfigSummary.of(inspection.config()).forEach((part, fields) -> console.row(part, "%s", joined(fields)));
        }
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
        inspection.missing().forEach(sentence -> console.row("missing", "%s", sentence));
        if (everyTensor) {
            printTensors(weights.tensors());
        } else if (!weights.tensors().isEmpty()) {
            printGroups(Group.of(weights.tensors()));
        }
    }

    private void printGroups(List<Group> groups) {
        int width =
                groups.stream().mapToInt(group -> group.prefix.length()).max().orElse(0);
        console.out().println();
        console.out().printf("  %s  tensors  parameters  types%n", "name".concat(" ".repeat(Math.max(0, width - 4))));
        for (Group group : groups) {
            console.out()
                    .printf(
                            "  %-" + Math.max(4, width) + "s  %7d  %10s  %s%n",
                            group.prefix,
                            group.weights.tensors().size(),
                            Sizes.scaled(group.weights.parameters()),
                            String.join(", ", group.weights.types().keySet()));
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
        fields.put("system", inspection.system());
        fields.put("obstacle", inspection.obstacle());
        fields.put("config", inspection.config() == null ? null : ConfigSummary.of(inspection.config()));
        fields.put("tensors", weights.tensors().size());
        fields.put("parameters", weights.parameters());
        fields.put("bytes", weights.bytes());
        fields.put("types", weights.types());
        fields.put(
                "files",
                weights.files().stream()
                        .map(file -> String.valueOf(file.getFileName()))
                        .toList());
        fields.put(
                "groups",
                Group.of(weights.tensors()).stream().map(Group::fields).toList());
        fields.put("not_needed", weights.ignored());
        fields.put("missing", inspection.missing());
        if (everyTensor) {
            fields.put(
                    "list",
                    weights.tensors().stream().map(InspectCommand::fields).toList());
        }
        return fields;
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

    private static String counted(int count, String noun) {
        return count + " " + noun + (count == 1 ? "" : "s");
    }

    private static String shortened(List<String> names) {
        return names.getFirst() + (names.size() > 1 ? ", …" : "");
    }

    private static String joined(Map<String, ?> fields) {
        StringJoiner joined = new StringJoiner(", ");
        fields.forEach((name, value) -> joined.add(name + " " + value));
        return joined.toString();
    }

    /** Tensors of one part of a model: those whose names agree up to the first number, or else up to the last word. */
    private record Group(String prefix, StoredWeights weights) {
        static List<Group> of(List<TensorInfo> tensors) {
            Map<String, List<TensorInfo>> groups = new TreeMap<>();
            for (TensorInfo tensor : tensors) {
                groups.computeIfAbsent(prefix(tensor.name()), prefix -> new ArrayList<>())
                        .add(tensor);
            }
            return groups.entrySet().stream()
                    .map(entry -> new Group(entry.getKey(), new StoredWeights(entry.getValue(), List.of())))
                    .toList();
        }

        private static String prefix(String name) {
            String upToNumber = name.replaceFirst("\\.\\d+(\\..*)?$", "");
            String prefix = upToNumber.equals(name) ? name.replaceFirst("\\.[^.]*$", "") : upToNumber + ".*";
            return Console.printable(prefix);
        }

        Map<String, Object> fields() {
            Map<String, Object> fields = new LinkedHashMap<>();
            fields.put("prefix", prefix);
            fields.put("tensors", weights.tensors().size());
            fields.put("parameters", weights.parameters());
            return fields;
        }
    }
}
