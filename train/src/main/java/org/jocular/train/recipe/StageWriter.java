package org.jocular.train.recipe;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jocular.train.Schedule;
import org.jocular.train.data.Curriculum.Mixture;
import org.jocular.train.data.DataSpec;

/** A stage as JSON, in {@link StageReader}'s fields; what is as usual is left out, so that a field that is added later changes no key. */
final class StageWriter {
    private StageWriter() {}

    static Map<String, Object> json(Stage stage) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("name", stage.name());
        put(json, "source", stage.source(), List.of());
        json.put("model", stage.model());
        put(json, "start", stage.start().stream().map(StageWriter::start).toList(), List.of());
        put(json, "train", stage.train(), Map.of());
        Stage.Lora lora = stage.lora();
        if (lora != null) {
            json.put("lora", lora(lora));
        }
        json.put("data", stage.data().stream().map(DataSpec::toJson).toList());
        put(json, "mixture", stage.mixture().json(), Mixture.SIZE.json());
        put(json, "objective", stage.objective(), Stage.ANSWERS);
        put(json, "prompt", stage.prompt(), "");
        put(json, "pictures", stage.pictures(), Stage.PIXELS);
        put(json, "loss", loss(stage.loss()), Map.of());
        json.put("batch", stage.batch());
        put(json, "accumulate", stage.accumulate(), 1);
        put(json, "steps", stage.duration().steps(), 0);
        put(json, "epochs", stage.duration().epochs(), 0.0);
        pace(json, stage.pace());
        put(json, "seed", stage.seed(), 0L);
        put(json, "recompute", stage.recompute(), false);
        put(json, "max_length", stage.maxLength(), 0);
        return json;
    }

    private static void pace(Map<String, Object> json, Stage.Pace pace) {
        json.put("rate", pace.rate());
        put(json, "start_rate", pace.startRate(), 0.0);
        put(json, "end_rate", pace.endRate(), 0.0);
        put(json, "warmup", pace.warmup(), 0);
        put(json, "warmup_ratio", pace.warmupRatio(), 0.0);
        put(
                json,
                "schedule",
                pace.schedule().name().toLowerCase(Locale.ROOT),
                Schedule.Decay.COSINE.name().toLowerCase(Locale.ROOT));
        put(json, "betas", List.of(pace.beta1(), pace.beta2()), List.of(0.9, 0.999));
        put(json, "weight_decay", pace.weightDecay(), 0.0);
        put(json, "clip", pace.clip(), 0.0);
    }

    private static Map<String, Object> start(Stage.Start start) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("part", start.part());
        json.put("from", start.from());
        put(json, "as", start.as(), "");
        return json;
    }

    private static Map<String, Object> lora(Stage.Lora lora) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("rank", lora.rank());
        json.put("alpha", lora.alpha());
        put(json, "dropout", lora.dropout(), 0.0);
        json.put("targets", lora.targets());
        return json;
    }

    private static Map<String, Object> loss(Stage.Loss loss) {
        Map<String, Object> json = new LinkedHashMap<>();
        put(json, "end", loss.end(), 1.0);
        if (loss.longWords() > 0) {
            Map<String, Object> longAnswer = new LinkedHashMap<>();
            longAnswer.put("words", loss.longWords());
            longAnswer.put("weight", loss.longWeight());
            json.put("long_answer", longAnswer);
        }
        return json;
    }

    private static void put(Map<String, Object> json, String name, Object value, Object usual) {
        if (!value.equals(usual)) {
            json.put(name, value);
        }
    }
}
