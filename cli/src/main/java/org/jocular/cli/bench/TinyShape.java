package org.jocular.cli.bench;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.IntFunction;
import org.jocular.cli.bench.TinyLengths.Turn;
import org.jocular.tensor.BadInput;
import org.jocular.train.tiny.TinyModels;

/**
 * A tiny model and how one of its stages trains it.
 *
 * @param model one of {@link TinyModels#NAMES}
 * @param trained beginnings of the trained tensors' names; the empty one: all
 * @param batch examples of a step
 * @param lengths of the turns of each example
 */
record TinyShape(String name, String model, List<String> trained, int batch, IntFunction<List<Turn>> lengths) {
    private static final List<String> QFORMER = List.of("query_tokens", "qformer", "language_projection");

    /** By name. */
    static final Map<String, TinyShape> ALL = all(
            new TinyShape("tiny-language", TinyModels.LANGUAGE, List.of(""), 16, TinyLengths::dialogue),
            new TinyShape(
                    "tiny-llava-align",
                    "llava",
                    List.of("vision_tower", "multi_modal_projector"),
                    40,
                    TinyLengths::caption),
            new TinyShape(
                    "tiny-llava-instruct",
                    "llava",
                    List.of("multi_modal_projector", "language_model"),
                    16,
                    TinyLengths::dialogue),
            new TinyShape("tiny-blip2", "blip2", QFORMER, 16, TinyLengths::dialogue),
            new TinyShape("tiny-instructblip", "instructblip", QFORMER, 48, TinyLengths::single),
            new TinyShape("tiny-minigpt4", "minigpt4", List.of("language_projection"), 16, TinyLengths::dialogue),
            new TinyShape(
                    "tiny-mplug-owl",
                    "mplug-owl",
                    List.of("query_tokens", "abstractor", "vision_model"),
                    40,
                    TinyLengths::caption));

    private static Map<String, TinyShape> all(TinyShape... shapes) {
        Map<String, TinyShape> all = new TreeMap<>();
        for (TinyShape shape : shapes) {
            all.put(shape.name, shape);
        }
        return all;
    }

    /** Whether a tensor is trained, by its name in the model's code. */
    boolean isTrained(String tensor) {
        return trained.stream()
                .anyMatch(part -> part.isEmpty() || tensor.equals(part) || tensor.startsWith(part + "."));
    }

    static TinyShape named(String name) {
        TinyShape shape = ALL.get(name);
        if (shape == null) {
            throw new BadInput("--shape is %s, expected one of %s, or a LLaVA of real size: %s"
                    .formatted(name, String.join(", ", ALL.keySet()), String.join(", ", Shapes.LLAVA.keySet())));
        }
        return shape;
    }
}
