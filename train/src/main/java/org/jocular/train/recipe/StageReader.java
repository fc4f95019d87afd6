package org.jocular.train.recipe;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jocular.train.Schedule;
import org.jocular.train.data.Curriculum.Mixture;
import org.jocular.train.data.DataSpec;
import org.jocular.train.data.Entry;
import org.jspecify.annotations.Nullable;

/** A stage from its JSON; docs/training-data.md tells the fields. */
final class StageReader {
    static final List<String> KNOWN = List.of(
            "name",
            "source",
            "model",
            "like",
            "start",
            "train",
            "lora",
            "data",
            "mixture",
            "objective",
            "prompt",
            "pictures",
            "loss",
            "batch",
            "accumulate",
            "steps",
            "epochs",
            "rate",
            "start_rate",
            "end_rate",
            "warmup",
            "warmup_ratio",
            "schedule",
            "betas",
            "weight_decay",
            "clip",
            "seed",
            "recompute",
            "max_length");
    private static final List<String> PICTURES = List.of(Stage.PIXELS, Stage.ORACLE);
    private static final List<String> OBJECTIVES = List.of(Stage.ANSWERS, Stage.IMAGE_TEXT, Stage.PICTURES);

    /** Fields of which a stage that says one does not take the other from the stage that it is like. */
    private static final Map<String, String> INSTEAD = Map.of(
            "steps",
            "epochs",
            "epochs",
            "steps",
            "warmup",
            "warmup_ratio",
            "warmup_ratio",
            "warmup",
            "data",
            "mixture");

    private StageReader() {}

    /**
     * All stages of a file.
     *
     * @param before stages of another recipe, from which these may start and which they may be like
     * @return those before and these, in order
     */
    static List<Stage> all(Entry file, List<Stage> before) {
        List<Stage> stages = new ArrayList<>(before);
        for (Entry entry : file.objects("stages")) {
            String name = entry.text("name");
            if (named(stages, name) != null) {
                throw entry.bad("has name = \"%s\", which an earlier stage has already".formatted(name));
            }
            Entry stage = entry.called("stage \"%s\"".formatted(name));
            stages.add(read(stage.has("like") ? completed(stage, stages) : stage));
        }
        checkOrder(file, stages);
        return List.copyOf(stages);
    }

    /** With the fields of the stage that it is like, where it has none of its own. */
    private static Entry completed(Entry entry, List<Stage> earlier) {
        Stage model = named(earlier, entry.text("like"));
        if (model == null) {
            throw entry.wrong(
                    "like",
                    "one of the stages before it: "
                            + earlier.stream().map(Stage::name).collect(Collectors.joining(", ")));
        }
        Map<String, Object> fields = model.toJson();
        // Where its figures come from is the other stage's.
        fields.remove("source");
        INSTEAD.forEach((own, instead) -> {
            if (entry.has(own)) {
                fields.remove(instead);
            }
        });
        return entry.over(fields);
    }

    private static @Nullable Stage named(List<Stage> stages, String name) {
        return stages.stream()
                .filter(stage -> stage.name().equals(name))
                .findFirst()
                .orElse(null);
    }

    private static void checkOrder(Entry file, List<Stage> stages) {
        List<String> names = stages.stream().map(Stage::name).toList();
        for (int i = 0; i < stages.size(); i++) {
            for (Stage.Start start : stages.get(i).start()) {
                if (names.indexOf(start.from()) >= i) {
                    throw file.bad("has stage \"%s\" start from \"%s\", which does not come before it"
                            .formatted(names.get(i), start.from()));
                }
            }
        }
    }

    private static Stage read(Entry entry) {
        entry.only(KNOWN);
        Stage.Lora lora = lora(entry);
        String objective = objective(entry);
        int batch = entry.whole("batch", 1, 1 << 20);
        List<DataSpec> data = entry.objects("data").stream().map(DataSpec::of).toList();
        if (data.isEmpty()) {
            throw entry.bad("has no data, expected at least one source");
        }
        return new Stage(
                entry.text("name"),
                entry.has("source") ? entry.textOrTexts("source") : List.of(),
                entry.text("model"),
                start(entry),
                train(entry, lora),
                lora,
                data,
                mixture(entry, data),
                objective,
                objective.equals(Stage.ANSWERS) ? entry.text("prompt") : "",
                entry.oneOf("pictures", PICTURES, Stage.PIXELS),
                loss(entry),
                batch,
                entry.whole("accumulate", 1, batch, 1),
                duration(entry),
                pace(entry),
                entry.has("seed") ? entry.whole("seed", 0, Long.MAX_VALUE) : 0,
                entry.flag("recompute", false),
                entry.whole("max_length", 1, Integer.MAX_VALUE, 0));
    }

    /** Only answers are asked for, weighed, and learned by adapters. */
    private static String objective(Entry entry) {
        String objective = entry.oneOf("objective", OBJECTIVES, Stage.ANSWERS);
        List<String> others = switch (objective) {
            case Stage.IMAGE_TEXT -> List.of("prompt", "pictures", "loss", "lora");
            case Stage.PICTURES -> List.of("prompt", "pictures", "loss", "lora", "max_length");
            default -> List.of();
        };
        for (String other : others) {
            if (entry.has(other)) {
                throw entry.bad("has both objective = \"%s\" and %s, expected one of them".formatted(objective, other));
            }
        }
        return objective;
    }

    private static List<Stage.Start> start(Entry entry) {
        if (!entry.has("start")) {
            return List.of();
        }
        return entry.objects("start").stream()
                .map(part -> {
                    part.only(List.of("part", "from", "as"));
                    return new Stage.Start(part.text("part"), part.text("from"), part.text("as", ""));
                })
                .toList();
    }

    private static Map<String, Double> train(Entry entry, Stage.@Nullable Lora lora) {
        Map<String, Double> train = new LinkedHashMap<>();
        if (entry.has("train")) {
            Entry parts = entry.object("train");
            parts.names().forEach(name -> train.put(name, parts.between(name, 0, Double.MAX_VALUE)));
        }
        if (lora == null && train.values().stream().noneMatch(scale -> scale > 0)) {
            throw entry.bad("trains nothing, expected a part in train with a scale above 0, or lora");
        }
        return Collections.unmodifiableMap(train);
    }

    private static Stage.@Nullable Lora lora(Entry entry) {
        if (!entry.has("lora")) {
            return null;
        }
        Entry lora = entry.object("lora");
        lora.only(List.of("rank", "alpha", "dropout", "targets"));
        List<String> targets = lora.texts("targets");
        if (targets.isEmpty()) {
            throw lora.wrong("targets", "at least one layer's name");
        }
        return new Stage.Lora(
                lora.whole("rank", 1, 1 << 14), lora.positive("alpha"), lora.between("dropout", 0, 0.999, 0), targets);
    }

    private static Mixture mixture(Entry entry, List<DataSpec> data) {
        List<String> names = Arrays.stream(Mixture.values()).map(Mixture::json).toList();
        Mixture mixture = Mixture.valueOf(
                entry.oneOf("mixture", names, Mixture.SIZE.json()).toUpperCase(Locale.ROOT));
        boolean weights = mixture == Mixture.WEIGHTS;
        if (!data.stream().allMatch(spec -> (spec.weight() != null) == weights)) {
            throw entry.bad(
                    weights
                            ? "has mixture = \"weights\" and data without a weight, expected one for each"
                            : "has data with a weight, expected mixture = \"weights\" for that");
        }
        return mixture;
    }

    private static Stage.Loss loss(Entry entry) {
        if (!entry.has("loss")) {
            return Stage.Loss.EVEN;
        }
        Entry loss = entry.object("loss");
        loss.only(List.of("end", "long_answer"));
        double end = loss.between("end", 0, Double.MAX_VALUE, 1);
        if (!loss.has("long_answer")) {
            return new Stage.Loss(end, 0, 1);
        }
        Entry longAnswer = loss.object("long_answer");
        longAnswer.only(List.of("words", "weight"));
        return new Stage.Loss(
                end,
                longAnswer.whole("words", 1, Integer.MAX_VALUE),
                longAnswer.between("weight", 0, Double.MAX_VALUE));
    }

    private static Stage.Duration duration(Entry entry) {
        if (entry.has("steps") == entry.has("epochs")) {
            throw entry.bad(
                    entry.has("steps") ? "has both steps and epochs, expected one of them" : "lacks steps or epochs");
        }
        return entry.has("steps")
                ? new Stage.Duration(entry.whole("steps", 1, Integer.MAX_VALUE), 0)
                : new Stage.Duration(0, entry.positive("epochs"));
    }

    private static Stage.Pace pace(Entry entry) {
        if (entry.has("warmup") && entry.has("warmup_ratio")) {
            throw entry.bad("has both warmup and warmup_ratio, expected one of them");
        }
        int warmup = entry.whole("warmup", 0, Integer.MAX_VALUE, 0);
        if (entry.has("steps") && warmup > entry.whole("steps", 1, Integer.MAX_VALUE)) {
            throw entry.wrong("warmup", "at most as many as steps");
        }
        double[] betas = entry.has("betas") ? entry.numbers("betas") : new double[] {0.9, 0.999};
        if (betas.length != 2 || !Arrays.stream(betas).allMatch(beta -> beta >= 0 && beta < 1)) {
            throw entry.wrong("betas", "two numbers from 0 to below 1");
        }
        List<String> schedules = Arrays.stream(Schedule.Decay.values())
                .map(decay -> decay.name().toLowerCase(Locale.ROOT))
                .toList();
        return new Stage.Pace(
                entry.positive("rate"),
                entry.between("start_rate", 0, Double.MAX_VALUE, 0),
                entry.between("end_rate", 0, Double.MAX_VALUE, 0),
                warmup,
                entry.between("warmup_ratio", 0, 1, 0),
                Schedule.Decay.valueOf(
                        entry.oneOf("schedule", schedules, schedules.getFirst()).toUpperCase(Locale.ROOT)),
                betas[0],
                betas[1],
                entry.between("weight_decay", 0, Double.MAX_VALUE, 0),
                entry.between("clip", 0, Double.MAX_VALUE, 0));
    }
}
