package org.jocular.cli;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jocular.llama.Answer;
import org.jocular.llama.GenerationSettings;
import org.jocular.llama.Prompt;
import org.jocular.llama.Session;
import org.jocular.systems.Preset;
import org.jocular.systems.StoredWeights;
import org.jocular.systems.Systems;
import org.jocular.systems.VisionLanguageModel;
import org.jocular.systems.VisualTokens;
import org.jocular.systems.parity.Parity;
import org.jocular.systems.parity.ParityReport;
import org.jocular.systems.parity.ParityReport.Compared;
import org.jocular.tensor.BadInput;
import org.jocular.tensor.Executor;
import org.jocular.vit.ImageProcessor;
import org.jocular.vit.Picture;
import org.jocular.vit.PictureReader;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The whole path from a picture to an answer, stage by stage, on what comes with the source. */
@Command(
        name = "demo",
        customSynopsis = "jocular demo [OPTIONS]",
        description = {
            "Draw a picture, ask a tiny model about it, and show what every stage does.",
            "Everything it needs comes with the source."
        },
        footer = {"", "Example:", "  jocular demo --out /tmp/demo"})
final class DemoCommand implements Callable<Integer> {
    private static final String MODEL = "golden-llava";
    private static final String QUESTION = "Is the red circle left of the blue square? Answer yes or no.";
    private static final int MAX_NEW_TOKENS = 24;
    private static final int SHOWN_IDS = 10;

    private final Console console;
    private int stage;

    @Option(names = "--out", paramLabel = "DIR", description = "Where its pictures go (default: ${DEFAULT-VALUE}).")
    Path out = Path.of("jocular-demo");

    @Mixin
    DeviceOptions device = new DeviceOptions();

    DemoCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        Path directory = Home.model(MODEL);
        makeFolder();
        Stopwatch watch = new Stopwatch();
        try (Executor executor = device.open();
                VisionLanguageModel vlm = Systems.load(directory);
                Arena arena = Arena.ofShared();
                Session session = new Session(executor, vlm.languageModel(), vlm.tokenizer())) {
            double loading = watch.lap("load");
            title(executor);
            model(directory, vlm, loading);
            Picture picture = picture(watch);
            Picture prepared = pixels(picture, vlm.imageProcessor(), watch);
            patches(prepared, vlm);
            watch.lap("drawing"); // is no part of the model
            VisualTokens seen = vlm.see(executor, picture, arena);
            line(
                    "pixels and patches became %d visual tokens of width %d",
                    seen.rows().rows(), seen.rows().width());
            time(watch.lap("vision"));

            Preset preset = vlm.presets().getFirst();
            String text = preset.prompt(1, List.of(), QUESTION);
            Prompt prompt = vlm.prompt(executor, text, List.of(seen), arena);
            prompt(preset, text, prompt, watch);
            answer(session, prompt, vlm, watch);
            return check(directory, executor, watch);
        }
    }

    private void makeFolder() {
        try {
            Files.createDirectories(out);
        } catch (IOException e) {
            throw new BadInput("%s cannot be made: %s".formatted(out, e), e);
        }
    }

    private void title(Executor executor) {
        console.out()
                .printf(
                        "%s%n%s%n",
                        console.bold("From a picture to an answer"),
                        console.dim("executor %s, %d threads, %d-bit vectors, Java %s"
                                .formatted(
                                        executor.name(), executor.threads(), Machine.vectorBits(), Runtime.version())));
    }

    private void model(Path directory, VisionLanguageModel vlm, double seconds) {
        StoredWeights weights = vlm.weights();
        stage("model");
        line("%s: %s at toy size", directory, vlm.system());
        line(
                "%d tensors in %d files, %,d parameters, %s, mapped and read in place",
                weights.tensors().size(), weights.files().size(), weights.parameters(), weights.dtype());
        time(seconds);
    }

    private Picture picture(Stopwatch watch) {
        stage("picture");
        watch.lap("printing"); // is no part of it either
        Path file = out.resolve("demo.png");
        Drawing.write(Drawing.circleLeftOfSquare(), file);
        Picture picture = PictureReader.read(file);
        line("%s: a red circle left of a blue square, drawn, written, read back", file);
        line("%d x %d pixels, RGB", picture.width(), picture.height());
        time(watch.lap("picture"));
        return picture;
    }

    private Picture pixels(Picture picture, ImageProcessor processor, Stopwatch watch) {
        stage("pixels");
        Picture prepared = processor.prepared(picture);
        float[] values = processor.normalised(prepared);
        float least = Float.POSITIVE_INFINITY;
        float most = Float.NEGATIVE_INFINITY;
        for (float value : values) {
            least = Math.min(least, value);
            most = Math.max(most, value);
        }
        line(
                "%d x %d resized and cropped to %d x %d",
                picture.width(), picture.height(), prepared.width(), prepared.height());
        line("normalised to (3, %d, %d), values %.3f to %.3f", prepared.height(), prepared.width(), least, most);
        time(watch.lap("pixels"));
        return prepared;
    }

    private void patches(Picture prepared, VisionLanguageModel vlm) {
        stage("vision");
        int patch = vlm.patchSize();
        Path file = out.resolve("patches.png");
        Drawing.write(Drawing.withPatches(prepared, patch, Math.max(1, Drawing.SHOWN_WIDTH / prepared.width())), file);
        line(
                "%d x %d patches of %d x %d pixels: %s",
                prepared.width() / patch, prepared.height() / patch, patch, patch, file);
    }

    private void prompt(Preset preset, String text, Prompt prompt, Stopwatch watch) {
        stage("prompt");
        line("%s: %s", preset.name(), text.replace("\n", "\\n"));
        line(
                "%d ids: %s ...",
                prompt.length(),
                Arrays.stream(prompt.ids())
                        .limit(SHOWN_IDS)
                        .boxed()
                        .toList()
                        .toString()
                        .replaceAll("[\\[\\],]", ""));
        time(watch.lap("prompt"));
    }

    private void answer(Session session, Prompt prompt, VisionLanguageModel vlm, Stopwatch watch) {
        stage("answer");
        GenerationSettings settings =
                GenerationSettings.greedy(MAX_NEW_TOKENS, vlm.generation().eosTokenIds());
        console.out().print(" ".repeat(4));
        // Noise holds any character; each newline would begin a line of its own.
        Answer answer = session.answer(prompt, settings, piece -> {
            console.out().print(Console.printable(piece).replaceAll("\\s", " "));
            console.out().flush();
        });
        console.out().println();
        line(
                "%d tokens, the likeliest each time; the prompt took %.1f ms",
                answer.ids().length, 1e3 * answer.prefillSeconds());
        line("%.0f tokens/s, on a JVM that has only just started", (answer.ids().length - 1) / answer.decodeSeconds());
        time(watch.lap("answer"));
    }

    private int check(Path directory, Executor executor, Stopwatch watch) {
        stage("check");
        ParityReport report = Parity.compare(directory, executor, Parity.TOLERANCE);
        List<Compared> names = report.names();
        line("against what the reference implementation (PyTorch) computed with these weights:");
        line(
                "%d intermediates, worst relative error %.1e at %s",
                names.size(), names.getLast().error(), names.getLast().name());
        line(
                "%d of %d lists of ids equal, likelihoods within %.1e",
                report.idsEqual(), report.idsTotal(), report.worstCandidate());
        line(
                "%s",
                report.passed()
                        ? console.good("PASSED")
                        : console.bad("FAILED: " + report.differences().getFirst()));
        time(watch.lap("check"));
        console.out()
                .printf(
                        "%nThe weights of this model are random: it has learned nothing and its answer is noise. What the check shows is that%n"
                                + "every number on the way is right; for real answers see 'jocular ask --help'.%n");
        return report.passed() ? 0 : Failures.DIFFERS;
    }

    private void stage(String name) {
        console.out().printf("%n%s%n", console.bold("%2d  %s".formatted(++stage, name)));
    }

    private void line(String format, Object... values) {
        console.out().println(" ".repeat(4) + String.format(Locale.ROOT, format, values));
        console.out().flush();
    }

    private void time(double seconds) {
        console.out().println(" ".repeat(4) + console.dim("%.1f ms".formatted(1e3 * seconds)));
        console.out().flush();
    }
}
