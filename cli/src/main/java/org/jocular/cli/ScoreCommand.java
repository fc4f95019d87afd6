package org.jocular.cli;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jocular.eval.metrics.Captions;
import org.jocular.eval.metrics.Gqa;
import org.jocular.eval.metrics.LlavaBench;
import org.jocular.eval.metrics.Mme;
import org.jocular.eval.metrics.Pope;
import org.jocular.eval.metrics.ScienceQa;
import org.jocular.eval.metrics.Scores;
import org.jocular.eval.metrics.Vqa;
import org.jocular.eval.metrics.Vsr;
import org.jocular.tensor.BadInput;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Scores of answers that exist already. */
@Command(
        name = "score",
        description = {
            "Score answers that exist already, with the numbers that the benchmark's own scorer prints.",
            "",
            "TASK is one of llava-bench, llava-bench-wild (--answers: the judge's reviews), nocaps, caption (COCO's results",
            "format), vsr, scienceqa, vqav2, pope, mme (a folder or LLaVA's lines) and gqa. Values are in the publisher's scale."
        },
        footer = {
            "",
            "Examples:",
            "  jocular score pope --answers llava-v1.5-13b.jsonl --data pope",
            "  jocular score llava-bench-wild --answers reviews.jsonl --json"
        })
final class ScoreCommand implements Callable<Integer> {
    private final Console console;

    @Parameters(paramLabel = "TASK", description = "What was answered, see above.")
    String task = "";

    @Option(
            names = "--answers",
            required = true,
            paramLabel = "FILE",
            description = "Answers in a format that their publishers use.")
    Path answers = Path.of("");

    @Option(
            names = "--data",
            paramLabel = "DIR",
            description = "The benchmark's annotation files under their published names, there or below.")
    @Nullable
    Path data;

    @Option(names = "--json", description = "Print one object: task, metrics, n.")
    boolean json;

    ScoreCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        Scores scores = scores();
        if (json) {
            Map<String, Object> object = new LinkedHashMap<>();
            object.put("task", task);
            object.put("metrics", scores.metrics());
            object.put("n", scores.n());
            object.put("notes", scores.notes());
            console.json(object);
        } else {
            int width = scores.metrics().keySet().stream()
                    .mapToInt(String::length)
                    .max()
                    .orElse(0);
            scores.metrics()
                    .forEach((name, value) -> console.out().printf(Locale.ROOT, "%-" + width + "s  %s%n", name, value));
            console.out().printf(Locale.ROOT, "%d answers%n", scores.n());
            scores.notes().forEach(note -> console.note("jocular: note: " + note));
        }
        return 0;
    }

    private Scores scores() {
        return switch (task) {
            case "llava-bench", "llava-bench-wild" -> LlavaBench.score(answers);
            case "nocaps" -> Captions.noCaps(answers, data());
            case "caption" -> Captions.coco(answers, data());
            case "vsr" -> Vsr.score(answers, data());
            case "scienceqa" -> ScienceQa.score(answers, data());
            case "vqav2" -> Vqa.score(answers, data());
            case "pope" -> Pope.score(answers, data());
            case "mme" -> Mme.score(answers, data());
            case "gqa" -> Gqa.score(answers, data());
            default ->
                throw new BadInput(
                        "%s is no task that can be scored; known are llava-bench, llava-bench-wild, nocaps, caption, vsr, scienceqa, vqav2, pope, mme and gqa"
                                .formatted(task));
        };
    }

    /** MME's own folders hold answers and truth together, so the answers' folder will do. */
    private Path data() {
        if (data != null) {
            return data;
        }
        if (task.equals("mme")) {
            return answers;
        }
        throw new BadInput("score %s needs --data, the folder of the benchmark's annotation files".formatted(task));
    }
}
