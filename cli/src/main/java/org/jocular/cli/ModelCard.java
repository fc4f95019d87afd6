package org.jocular.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.commons.math3.stat.descriptive.SummaryStatistics;
import org.jocular.train.recipe.Recipe;
import org.jocular.train.run.Training;
import org.jocular.weights.JsonFile;
import tools.jackson.databind.JsonNode;

/** What stands beside a tiny model: what it is, how to make it again, what it can do and what not. */
final class ModelCard {
    /** Columns: the figure's name, the benchmark and the key in its results. */
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
    private final Recipe recipe;
    private final String stage;
    private final Map<String, Map<Figure, SummaryStatistics>> figures = new LinkedHashMap<>();
    private final List<Double> minutes = new ArrayList<>();

    /** @param stage that the model is the end of */
    ModelCard(String name, Recipe recipe, String stage) {
        this.name = name;
        this.recipe = recipe;
        this.stage = stage;
    }

    /** Once for each seed. */
    void trained(List<Training.Result> stages) {
        minutes.add(stages.stream().mapToDouble(Training.Result::seconds).sum() / 60);
    }

    /** Once for each seed and split. */
    void evaluated(String split, Path results) {
        JsonNode json = JsonFile.read(results).json().path("results");
        Map<Figure, SummaryStatistics> all = figures.computeIfAbsent(split, any -> new LinkedHashMap<>());
        for (Figure figure : FIGURES) {
            JsonNode value = json.path(figure.task).path(figure.key);
            if (value.isNumber()) {
                all.computeIfAbsent(figure, any -> new SummaryStatistics()).addValue(value.asDouble());
            }
        }
    }

    String text() {
        StringBuilder table = new StringBuilder("| in % | validation | out of domain |\n|---|---:|---:|\n");
        for (Figure figure : FIGURES) {
            table.append("| %s | %s | %s |%n"
                    .formatted(figure.name, shown("validation", figure), shown("out-of-domain", figure)));
        }
        int seeds = minutes.size();
        double mean =
                minutes.stream().mapToDouble(Double::doubleValue).average().orElse(0);
        return """
                # %s

                The code of the real system at a size that learns a synthetic world of coloured shapes in minutes: pictures of 48 x 48 pixels, a
                vocabulary of a hundred words, weights in F16. It knows nothing else; words that are not in its vocabulary it says it does not know.

                Made by `./jocular models --out models --work build-models`: recipe `recipes/%s.json`, of which this is stage `%s`, seed 0 (the
                recipe's own seeds). All stages of one seed took %.1f minutes on %d threads.

                ## What it can do

                %s asked 200 questions of a kind about scenes that it has not seen, so that a figure of one training is uncertain by up to 3.5 points. Out of domain means that every scene holds a pair of colour and
                shape that no training picture or text had. Answers count where they are equal to the true one; details are the share of right
                sentences.

                %s
                What can be guessed from the questions alone: colour 15, shape 21, size 50, where 11, existence 50, counting 53, VSR 51, multiple
                choice 33, complex 48.

                ## What to know

                - Its language model was first taught with the true contents of scenes in the place of pictures, in all kinds of questions, and is
                  what all tiny systems but MiniGPT-4 share; so it has seen every kind of question before any picture.
                - Held-out pairs of colour and shape are clearly harder: that is what they are for.
                - Scenes of one to four things on a grid of 3 x 3. Photographs get answers, and the answers mean nothing.
                """.formatted(
                name,
                recipe.name(),
                stage,
                mean,
                Machine.cores(),
                seeds == 1
                        ? "One training,"
                        : "Mean ± standard deviation over %d trainings with different seeds, each".formatted(seeds),
                table);
    }

    private String shown(String split, Figure figure) {
        SummaryStatistics values = figures.getOrDefault(split, Map.of()).get(figure);
        if (values == null) {
            return "";
        }
        return values.getN() < 2
                ? String.format(Locale.ROOT, "%.1f", values.getMean())
                : String.format(Locale.ROOT, "%.1f ± %.1f", values.getMean(), values.getStandardDeviation());
    }
}
