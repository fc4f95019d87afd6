package org.jocular.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import org.jocular.cli.verify.Catalogue;
import org.jocular.cli.verify.Check;
import org.jocular.cli.verify.Described;
import org.jocular.cli.verify.Outcome;
import org.jocular.cli.verify.Outcome.Verdict;
import org.jocular.cli.verify.PictureFolder;
import org.jocular.cli.verify.PublicCheckpoint;
import org.jocular.cli.verify.Verifier;
import org.jocular.systems.Systems;
import org.jocular.systems.VisionLanguageModel;
import org.jocular.tensor.BadInput;
import org.jocular.tensor.Executor;
import org.jocular.vit.Picture;
import org.jocular.weights.ModelPaths;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Whether a published checkpoint answers here as its publishers recorded it. */
@Command(
        name = "verify",
        customSynopsis = "jocular verify [--model DIR] [--as NAME] [--images DIR] [OPTIONS]",
        description = {
            "Check a published checkpoint against the outputs that its publishers recorded.",
            "Without --model: list what would be checked, with which pictures, and where it is recorded."
        },
        footer = {
            "",
            "The pictures do not come with this program: the list says where their publishers have them.",
            "Exit status: 1 where a required output differs, otherwise 2 where none could be compared.",
            "",
            "Examples:",
            "  jocular verify",
            "  jocular verify --as llava-1.5-7b-hf --images pictures",
            "  jocular verify --model llava-hf/llava-1.5-7b-hf --images pictures"
        })
final class VerifyCommand implements Callable<Integer> {
    private final Console console;
    private final Supplier<Catalogue> records;

    @Option(
            names = "--model",
            paramLabel = "DIR",
            description = "Model directory, or the id of one in the local Hugging Face cache.")
    @Nullable
    String model;

    @Option(
            names = "--as",
            paramLabel = "NAME",
            description = "Which published checkpoint it is (default: that which has its sizes).")
    @Nullable
    String as;

    @Option(
            names = "--images",
            paramLabel = "DIR",
            description = "Where the pictures are, under their publishers' names (default: the current directory).")
    Path images = Path.of("");

    @Option(names = "--json", description = "Print one object.")
    boolean json;

    @Mixin
    DeviceOptions device = new DeviceOptions();

    VerifyCommand(Console console) {
        this(console, Catalogue::published);
    }

    /** @param records read when they are needed: this object is made at every start of the program */
    VerifyCommand(Console console, Supplier<Catalogue> records) {
        this.console = console;
        this.records = records;
    }

    @Override
    public Integer call() {
        Catalogue catalogue = records.get();
        PictureFolder folder = new PictureFolder(catalogue, images);
        if (model == null) {
            Catalogue listed =
                    as == null ? catalogue : new Catalogue(catalogue.pictures(), List.of(catalogue.named(as)));
            if (json) {
                console.json(listed.json());
            } else {
                listed.checkpoints().forEach(checkpoint -> list(checkpoint, folder));
            }
            return 0;
        }
        Path directory = ModelPaths.resolve(model);
        PublicCheckpoint checkpoint = as == null ? catalogue.recognised(directory) : catalogue.named(as);
        return verify(directory, checkpoint, folder);
    }

    private void list(PublicCheckpoint checkpoint, PictureFolder folder) {
        console.out()
                .printf(
                        "%s: %s%n",
                        console.bold(checkpoint.name()), checkpoint.sizes().sentence());
        for (Check check : checkpoint.checks()) {
            console.out()
                    .printf(
                            "%n %s%s%n",
                            console.bold(check.id()), folder.missing(check) == null ? " (its pictures are here)" : "");
            Described.rows(folder.catalogue(), check).forEach(row -> console.row(row.name(), "%s", row.text()));
        }
        console.out().println();
        console.out().flush();
    }

    private int verify(Path directory, PublicCheckpoint checkpoint, PictureFolder folder) {
        List<Check> checks = checkpoint.checks();
        // Before the model: a broken picture should not cost the time that loading takes.
        Map<String, Picture> pictures = folder.read(checks);
        List<Outcome> outcomes = new ArrayList<>();
        Map<String, Object> settings = new LinkedHashMap<>();
        if (pictures.isEmpty()) {
            // Nothing to ask: the weights need not be opened.
            title(directory, checkpoint);
            checks.forEach(check -> add(outcomes, Outcome.notRun(check, String.valueOf(folder.missing(check)))));
        } else {
            try (Executor executor = device.open();
                    VisionLanguageModel vlm = load(directory, checkpoint);
                    Verifier verifier = new Verifier(vlm, executor, pictures)) {
                settings.putAll(Repeat.model(vlm, directory));
                settings.putAll(Repeat.machine(executor));
                title(directory, checkpoint);
                remark(vlm);
                for (Check check : checks) {
                    String missing = folder.missing(check);
                    add(outcomes, missing == null ? verifier.run(check) : Outcome.notRun(check, missing));
                }
            }
        }
        return summarise(directory, checkpoint, outcomes, settings);
    }

    private void title(Path directory, PublicCheckpoint checkpoint) {
        if (!json) {
            String why = as == null ? "whose sizes it has" : "as --as says";
            console.out().printf("%s as %s, %s%n", directory, console.bold(checkpoint.name()), why);
            console.out().flush();
        }
    }

    private VisionLanguageModel load(Path directory, PublicCheckpoint checkpoint) {
        VisionLanguageModel vlm = Systems.load(directory);
        String system = checkpoint.sizes().system();
        if (!vlm.system().equals(system)) {
            String found = vlm.system();
            vlm.close();
            throw new BadInput("--as is %s, which is a %s, but %s holds a %s"
                    .formatted(checkpoint.name(), system, directory, found));
        }
        return vlm;
    }

    /** Records are of the published weights; others may rightly differ. */
    private void remark(VisionLanguageModel vlm) {
        String dtype = vlm.weights().dtype();
        if (!List.of("F32", "F16").contains(dtype)) {
            console.note(
                    "jocular: note: these weights are stored as %s, the published ones as F32 or F16: differences may come from that"
                            .formatted(dtype));
        }
    }

    private void add(List<Outcome> outcomes, Outcome outcome) {
        outcomes.add(outcome);
        if (json) {
            return;
        }
        String label = "%-8s".formatted(outcome.verdict().label());
        String shown = switch (outcome.verdict()) {
            case PASSED -> console.good(label);
            case DIFFERS -> console.bad(label);
            case SHOWN, NOT_RUN -> console.dim(label);
        };
        console.out().printf("%s %-18s %s%n", shown, outcome.check().id(), outcome.sentence());
        if (outcome.verdict() == Verdict.DIFFERS || outcome.verdict() == Verdict.SHOWN) {
            output("expected", outcome.expected());
            output("found", outcome.found());
        }
        console.out().flush();
    }

    private void output(String name, Map<String, Object> output) {
        output.values()
                .forEach(value -> console.row(
                        name,
                        "%s",
                        Console.printable(
                                value instanceof String text ? Described.quoted(text) : String.valueOf(value))));
    }

    private int summarise(
            Path directory, PublicCheckpoint checkpoint, List<Outcome> outcomes, Map<String, Object> settings) {
        Map<Verdict, Long> counts = new LinkedHashMap<>();
        for (Verdict verdict : Verdict.values()) {
            counts.put(
                    verdict,
                    outcomes.stream().filter(o -> o.verdict() == verdict).count());
        }
        boolean compared =
                outcomes.stream().anyMatch(o -> o.verdict() == Verdict.PASSED || o.verdict() == Verdict.DIFFERS);
        String conclusion = "%d passed, %d differ, %d only shown, %d not run%s"
                .formatted(
                        counts.get(Verdict.PASSED),
                        counts.get(Verdict.DIFFERS),
                        counts.get(Verdict.SHOWN),
                        counts.get(Verdict.NOT_RUN),
                        compared ? "" : ": nothing could be compared, so nothing is proven");
        if (json) {
            Map<String, Object> fields = new LinkedHashMap<>();
            fields.put("model", directory.toString());
            fields.put("checkpoint", checkpoint.name());
            fields.put("recognised_by", as == null ? "sizes" : "--as");
            counts.forEach((verdict, count) -> fields.put(verdict.name().toLowerCase(Locale.ROOT), count));
            fields.put("conclusion", conclusion);
            fields.put("checks", outcomes.stream().map(this::json).toList());
            fields.put("settings", settings);
            console.json(fields);
        } else {
            console.out().println(conclusion);
            console.out().flush();
        }
        boolean differs = outcomes.stream().anyMatch(o -> o.verdict() == Verdict.DIFFERS);
        return differs ? Failures.DIFFERS : compared ? 0 : Failures.BAD_INPUT;
    }

    private Map<String, Object> json(Outcome outcome) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("id", outcome.check().id());
        fields.put("verdict", outcome.verdict().label());
        fields.put("why", outcome.sentence());
        fields.put("expected", outcome.expected());
        fields.put("found", outcome.found());
        return fields;
    }
}
