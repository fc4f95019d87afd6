package org.jocular.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.apache.commons.math3.stat.descriptive.DescriptiveStatistics;
import org.apache.commons.math3.stat.descriptive.SummaryStatistics;
import org.jocular.train.recipe.Recipe;
import org.jocular.train.recipe.Stage;
import org.jocular.train.run.Training;
import org.jocular.weights.JsonFile;
import tools.jackson.databind.JsonNode;

/** What stands beside a tiny model: what it is, how to make it again, what it can do and what not. */
final class ModelCard {
    /** Rows: the figure's name, the benchmark and the key in its results. */
    private static final List<Figure> FIGURES = List.of(
            new Figure("colour", "gqa", "structural.color"),
            new Figure("shape", "gqa", "structural.shape"),
            new Figure("size", "gqa", "structural.size"),
            new Figure("where", "gqa", "structural.where"),
            new Figure("existence", "gqa", "structural.existence"),
            new Figure("counting", "gqa", "structural.count"),
            new Figure("complex", "gqa", "structural.complex"),
            new Figure("spatial relations (VSR)", "vsr", "accuracy"),
            new Figure("of these: above", "vsr", "relation.above"),
            new Figure("of these: left of", "vsr", "relation.left of"),
            new Figure("multiple choice (ScienceQA)", "scienceqa", "accuracy"),
            new Figure("details (LLaVA-Bench)", "llava-bench", "detail"),
            new Figure("captions (NoCaps), CIDEr", "nocaps", "NoCaps CIDEr"));

    private record Figure(String name, String task, String key) {}

    private final String name;
    private final String what;
    private final Recipe recipe;
    private final String stage;
    private final int threads;
    private final Map<String, Map<Figure, DescriptiveStatistics>> figures = new LinkedHashMap<>();
    private final Map<String, SummaryStatistics> seconds = new LinkedHashMap<>();
    private final SummaryStatistics minutes = new SummaryStatistics();

    /**
     * A card without figures.
     *
     * @param what the model is, a sentence
     * @param stage that it is the end of
     */
    ModelCard(String name, String what, Recipe recipe, String stage, int threads) {
        this.name = name;
        this.what = what;
        this.recipe = recipe;
        this.stage = stage;
        this.threads = threads;
    }

    /** Once for each seed: all stages of all models. */
    void trained(List<Training.Result> stages) {
        minutes.addValue(stages.stream().mapToDouble(Training.Result::seconds).sum() / 60);
        for (Training.Result result : stages) {
            seconds.computeIfAbsent(result.stage(), any -> new SummaryStatistics())
                    .addValue(result.seconds());
        }
    }

    /** Once for each seed and split. */
    void evaluated(String split, Path results) {
        JsonNode json = JsonFile.read(results).json().path("results");
        Map<Figure, DescriptiveStatistics> all = figures.computeIfAbsent(split, any -> new LinkedHashMap<>());
        for (Figure figure : FIGURES) {
            JsonNode value = json.path(figure.task).path(figure.key);
            if (value.isNumber()) {
                all.computeIfAbsent(figure, any -> new DescriptiveStatistics()).addValue(value.asDouble());
            }
        }
    }

    String text() {
        return """
                # %s

                %s The code of the real system at a size that learns a synthetic world of coloured shapes in minutes: pictures of 48 x 48 pixels, a
                vocabulary of a hundred words, weights in F16. It knows nothing else; words that are not in its vocabulary it says it does not know.

                ## How it was made

                `./jocular models --out models --work build-models`: recipe `recipes/%s.json`, trained with %d seeds, of which this is the first, 0. All
                models together took %.1f minutes a seed on %d threads; the stages of this one, on the mean of all seeds:

                %s
                The same number of threads and vectors of the same width, here %d bits, give the same bits again.

                ## What it can do

                Each training was asked 200 questions of a kind about scenes that it had not seen, which leaves a figure of one training uncertain by
                7 points to either side at 50 %%, 4 at 90 %% and 3 at 95 %% (95 %% intervals). Out of domain means that every scene holds a pair of colour and shape that no training
                picture or text had. Answers count where they are equal to the true one; details are the share of right sentences. In brackets: mean
                ± standard deviation over %d trainings with different seeds.

                %s
                What can be guessed from the questions alone: colour 15, shape 21, size 50, where 11, existence 50, counting 53, VSR 51, multiple
                choice 33, complex 48.

                ## What to know

                - Its language model was first taught with the true contents of scenes in the place of pictures, in all kinds of questions, and is
                  what all tiny systems but MiniGPT-4 share; so it has seen every kind of question before any picture.
                - Held-out pairs of colour and shape are harder: that is what they are for.
                - Scenes of one to four things on a grid of 3 x 3. Photographs get answers, and the answers mean nothing.
                """.formatted(
                        name,
                        what,
                        recipe.name(),
                        minutes.getN(),
                        minutes.getMean(),
                        threads,
                        stages(),
                        Machine.vectorBits(),
                        minutes.getN(),
                        figures());
    }

    private String stages() {
        StringBuilder table = new StringBuilder(
                "| stage | what is trained | steps | examples a step | seconds |\n|---|---|---:|---:|---:|\n");
        for (Stage each : chain()) {
            SummaryStatistics time = seconds.getOrDefault(each.name(), new SummaryStatistics());
            table.append(String.format(
                    Locale.ROOT,
                    "| %s | %s | %,d | %d | %.0f |%n",
                    each.name(),
                    String.join(", ", each.train().keySet()),
                    each.duration().steps(),
                    each.batch(),
                    time.getMean()));
        }
        return table.toString();
    }

    /** The stages that lead to this model, in their order. */
    private List<Stage> chain() {
        List<Stage> chain = new ArrayList<>();
        Set<String> wanted = new HashSet<>(Set.of(stage));
        for (Stage each : recipe.stages().reversed()) {
            if (wanted.contains(each.name())) {
                each.start().forEach(start -> wanted.add(start.from()));
                chain.addFirst(each);
            }
        }
        return chain;
    }

    private String figures() {
        StringBuilder table = new StringBuilder("| in % | validation | out of domain |\n|---|---:|---:|\n");
        for (Figure figure : FIGURES) {
            if (figures.values().stream().noneMatch(all -> all.containsKey(figure))) {
                continue;
            }
            table.append("| %s | %s | %s |%n"
                    .formatted(figure.name, shown("validation", figure), shown("out-of-domain", figure)));
        }
        return table.toString();
    }

    private String shown(String split, Figure figure) {
        DescriptiveStatistics values = figures.getOrDefault(split, Map.of()).get(figure);
        if (values == null) {
            return "";
        }
        return values.getN() < 2
                ? String.format(Locale.ROOT, "%.1f", values.getElement(0))
                : String.format(
                        Locale.ROOT,
                        "%.1f (%.1f ± %.1f)",
                        values.getElement(0),
                        values.getMean(),
                        values.getStandardDeviation());
    }
}
