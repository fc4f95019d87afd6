package org.jocular.cli.bench;

import java.io.PrintWriter;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.jocular.llama.Batch;
import org.jocular.llama.CausalLm;
import org.jocular.llama.KvCache;
import org.jocular.llama.Llama;
import org.jocular.systems.Systems;
import org.jocular.systems.VisionLanguageModel;
import org.jocular.tensor.BadInput;
import org.jocular.tensor.Ceilings;
import org.jocular.tensor.CpuExecutor;
import org.jocular.tensor.DType;
import org.jocular.tensor.Executor;
import org.jocular.tensor.Ops;
import org.jocular.tensor.Tensor;
import org.jocular.vit.ClipVision;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.json.JsonMapper;

/** Measures real shapes with random weights: nothing is downloaded, and nothing but the machine decides. */
@Command(
        name = "bench",
        description = "Measure speed on real shapes with random weights, as a share of what the machine can do.",
        footer = {
            "",
            "WHAT is one of",
            "  ceilings  multiply-adds and memory reads, the two limits of everything else",
            "  image     one picture through a vision tower: clip-vit-l-224, clip-vit-l-336",
            "  prefill   a prompt through a language model: tinyllama-1.1b, llama-7b, llama-13b",
            "  decode    one token after the other: as prefill",
            "  load      opening a model directory (--model)",
            "  write     writes a checkpoint with random weights (--out, --tokenizer): llava-1.5-7b, llava-1.5-13b",
            "",
            "Example:",
            "  jocular bench image --shape clip-vit-l-336 --dtype f16 --json"
        })
public final class BenchCommand implements Callable<Integer> {
    @Spec
    @Nullable
    CommandSpec spec;

    @Parameters(paramLabel = "WHAT", description = "What to measure, see below.")
    String what = "";

    @Option(names = "--shape", paramLabel = "NAME", description = "Which published model's sizes, see below.")
    String shape = "";

    @Option(names = "--dtype", paramLabel = "TYPE", description = "f32, f16 or bf16 (default: ${DEFAULT-VALUE}).")
    String dtype = "f16";

    @Option(names = "--threads", paramLabel = "N", description = "How many threads compute (default: all cores).")
    int threads = Runtime.getRuntime().availableProcessors();

    @Option(
            names = "--tokens",
            paramLabel = "N",
            description = "Tokens of a prompt, or before the decoded ones (default: 512).")
    int tokens = 512;

    @Option(names = "--layers", paramLabel = "N", description = "Only so many layers of the language model.")
    int layers;

    @Option(names = "--runs", paramLabel = "N", description = "How many runs count (default: ${DEFAULT-VALUE}).")
    int runs = 5;

    @Option(
            names = "--warmup",
            paramLabel = "N",
            description = "How many runs before them do not (default: ${DEFAULT-VALUE}).")
    int warmup = 2;

    @Option(names = "--model", paramLabel = "DIR", description = "What to load.")
    @Nullable
    Path model;

    @Option(names = "--out", paramLabel = "DIR", description = "Where to write.")
    @Nullable
    Path out;

    @Option(
            names = "--tokenizer",
            paramLabel = "FILE",
            description = "A LLaMA tokenizer.model for the written checkpoint.")
    @Nullable
    Path tokenizer;

    @Option(names = "--json", description = "Print one object a measurement.")
    boolean json;

    @Override
    public Integer call() {
        if (threads < 1 || runs < 1 || warmup < 0 || tokens < 1 || layers < 0) {
            throw new BadInput("--threads, --runs and --tokens must be at least 1, --warmup and --layers at least 0");
        }
        switch (what) {
            case "ceilings" -> ceilings();
            case "image" -> image();
            case "prefill" -> prefill();
            case "decode" -> decode();
            case "load" -> load();
            case "write" -> write();
            case "batch-decode", "beam", "e2e" -> throw new BadInput(what + " cannot be measured yet");
            default ->
                throw new BadInput("%s is nothing to measure, expected ceilings, image, prefill, decode, load or write"
                        .formatted(what));
        }
        return 0;
    }

    private void ceilings() {
        double flops = Ceilings.flopsPerSecond(threads) / 1e9;
        print(new Measurement("ceilings", "fp32-fma", "F32", threads, flops, "GFLOP/s", 0, 1, null, 1.0));
        double bytes = Ceilings.bytesPerSecond(threads) / 1e9;
        print(new Measurement("ceilings", "memory-read", "F32", threads, bytes, "GB/s", 0, 1, null, 1.0));
    }

    private void image() {
        ClipVision.Config config = Shapes.vision(shape);
        try (Arena arena = Arena.ofShared();
                Executor executor = CpuExecutor.simd(threads)) {
            ClipVision vision = ClipVision.load(RandomWeights.of(arena, dtype()), config, config.numHiddenLayers());
            Tensor pixels = Tensor.zeros(arena, DType.F32, 3, config.imageSize(), config.imageSize());
            computed("ms", 1e3, Shapes.flops(config), () -> {
                try (Ops ops = executor.begin()) {
                    vision.forward(ops, pixels);
                }
            });
        }
    }

    private void prefill() {
        Llama.Config config = language();
        try (Arena arena = Arena.ofShared();
                Executor executor = CpuExecutor.simd(threads)) {
            Llama llama = Llama.load(RandomWeights.of(arena, dtype()), config);
            computed("tok/s", -tokens, Shapes.prefillFlops(config, tokens), () -> {
                try (KvCache cache = llama.newCache(tokens)) {
                    run(executor, llama, cache, IntStream.range(0, tokens).toArray());
                }
            });
        }
    }

    private void decode() {
        Llama.Config config = language();
        int steps = 8;
        try (Arena arena = Arena.ofShared();
                Executor executor = CpuExecutor.simd(threads)) {
            Llama llama = Llama.load(RandomWeights.of(arena, dtype()), config);
            double kvBytes = 8.0 * tokens * config.numHiddenLayers() * config.numKeyValueHeads() * config.headDim();
            double bytes = Shapes.weightsPerToken(config) * dtype().bytes() + kvBytes;
            try (KvCache cache = llama.newCache(tokens + steps)) {
                run(executor, llama, cache, IntStream.range(0, tokens).toArray());
                double[] seconds = Measurement.seconds(warmup, runs, () -> {
                    cache.truncate(tokens);
                    for (int i = 0; i < steps; i++) {
                        run(executor, llama, cache, new int[] {i});
                    }
                });
                double ceiling = Ceilings.bytesPerSecond(threads) / 1e9;
                report(seconds, "tok/s", -steps, new Measurement.Rate(steps * bytes / 1e9, "GB/s", ceiling));
            }
        }
    }

    private static void run(Executor executor, CausalLm model, KvCache cache, int[] ids) {
        try (Ops ops = executor.begin()) {
            Tensor hidden = model.decode(ops, ids, Batch.of(cache, ids.length));
            ops.read(model.logits(ops, ops.rows(hidden, ids.length - 1, ids.length)));
        }
    }

    private void load() {
        Path directory = given(model, "--model");
        double[] seconds = Measurement.seconds(warmup, runs, () -> {
            try (VisionLanguageModel loaded = Systems.load(directory)) {
                loaded.system();
            }
        });
        report(seconds, "ms", 1e3, null);
    }

    private void write() {
        Llama.Config text = Shapes.llava(shape);
        if (layers > 0) {
            text = Shapes.withLayers(text, layers);
        }
        Path directory = given(out, "--out");
        long start = System.nanoTime();
        long bytes = RandomCheckpoint.write(
                directory, Shapes.vision("clip-vit-l-336"), text, dtype(), given(tokenizer, "--tokenizer"));
        double seconds = (System.nanoTime() - start) / 1e9;
        err().printf(Locale.ROOT, "%s: %.2f GB in %.0f s%n", directory, bytes / 1e9, seconds);
    }

    /** Reports a computation whose limit is the multiply-adds. */
    private void computed(String unit, double factor, double flops, Runnable work) {
        double[] seconds = Measurement.seconds(warmup, runs, work);
        double ceiling = Ceilings.flopsPerSecond(threads) / 1e9;
        report(seconds, unit, factor, new Measurement.Rate(flops / 1e9, "GFLOP/s", ceiling));
    }

    /**
     * Prints one measurement.
     *
     * @param factor a time is multiplied by it; a negative one is the number of things that are counted per second
     * @param work operations or bytes of one run, and their ceiling
     */
    private void report(double[] seconds, String unit, double factor, Measurement.@Nullable Rate work) {
        double[] values = seconds.clone();
        for (int i = 0; i < values.length; i++) {
            values[i] = factor < 0 ? -factor / seconds[i] : factor * seconds[i];
        }
        Measurement.Rate rate = work == null
                ? null
                : new Measurement.Rate(work.value() / Measurement.mean(seconds), work.unit(), work.ceiling());
        print(new Measurement(
                what,
                layers > 0 ? shape + "/" + layers : shape,
                dtype().name(),
                threads,
                Measurement.mean(values),
                unit,
                Measurement.sd(values),
                runs,
                rate,
                rate == null ? null : rate.value() / rate.ceiling()));
    }

    private void print(Measurement measurement) {
        PrintWriter writer = Objects.requireNonNull(spec).commandLine().getOut();
        writer.println(json ? JsonMapper.shared().writeValueAsString(measurement.json()) : measurement.line());
        writer.flush();
    }

    private PrintWriter err() {
        return Objects.requireNonNull(spec).commandLine().getErr();
    }

    private Llama.Config language() {
        Llama.Config config = Shapes.language(shape);
        return layers > 0 ? Shapes.withLayers(config, layers) : config;
    }

    private DType dtype() {
        return switch (dtype.toLowerCase(Locale.ROOT)) {
            case "f32" -> DType.F32;
            case "f16" -> DType.F16;
            case "bf16" -> DType.BF16;
            default -> throw new BadInput("--dtype is %s, expected f32, f16 or bf16".formatted(dtype));
        };
    }

    private static Path given(@Nullable Path path, String option) {
        if (path == null) {
            throw new BadInput("this needs " + option);
        }
        return path;
    }
}
