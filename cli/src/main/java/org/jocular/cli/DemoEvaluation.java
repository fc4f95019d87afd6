package org.jocular.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jocular.eval.report.Comparison;
import org.jocular.train.world.WorldFiles;

/** Tiny systems on a benchmark that is made on the spot, by the same evaluation that runs the published ones. */
final class DemoEvaluation {
    private static final long SEED = 0;

    private final DemoPrinter show;
    private final WorldFiles.Sizes sizes;
    private final DeviceOptions device;
    private final Path folder;

    /**
     * @param questions of each kind
     * @param folder for the world, the runs and the comparison
     */
    DemoEvaluation(DemoPrinter show, int questions, DeviceOptions device, Path folder) {
        this.show = show;
        this.sizes = new WorldFiles.Sizes(1, 2 * questions, questions, 1);
        this.device = device;
        this.folder = folder;
    }

    void run(List<Path> models) throws InterruptedException {
        show.stage("evaluation");
        Stopwatch watch = new Stopwatch();
        Path world = folder.resolve("world");
        WorldFiles.write(world, sizes, SEED, (files, all) -> {});
        Path data = world.resolve("validation");
        show.line("%d questions of each kind about scenes that no model has seen: %s", sizes.questions(), data);
        List<Path> runs = new ArrayList<>();
        String table = "";
        for (Path model : models) {
            Path out = folder.resolve(String.valueOf(model.getFileName()));
            table = new TinyEvaluation(show.console(), device).run(model, data, out);
            runs.add(out);
        }
        show.end("");
        if (runs.size() == 1) {
            table.lines().forEach(show::text);
        } else {
            Path comparison = folder.resolve("comparison");
            Comparison.write(runs, comparison, false);
            DemoTable.of(lines(comparison.resolve("comparison.csv"))).forEach(show::text);
            show.line("* the best; with 95 %% intervals and tests: %s", comparison.resolve("comparison.html"));
        }
        show.line("every answer, in the browser: %s", runs.getFirst().resolve("report.html"));
        show.text(show.console().dim("%.1f s".formatted(watch.total())));
    }

    private static List<String> lines(Path file) {
        try {
            return Files.readAllLines(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
