package org.jocular.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jocular.eval.judge.Judge;
import org.jocular.eval.run.Shards;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** One run of several parts. */
@Command(
        name = "merge",
        customSynopsis = "jocular merge PART... --data DIR --out DIR [OPTIONS]",
        description = "Put the shards of a run together: the result is what the run would have been without shards.",
        footer = {"", "Example:", "  jocular merge runs/part1 runs/part2 --data data --out runs/llava"})
final class MergeCommand implements Callable<Integer> {
    private final Console console;

    @Parameters(arity = "1..*", paramLabel = "PART", description = "Folders of all parts.")
    List<Path> parts = new ArrayList<>();

    @Option(
            names = "--data",
            required = true,
            paramLabel = "DIR",
            description = "The benchmarks' files, for the pictures in the report.")
    Path data = Path.of("");

    @Option(names = "--out", required = true, paramLabel = "DIR", description = "Folder of the whole run.")
    Path out = Path.of("");

    @Mixin
    JudgeOptions judge = new JudgeOptions();

    MergeCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws InterruptedException {
        try (Judge reviewer = judge.open(out)) {
            Finish.run(Shards.merge(parts, out), data, reviewer, console);
        }
        return 0;
    }
}
