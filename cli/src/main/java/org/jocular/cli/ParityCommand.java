package org.jocular.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jocular.systems.parity.Parity;
import org.jocular.systems.parity.ParityReport;
import org.jocular.systems.parity.ParityReport.Compared;
import org.jocular.tensor.BadInput;
import org.jocular.tensor.Executor;
import org.jocular.weights.ModelPaths;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Compares models with what their reference implementations computed. */
@Command(
        name = "parity",
        customSynopsis = "jocular parity DIR... [OPTIONS]",
        description = "Compare every step of a model with recorded values of its reference implementation.",
        footer = {
            "",
            "Exit status: 1 where anything differs, otherwise 2 where a folder could not be compared.",
            "",
            "Example:",
            "  jocular parity models/golden-llava --device reference"
        })
final class ParityCommand implements Callable<Integer> {
    private static final int SHOWN_DIFFERENCES = 10;

    private final Console console;

    @Parameters(arity = "1..*", paramLabel = "DIR", description = "Golden folders: a model with cases.json.")
    List<Path> directories = new ArrayList<>();

    @Option(
            names = "--model",
            paramLabel = "DIR",
            description =
                    "Compare this model instead of the one in the folder: a converted one with the original's values.")
    @Nullable
    String model;

    @Option(
            names = "--tolerance",
            paramLabel = "E",
            description = "Largest relative error of an intermediate (default: ${DEFAULT-VALUE}).")
    double tolerance = Parity.TOLERANCE;

    @Option(names = "--json", description = "Print one object a folder.")
    boolean json;

    @Mixin
    DeviceOptions device = new DeviceOptions();

    ParityCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        if (!(tolerance >= 0)) {
            throw new BadInput("--tolerance is %s, expected at least 0".formatted(tolerance));
        }
        if (model != null && directories.size() != 1) {
            throw new BadInput("--model is for one folder, not for %d".formatted(directories.size()));
        }
        boolean differs = false;
        boolean failed = false;
        try (Executor executor = device.open()) {
            for (Path directory : directories) {
                try {
                    ParityReport report = Parity.compare(
                            directory, model == null ? directory : ModelPaths.resolve(model), executor, tolerance);
                    differs |= !report.passed();
                    if (json) {
                        console.json(json(report));
                    } else {
                        print(report);
                    }
                } catch (BadInput e) {
                    failed = true;
                    if (json) {
                        console.json(json(directory, String.valueOf(e.getMessage())));
                    }
                    Failures.report(e, console, false);
                }
            }
        }
        return differs ? Failures.DIFFERS : failed ? Failures.BAD_INPUT : 0;
    }

    private void print(ParityReport report) {
        console.out().println(console.bold(report.directory()));
        for (Compared compared : report.names()) {
            console.out().printf(Locale.ROOT, "  %.2e  %s  %s%n", compared.error(), compared.caseId(), compared.name());
        }
        console.row("names", "%d compared", report.names().size());
        console.row("ids", "%d of %d lists equal", report.idsEqual(), report.idsTotal());
        console.row("candidates", "worst difference %.2e", report.worstCandidate());
        List<String> differences = report.differences();
        for (String difference : differences.subList(0, Math.min(SHOWN_DIFFERENCES, differences.size()))) {
            console.row("differs", "%s", difference);
        }
        if (differences.size() > SHOWN_DIFFERENCES) {
            console.row("", "… and %d more", differences.size() - SHOWN_DIFFERENCES);
        }
        console.out().println(report.passed() ? console.good("PASSED") : console.bad("FAILED"));
        console.out().flush();
    }

    private static Map<String, Object> json(ParityReport report) {
        Compared worst = report.names().isEmpty() ? null : report.names().getLast();
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("dir", report.directory());
        fields.put("passed", report.passed());
        fields.put("names", report.names().size());
        fields.put("worst", worst == null ? null : Map.of("name", worst.name(), "error", number(worst.error())));
        fields.put("ids", Map.of("equal", report.idsEqual(), "total", report.idsTotal()));
        fields.put("candidates", Map.of("worst", number(report.worstCandidate())));
        fields.put("differences", report.differences());
        return fields;
    }

    /** A folder that could not be compared. */
    private static Map<String, Object> json(Path directory, @Nullable String why) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("dir", directory.toString());
        fields.put("passed", false);
        fields.put("names", 0);
        fields.put("error", why);
        return fields;
    }

    /** JSON has no infinity; nothing finite comes near this. */
    private static double number(double error) {
        return Double.isFinite(error) ? error : Double.MAX_VALUE;
    }
}
