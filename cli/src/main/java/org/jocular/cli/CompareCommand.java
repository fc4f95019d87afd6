package org.jocular.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jocular.eval.report.Comparison;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Several systems side by side. */
@Command(
        name = "compare",
        customSynopsis = "jocular compare RUN... --out DIR [OPTIONS]",
        description = {
            "Set runs side by side: their figures with 95 %% intervals, and how sure the differences are.",
            "All must have been asked the same questions; how they were worded may differ, and is shown."
        },
        footer = {"", "Example:", "  jocular compare runs/blip2 runs/instructblip runs/llava --out runs/table"})
final class CompareCommand implements Callable<Integer> {
    private final Console console;

    @Parameters(arity = "2..*", paramLabel = "RUN", description = "Folders of finished runs.")
    List<Path> runs = new ArrayList<>();

    @Option(names = "--out", required = true, paramLabel = "DIR", description = "Where to write the comparison.")
    Path out = Path.of("");

    @Option(
            names = "--different-data",
            description = "Compare runs over different data too, by the questions that they have in common.")
    boolean differentData;

    CompareCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        console.out().print(Comparison.write(runs, out, differentData));
        console.out().flush();
        console.note("jocular: %s is the page".formatted(out.resolve("comparison.html")));
        return 0;
    }
}
