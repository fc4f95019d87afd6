package org.jocular.cli.bench;

import java.io.PrintWriter;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.function.BiConsumer;
import java.util.stream.IntStream;
import org.jocular.llama.Answer;
import org.jocular.llama.GenerationSettings;
import org.jocular.llama.Generator;
import org.jocular.llama.Generator.Request;
import org.jocular.llama.LanguageModel;
import org.jocular.llama.Llama;
import org.jocular.llama.Prompt;
import org.jocular.systems.Systems;
import org.jocular.systems.VisionLanguageModel;
import org.jocular.tensor.BadInput;
import org.jocular.tensor.Ceilings;
import org.jocular.tensor.CpuExecutor;
import org.jocular.tensor.DType;
import org.jocular.tensor.Executor;
import org.jocular.tensor.Ops;
import org.jocular.tensor.Tensor;
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
            "  image     one picture through a vision tower (clip-vit-l-224, clip-vit-l-336, eva-vit-g-224,",
            "            eva-vit-g-364), through EVA and the Q-Former (q-former), or through that of a system",
            "  prefill   a prompt through a language model: tinyllama-1.1b, llama-7b, llama-13b, opt-2.7b, opt-6.7b,",
            "            flan-t5-xl, flan-t5-xxl",
            "  decode    one token after the other: as prefill",
            "  batch-decode  many sequences in each pass (--batch): as prefill",
            "  beam      30 tokens with beams (--beams) and greedily, and the ratio: as prefill",
            "  e2e       a picture, 32 tokens of a question, 32 of an answer: llava-1.5-7b, blip2-opt-2.7b, …",
            "  train-step  forward, backward, clipping and AdamW of a tiny model (tiny-language, tiny-llava-align,",
            "            tiny-llava-instruct, tiny-blip2, tiny-instructblip, tiny-minigpt4, tiny-mplug-owl; with",
            "            --warmup 300 --runs 100), or of LLaVA's alignment at real size (llava-1.5-7b, …)",
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
            description = "Tokens of a prompt, or before the decoded ones (default: ${DEFAULT-VALUE}).")
    int tokens = 512;

    @Option(names = "--batch", paramLabel = "N", description = "Sequences at once (default: ${DEFAULT-VALUE}).")
    int batch = 8;

    @Option(names = "--beams", paramLabel = "N", description = "Beams of a beam search (default: ${DEFAULT-VALUE}).")
    int beams = 5;

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

    @Option(names = "--recompute", description = "train-step: forget activations, compute them again on the way back.")
    boolean recompute;

    @Option(names = "--json", description = "Print one object a measurement.")
    boolean json;

    @Override
    public Integer call() {
        if (threads < 1 || runs < 1 || warmup < 0 || tokens < 1 || layers < 0 || batch < 1 || beams < 1) {
            throw new BadInput(
                    "--threads, --runs, --tokens, --batch and --beams must be at least 1, --warmup and --layers at least 0");
        }
        switch (what) {
            case "ceilings" -> ceilings();
            case "image" -> image();
            case "prefill" -> prefill();
            case "decode" -> decode();
            case "load" -> load();
            case "write" -> write();
            case "batch-decode" -> batchDecode();
            case "beam" -> beam();
            case "e2e" -> endToEnd();
            case "train-step" -> trainStep();
            default ->
                throw new BadInput(
                        "%s is nothing to measure, expected ceilings, image, prefill, decode, batch-decode, beam, e2e, train-step, load or write"
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
        Shapes.Parts system = Shapes.SYSTEMS.get(shape);
        try (Arena arena = Arena.ofShared();
                Executor executor = CpuExecutor.simd(threads)) {
            Seeing seeing = Seeing.of(system == null ? shape : system.vision(), RandomWeights.of(arena, dtype()));
            Tensor pixels = Tensor.zeros(arena, DType.F32, 3, seeing.imageSize(), seeing.imageSize());
            computed("ms", 1e3, seeing.flops(), () -> see(executor, seeing, pixels));
        }
    }

    private static void see(Executor executor, Seeing seeing, Tensor pixels) {
        try (Ops ops = executor.begin()) {
            seeing.vision().forward(ops, pixels);
        }
    }

    private void prefill() {
        withModel((speaking, generator) -> {
            List<Request> request = requests(speaking, generator, 1, greedy(1));
            computed("tok/s", -tokens, speaking.promptFlops(tokens), () -> generator.answer(request));
        });
    }

    private void decode() {
        decode(1, 9);
    }

    private void batchDecode() {
        decode(batch, 9);
    }

    /** The first token belongs to the prompt. */
    private void decode(int sequences, int newTokens) {
        withModel((speaking, generator) -> {
            List<Request> requests = requests(speaking, generator, sequences, greedy(newTokens));
            double[] seconds = new double[runs];
            for (int run = -warmup; run < runs; run++) {
                double decoding = generator.answer(requests).getLast().decodeSeconds();
                if (run >= 0) {
                    seconds[run] = decoding;
                }
            }
            int steps = newTokens - 1;
            double bytes = steps * speaking.bytesPerStep(dtype().bytes(), sequences, tokens);
            double ceiling = Ceilings.bytesPerSecond(threads) / 1e9;
            report(seconds, "tok/s", -steps * sequences, new Measurement.Rate(bytes / 1e9, "GB/s", ceiling));
        });
    }

    /** A caption of 30 tokens greedily, and with beams: what following several costs where all share each pass. */
    private void beam() {
        GenerationSettings one = greedy(30);
        GenerationSettings many = one.toBuilder().numBeams(beams).build();
        withModel((speaking, generator) -> {
            double greedy = Measurement.mean(captions(speaking, generator, one, "greedy"));
            double[] seconds = captions(speaking, generator, many, "beam-" + beams);
            for (int i = 0; i < seconds.length; i++) {
                seconds[i] /= greedy;
            }
            print(new Measurement(
                    "beam/greedy",
                    name(),
                    dtype().name(),
                    threads,
                    Measurement.mean(seconds),
                    "times the time",
                    Measurement.sd(seconds),
                    runs,
                    null,
                    null));
        });
    }

    private double[] captions(Speaking speaking, Generating generator, GenerationSettings settings, String label) {
        List<Request> request = requests(speaking, generator, 1, settings);
        double[] seconds = Measurement.seconds(warmup, runs, () -> generator.answer(request));
        report(label, seconds, "s", 1, null);
        return seconds;
    }

    /** A picture, a question and an answer, from the pixels on. */
    private void endToEnd() {
        Shapes.Parts system = Shapes.find(Shapes.SYSTEMS, shape);
        int question = 32;
        try (Arena arena = Arena.ofShared();
                Executor executor = CpuExecutor.simd(threads)) {
            RandomWeights weights = RandomWeights.of(arena, dtype());
            Seeing seeing = Seeing.of(system.vision(), weights);
            Speaking speaking = Speaking.of(system.language(), weights, layers);
            Tensor pixels = Tensor.zeros(arena, DType.F32, 3, seeing.imageSize(), seeing.imageSize());
            Generating generator = new Generating(executor, arena, speaking.model());
            tokens = system.rows() + question;
            List<Request> request = requests(speaking, generator, 1, greedy(32));
            double[] seconds = Measurement.seconds(warmup, runs, () -> {
                see(executor, seeing, pixels);
                generator.answer(request);
            });
            report(seconds, "s", 1, null);
        }
    }

    private void trainStep() {
        TrainSteps steps = new TrainSteps(shape, threads, warmup, runs, recompute, this::print, this::note);
        if (Shapes.LLAVA.containsKey(shape)) {
            steps.real(name(), layers, dtype());
        } else {
            steps.tiny();
        }
    }

    private void note(String line) {
        err().println(line);
        err().flush();
    }

    private GenerationSettings greedy(int newTokens) {
        return GenerationSettings.greedy(newTokens, List.of());
    }

    private List<Request> requests(Speaking speaking, Generating generator, int n, GenerationSettings settings) {
        int vocabulary = speaking.model().vocabSize();
        List<Request> requests = new ArrayList<>();
        for (int i = 0; i < n; i++) {
            int first = i;
            int[] ids = IntStream.range(0, tokens)
                    .map(t -> (first + t) % vocabulary)
                    .toArray();
            requests.add(new Request(generator.prompt(ids), settings));
        }
        return requests;
    }

    /** What answers, and memory for prompts. */
    private record Generating(Executor executor, Arena arena, LanguageModel model) {
        Prompt prompt(int[] ids) {
            try (Ops ops = executor.begin()) {
                return new Prompt(ids, new long[ids.length], ops.keep(model.embed(ops, ids), arena));
            }
        }

        List<Answer> answer(List<Request> requests) {
            return new Generator(executor, model, new NoText(model.vocabSize())).answer(requests, requests.size());
        }
    }

    private void withModel(BiConsumer<Speaking, Generating> work) {
        try (Arena arena = Arena.ofShared();
                Executor executor = CpuExecutor.simd(threads)) {
            Speaking speaking = Speaking.of(shape, RandomWeights.of(arena, dtype()), layers);
            work.accept(speaking, new Generating(executor, arena, speaking.model()));
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
        Llama.Config text = Speaking.withLayers(Shapes.find(Shapes.LLAVA, shape), layers);
        Path directory = given(out, "--out");
        long start = System.nanoTime();
        long bytes = RandomCheckpoint.write(
                directory,
                Shapes.find(Shapes.CLIP, Shapes.find(Shapes.SYSTEMS, shape).vision()),
                text,
                dtype(),
                given(tokenizer, "--tokenizer"));
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
        report(what, seconds, unit, factor, work);
    }

    private void report(String label, double[] seconds, String unit, double factor, Measurement.@Nullable Rate work) {
        double[] values = seconds.clone();
        for (int i = 0; i < values.length; i++) {
            values[i] = factor < 0 ? -factor / seconds[i] : factor * seconds[i];
        }
        Measurement.Rate rate = work == null
                ? null
                : new Measurement.Rate(work.value() / Measurement.mean(seconds), work.unit(), work.ceiling());
        print(new Measurement(
                label,
                name(),
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

    private String name() {
        return layers > 0 ? shape + "/" + layers : shape;
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
