package org.jocular.train.recipe;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import org.jocular.tensor.AdamW;
import org.jocular.train.LoraAdapters;
import org.jocular.train.Objective;
import org.jocular.train.Schedule;
import org.jocular.train.data.Curriculum.Mixture;
import org.jocular.train.data.DataSpec;
import org.jocular.weights.Hashes;
import org.jspecify.annotations.Nullable;

/**
 * One training: parts of a model, on some data, for some steps.
 *
 * @param source where this stage's figures were published; the recipe's own tells those of all
 * @param model a model's directory, its id on the hub, or {@code tiny:NAME}
 * @param start parts that come from elsewhere than {@code model}
 * @param train how fast tensors learn, by the beginnings of their names; the longest that fits counts, and what none fits stays as it is
 * @param objective {@link #ANSWERS}, {@link #IMAGE_TEXT} or {@link #PICTURES}
 * @param prompt the system's preset that lessons are put into, or {@link #ALIGNMENT}; empty where answers are not the objective
 * @param pictures {@link #PIXELS} or {@link #ORACLE}
 * @param mixture how several sources are mixed
 * @param batch lessons in a step
 * @param accumulate passes into which a step is cut to save memory
 * @param recompute whether activations are computed again for the gradients, to save memory
 * @param maxLength longest sequence in rows, those of pictures included, or longest caption in tokens; 0: no limit
 */
public record Stage(
        String name,
        List<String> source,
        String model,
        List<Start> start,
        Map<String, Double> train,
        @Nullable Lora lora,
        List<DataSpec> data,
        Mixture mixture,
        String objective,
        String prompt,
        String pictures,
        Loss loss,
        int batch,
        int accumulate,
        Duration duration,
        Pace pace,
        long seed,
        boolean recompute,
        int maxLength) {
    /** A language model's answers. */
    public static final String ANSWERS = "answers";

    /** What a Q-Former sees in pictures is what their captions say: BLIP-2's first stage. */
    public static final String IMAGE_TEXT = "image-text";

    /** A Q-Former holds on to what the tower makes of pictures. */
    public static final String PICTURES = "pictures";

    /**
     * What LLaVA calls plain: the picture, the answer, a newline, and no word of the question. Not under that name, since InstructBLIP's preset of that
     * name is the question as it is.
     */
    public static final String ALIGNMENT = "alignment";

    /** Pictures are seen through the vision side. */
    public static final String PIXELS = "pixels";

    /** Pictures are replaced by what is in them. */
    public static final String ORACLE = "oracle";

    private static final String ADAPTER = "base_model.model.";

    /**
     * A part that is not as in the stage's model.
     *
     * @param part the beginning of tensors' names in this model; empty: all of it
     * @param from an earlier stage, {@link #FRESH}, or a model as in {@link Stage#model}
     * @param as the beginning of their names there; empty: none
     */
    public record Start(String part, String from, String as) {
        /** Initialised anew. */
        public static final String FRESH = "fresh";
    }

    /**
     * Low-rank adapters.
     *
     * @param targets names of the layers that get one, {@code *} standing for anything
     */
    public record Lora(int rank, double alpha, double dropout, List<String> targets) {
        public LoraAdapters.Settings settings() {
            return new LoraAdapters.Settings(rank, alpha, dropout);
        }

        /**
         * Whether a layer gets an adapter.
         *
         * @param module its full name
         */
        public boolean adapts(String module) {
            return targets.stream().anyMatch(target -> matches(target, module));
        }

        private static boolean matches(String target, String module) {
            String pattern = "\\Q" + target.replace("*", "\\E.*\\Q") + "\\E";
            return Pattern.matches(pattern, module);
        }
    }

    /**
     * How much tokens count.
     *
     * @param end weight of the token that ends an answer
     * @param longWords from how many words on an answer is a long one; 0: none is
     * @param longWeight weight of a long answer's tokens
     */
    public record Loss(double end, int longWords, double longWeight) {
        /** All alike. */
        public static final Loss EVEN = new Loss(1, 0, 1);
    }

    /**
     * How long.
     *
     * @param steps 0 where {@code epochs} says it
     * @param epochs times that all lessons are shown; 0 where {@code steps} says it
     */
    public record Duration(int steps, double epochs) {
        int steps(long stepsPerEpoch) {
            return steps > 0 ? steps : Math.toIntExact(Math.max(1, Math.round(epochs * stepsPerEpoch)));
        }
    }

    /**
     * How fast, and how the optimiser goes.
     *
     * @param warmupRatio part of all steps that is warm-up; 0 where {@code warmup} says how many
     * @param clip to which the gradients' norm is cut; 0: never
     */
    public record Pace(
            double rate,
            double startRate,
            double endRate,
            int warmup,
            double warmupRatio,
            Schedule.Decay schedule,
            double beta1,
            double beta2,
            double weightDecay,
            double clip) {}

    /** The rates of all steps; their number is {@link Schedule#steps}. */
    public Schedule schedule(long stepsPerEpoch) {
        int steps = duration.steps(stepsPerEpoch);
        // transformers' get_warmup_steps rounds up.
        int warmup = pace.warmupRatio > 0 ? (int) Math.ceil(pace.warmupRatio * steps) : pace.warmup;
        return new Schedule(pace.schedule, pace.startRate, pace.rate, pace.endRate, Math.min(warmup, steps), steps);
    }

    public AdamW adamW() {
        return new AdamW(pace.beta1, pace.beta2, 1e-8, pace.weightDecay);
    }

    /** The scale on the learning rate of a tensor, by its full name in the model's code; 0: it is frozen. Adapters and heads learn at the full rate. */
    public double rateScale(String tensor) {
        if (tensor.startsWith(ADAPTER) || tensor.startsWith(Objective.HEADS + ".")) {
            return 1;
        }
        String longest = null;
        for (String prefix : train.keySet()) {
            boolean fits = prefix.isEmpty() || tensor.equals(prefix) || tensor.startsWith(prefix + ".");
            if (fits && (longest == null || prefix.length() > longest.length())) {
                longest = prefix;
            }
        }
        return longest == null ? 0 : train.getOrDefault(longest, 0.0);
    }

    /** The same with another seed. */
    public Stage withSeed(long other) {
        return new Stage(
                name,
                source,
                model,
                start,
                train,
                lora,
                data,
                mixture,
                objective,
                prompt,
                pictures,
                loss,
                batch,
                accumulate,
                duration,
                pace,
                other,
                recompute,
                maxLength);
    }

    /** As a recipe would write it: what is as usual is left out. */
    public Map<String, Object> toJson() {
        return StageWriter.json(this);
    }

    /**
     * A hash of everything that decides what comes out, whatever the stage is called: stages that several recipes share have one key. The data are in
     * it by their files' names.
     *
     * @param identity what identifies a model: the key of an earlier stage, the hash of a directory, or the name itself
     */
    public String key(UnaryOperator<String> identity) {
        Map<String, Object> json = toJson();
        json.remove("name");
        json.remove("source");
        json.put("model", identity.apply(model));
        json.put(
                "start",
                start.stream()
                        .map(part -> new TreeMap<>(
                                Map.of("part", part.part, "from", identity.apply(part.from), "as", part.as)))
                        .toList());
        return Hashes.of(sorted(json));
    }

    private static Object sorted(Object value) {
        if (value instanceof Map<?, ?> map) {
            Map<String, Object> sorted = new TreeMap<>();
            map.forEach((name, inner) -> sorted.put(String.valueOf(name), sorted(inner)));
            return sorted;
        }
        return value instanceof List<?> list ? list.stream().map(Stage::sorted).toList() : value;
    }
}
