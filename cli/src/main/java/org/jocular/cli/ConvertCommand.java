package org.jocular.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jocular.systems.StoredWeights;
import org.jocular.systems.convert.Conversion;
import org.jocular.systems.convert.LeftOut;
import org.jocular.systems.convert.Origin;
import org.jocular.tensor.BadInput;
import org.jocular.tensor.DType;
import org.jocular.weights.ModelPaths;
import org.jocular.weights.TensorInfo;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** From any layout to that of the hub. */
@Command(
        name = "convert",
        customSynopsis = {
            "jocular convert --model DIR [--lora DIR] --out DIR [OPTIONS]",
            "       jocular convert --base DIR (--delta DIR | --lora DIR) --out DIR [OPTIONS]"
        },
        description = {
            "Write a model of any published layout as one directory of safetensors in the hub's naming.",
            "Its config.json, its tokenizer and what prepares its pictures are written beside them."
        },
        footer = {
            "",
            "Examples:",
            "  jocular convert --model llava-v1.5-7b --out llava",
            "  jocular convert --base llama-7b --delta LLaVA-7b-delta-v0 --out llava-v0 --dtype bf16",
            "  jocular convert --base vicuna-7b-v1.5 --lora llava-v1.5-7b-lora --out llava"
        })
final class ConvertCommand implements Callable<Integer> {
    private static final String ADVICE = "expected --model, or --base with --delta or with --lora";

    private final Console console;

    @Option(
            names = "--model",
            paramLabel = "DIR",
            description = "Model directory, or the id of one in the local Hugging Face cache.")
    @Nullable
    String model;

    @Option(names = "--base", paramLabel = "DIR", description = "The language model that a delta or an adapter is for.")
    @Nullable
    String base;

    @Option(
            names = "--delta",
            paramLabel = "DIR",
            description = "Weights to be added to the base, as those of Vicuna v0 and LLaVA v0 are.")
    @Nullable
    String delta;

    @Option(names = "--lora", paramLabel = "DIR", description = "An adapter to be merged, as PEFT saves it.")
    @Nullable
    String lora;

    @Option(
            names = "--out",
            required = true,
            paramLabel = "DIR",
            description = "The directory to make; it must not be there, or be empty.")
    Path out = Path.of("");

    @Option(
            names = "--dtype",
            paramLabel = "TYPE",
            description = "Type of all weights: f32, f16 or bf16 (default: each as it is).")
    @Nullable
    String dtype;

    @Option(
            names = "--max-shard-size",
            paramLabel = "SIZE",
            description = "Most bytes of weights in a file (default: ${DEFAULT-VALUE}).")
    String maxShardSize = "5GB";

    @Option(names = "--json", description = "Print one object with every tensor.")
    boolean json;

    ConvertCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        DType type = type();
        long shardBytes = Sizes.parse("--max-shard-size", maxShardSize);
        Origin origin = origin();
        if (origin.base() == null && Recognised.isDelta(origin.directory())) {
            console.note("jocular: note: %s looks like a delta, which is nothing without --base".formatted(model));
        }
        boolean shown = console.terminal();
        Conversion.Result result = Conversion.run(
                origin, out, new Conversion.Settings(type, shardBytes), shown ? this::progress : (bytes, all) -> {});
        if (shown) {
            console.note("");
        }
        if (result.files().stream()
                .noneMatch(file -> file.matches("tokenizer\\.(?:model|json)|spiece\\.model|vocab\\..+"))) {
            console.note("jocular: note: no tokenizer was found and none is in %s".formatted(out));
        }
        if (json) {
            console.json(fields(result));
        } else {
            print(result);
        }
        return 0;
    }

    private void progress(long bytes, long all) {
        console.err().printf("\r%s of %s ", Sizes.bytes(bytes), Sizes.bytes(all));
        console.err().flush();
    }

    private @Nullable DType type() {
        return switch (dtype) {
            case null -> null;
            case "f32" -> DType.F32;
            case "f16" -> DType.F16;
            case "bf16" -> DType.BF16;
            default -> throw new BadInput("--dtype is %s, expected f32, f16 or bf16".formatted(dtype));
        };
    }

    private Origin origin() {
        if (model != null) {
            if (base != null || delta != null) {
                throw new BadInput(
                        "--model does not go with %s, %s".formatted(base != null ? "--base" : "--delta", ADVICE));
            }
            return lora == null ? Origin.model(path(model)) : Origin.adapter(path(model), path(lora));
        }
        if (base == null) {
            throw new BadInput(
                    (delta == null && lora == null ? "--model is missing, " : "--base is missing, ") + ADVICE);
        }
        if (delta != null && lora != null) {
            throw new BadInput(
                    "--delta does not go with --lora: add the delta first, then merge the adapter into the result");
        }
        if (delta != null) {
            return Origin.delta(path(base), path(delta));
        }
        if (lora != null) {
            return Origin.adapter(path(base), path(lora));
        }
        throw new BadInput("--base alone is nothing to convert, " + ADVICE);
    }

    private static Path path(String name) {
        return ModelPaths.resolve(name);
    }

    private void print(Conversion.Result result) {
        StoredWeights written = result.written();
        console.out().println(console.bold(out.toString()));
        console.row("from", "%s, %s layout", result.system(), result.layout());
        console.row(
                "written",
                "%s, %s parameters, %s: %s",
                counted(written.tensors().size()),
                Sizes.scaled(written.parameters()),
                Sizes.bytes(written.bytes()),
                InspectCommand.joined(written.types()));
        console.row("files", "%s", String.join(", ", result.files()));
        byReason(result.leftOut()).forEach((why, names) -> {
            console.row("left out", "%d, %s:", names.size(), why);
            names.forEach(name -> console.row("", "%s", Console.printable(name)));
        });
        if (result.leftOut().isEmpty()) {
            console.row("left out", "nothing");
        }
    }

    private static String counted(int tensors) {
        return tensors + (tensors == 1 ? " tensor" : " tensors");
    }

    private static Map<String, List<String>> byReason(List<LeftOut> leftOut) {
        Map<String, List<String>> reasons = new LinkedHashMap<>();
        for (LeftOut left : leftOut) {
            reasons.computeIfAbsent(left.why(), why -> new ArrayList<>())
                    .add("%s, %s".formatted(left.name(), left.file().getFileName()));
        }
        return reasons;
    }

    private Map<String, Object> fields(Conversion.Result result) {
        StoredWeights written = result.written();
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("out", out.toString());
        fields.put("system", result.system());
        fields.put("layout", result.layout());
        fields.put("parameters", written.parameters());
        fields.put("bytes", written.bytes());
        fields.put("types", written.types());
        fields.put("files", result.files());
        fields.put(
                "written",
                written.tensors().stream().map(ConvertCommand::fields).toList());
        fields.put(
                "left_out",
                result.leftOut().stream().map(ConvertCommand::fields).toList());
        return fields;
    }

    private static Map<String, Object> fields(TensorInfo tensor) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("name", tensor.name());
        fields.put("dtype", tensor.dtype());
        fields.put("shape", tensor.shape());
        fields.put("from", tensor.file().toString());
        return fields;
    }

    private static Map<String, Object> fields(LeftOut left) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("name", left.name());
        fields.put("why", left.why());
        fields.put("from", left.file().toString());
        return fields;
    }
}
