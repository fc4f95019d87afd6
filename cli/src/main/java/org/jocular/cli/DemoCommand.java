package org.jocular.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jocular.llama.Answer;
import org.jocular.systems.Systems;
import org.jocular.systems.VisionLanguageModel;
import org.jocular.systems.VisualTokens;
import org.jocular.systems.parity.Parity;
import org.jocular.systems.parity.ParityReport;
import org.jocular.tensor.BadInput;
import org.jocular.tensor.Executor;
import org.jocular.train.world.Question;
import org.jocular.vit.Picture;
import org.jocular.vit.PictureReader;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What this program does, on what comes with the source: a picture, an answer, where the model looked, and an evaluation of five systems. */
@Command(
        name = "demo",
        customSynopsis = "jocular demo [OPTIONS]",
        description = {
            "Draw a scene, ask a tiny model about it, show what every stage does and where the model looked,",
            "then evaluate five tiny systems. Everything it needs comes with the source; nothing is downloaded."
        },
        footer = {"", "Examples:", "  jocular demo", "  jocular demo --quick --seed 12 --out /tmp/demo"})
final class DemoCommand implements Callable<Integer> {
    /** In the order of the table; the first that is there answers questions. */
    static final List<String> TINY =
            List.of("tiny-llava", "tiny-blip2", "tiny-instructblip", "tiny-minigpt4", "tiny-mplug-owl");

    private static final String GOLDEN = "golden-llava";
    private static final String GOLDEN_QUESTION = "Is the red circle left of the blue square? Answer yes or no.";
    private static final int GOLDEN_TOKENS = 24;
    private static final int MAX_NEW_TOKENS = 64;
    private static final int LARGE = 10;

    private final Console console;
    private final DemoPrinter show;

    @Option(names = "--out", paramLabel = "DIR", description = "Where its files go (default: ${DEFAULT-VALUE}).")
    Path out = Path.of("jocular-demo");

    @Option(
            names = "--seed",
            paramLabel = "N",
            description = "Another number draws another scene (default: ${DEFAULT-VALUE}).")
    long seed = 7;

    @Option(names = "--quick", description = "Leave the evaluation out.")
    boolean quick;

    @Option(
            names = "--questions",
            paramLabel = "N",
            description = "Questions of each kind in the evaluation (default: ${DEFAULT-VALUE}).")
    int questions = 20;

    @Mixin
    DeviceOptions device = new DeviceOptions();

    DemoCommand(Console console) {
        this.console = console;
        this.show = new DemoPrinter(console);
    }

    @Override
    public Integer call() throws InterruptedException {
        List<Path> tiny =
                TINY.stream().map(Home::modelOrNull).filter(Objects::nonNull).toList();
        makeFolder();
        boolean passed;
        try (Executor executor = device.open()) {
            show.title(
                    "From a picture to an answer",
                    "executor %s, %d threads, %d-bit vectors, Java %s"
                            .formatted(executor.name(), executor.threads(), Machine.vectorBits(), Runtime.version()));
            sayMissing();
            talk(executor, tiny.isEmpty() ? null : tiny.getFirst());
            passed = check(executor);
        }
        if (tiny.isEmpty()) {
            console.out()
                    .printf(
                            "%nThe weights of this model are random: it has learned nothing and its answer is noise. What the check shows is that%n"
                                    + "every number on the way is right; for real answers see 'jocular ask --help'.%n");
        } else if (!quick) {
            new DemoEvaluation(show, questions, device, out.resolve("evaluation")).run(tiny);
        }
        return passed ? 0 : Failures.DIFFERS;
    }

    private void makeFolder() {
        try {
            Files.createDirectories(out);
        } catch (IOException e) {
            throw new BadInput("%s cannot be made: %s".formatted(out, e), e);
        }
    }

    private void sayMissing() {
        List<String> missing = new ArrayList<>(TINY);
        missing.removeIf(name -> Home.modelOrNull(name) != null);
        if (!missing.isEmpty()) {
            console.note("jocular: the demo does without models/%s, which %s not there"
                    .formatted(String.join(", models/", missing), missing.size() == 1 ? "is" : "are"));
        }
    }

    /** @param tiny a model that has learned something; null: what every stage does shows one of random weights too */
    private void talk(Executor executor, @Nullable Path tiny) {
        DemoScene scene = tiny == null ? null : DemoScene.of(seed);
        Path directory = tiny == null ? Home.model(GOLDEN) : tiny;
        Picture picture = picture(scene);
        Stopwatch watch = new Stopwatch();
        try (VisionLanguageModel vlm = Systems.load(directory);
                DemoPath path = new DemoPath(show, executor, vlm, scene == null ? GOLDEN_TOKENS : MAX_NEW_TOKENS)) {
            path.model(directory, watch.lap("load"));
            VisualTokens seen = path.see(picture, out.resolve("patches.png"));
            Question description = scene == null ? null : scene.description();
            String text = path.prompt(seen, description == null ? GOLDEN_QUESTION : description.text());
            Answer answer = path.answer(seen, text);
            if (scene != null && description != null) {
                show.text(console.dim("the truth: " + description.answer()));
                DemoTalk talk = new DemoTalk(show, scene);
                talk.questions(path, seen);
                talk.statements(path, seen);
                talk.attention(vlm, executor, picture, text, answer, out.resolve("attention.png"));
            }
        }
    }

    private Picture picture(@Nullable DemoScene scene) {
        show.stage("picture");
        Path file = out.resolve("scene.png");
        if (scene == null) {
            Drawing.write(Drawing.circleLeftOfSquare(), file);
            show.line("%s: a red circle left of a blue square, drawn, written, read back", file);
            return PictureReader.read(file);
        }
        Picture picture = scene.write(file, 1);
        Path large = out.resolve("scene-large.png");
        scene.write(large, LARGE);
        show.line("%s: a scene of %d things in %d x %d pixels", file, things(scene), picture.width(), picture.height());
        show.line("%s: the same for human eyes; --seed %d draws another", large, seed + 1);
        if (console.colours()) {
            Drawing.blocks(picture).forEach(show::text);
        }
        return picture;
    }

    private static int things(DemoScene scene) {
        return scene.scene().things().size();
    }

    private boolean check(Executor executor) {
        show.stage("check");
        ParityReport report = Parity.compare(Home.model(GOLDEN), executor, Parity.TOLERANCE);
        show.line(
                "%s against PyTorch: %d intermediates of models/%s, worst relative error %.1e; %d of %d lists of ids equal",
                report.passed()
                        ? console.good("PASSED")
                        : console.bad("FAILED, " + report.differences().getFirst()),
                report.names().size(),
                GOLDEN,
                report.names().getLast().error(),
                report.idsEqual(),
                report.idsTotal());
        return report.passed();
    }
}
