package org.jocular.train.run;

import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import org.jocular.systems.convert.Conversion;
import org.jocular.systems.convert.Origin;
import org.jocular.tensor.BadInput;
import org.jocular.tensor.Tensor;
import org.jocular.train.FreshValues;
import org.jocular.train.recipe.Stage;
import org.jocular.train.tiny.TinyModels;
import org.jocular.weights.Checkpoint;
import org.jocular.weights.ModelPaths;
import org.jocular.weights.SafetensorsWriter;
import org.jocular.weights.TensorFile;
import org.jocular.weights.TensorInfo;

/**
 * Puts the model together that a stage begins with, as a model directory in the hub's layout. One tensor after the other is read and written, so
 * that a model may be larger than the memory.
 */
final class StageModel implements AutoCloseable {
    static final String TINY = "tiny:";

    /** Most bytes of weights in a file, as {@code jocular convert} has it. */
    static final long SHARD = 5_000_000_000L;

    /** A learned vector that is no tensor of the model, handed on from one stage with an oracle to the next. */
    static final String ORACLE_FILE = "oracle.safetensors";

    private final Stage stage;
    private final boolean tiny;
    private final Map<String, Checkpoint> others = new LinkedHashMap<>();

    private StageModel(Stage stage) {
        this.stage = stage;
        tiny = stage.model().startsWith(TINY);
    }

    /**
     * Writes it.
     *
     * @param folder that of the stage
     * @param from where the model of an earlier stage or of another name lies
     */
    static void write(Stage stage, StageFolder folder, Function<String, Path> from, Conversion.Progress progress) {
        try (StageModel model = new StageModel(stage)) {
            for (Stage.Start start : stage.start()) {
                if (!start.from().equals(Stage.Start.FRESH) && !model.others.containsKey(start.from())) {
                    Path other = from.apply(start.from());
                    model.others.put(start.from(), Checkpoint.open(other));
                    keepOracle(other.resolve(ORACLE_FILE), folder.oracle());
                }
            }
            Conversion.run(
                    Origin.model(model.base(folder)),
                    folder.start(),
                    new Conversion.Settings(null, SHARD),
                    model::started,
                    progress);
        }
        folder.delete(folder.fresh());
    }

    private static void keepOracle(Path saved, Path kept) {
        if (saved.toFile().isFile()) {
            try (Checkpoint checkpoint = Checkpoint.open(saved)) {
                SafetensorsWriter.write(kept, checkpoint);
            }
        }
    }

    private Path base(StageFolder folder) {
        if (!tiny) {
            return ModelPaths.resolve(stage.model());
        }
        String name = stage.model().substring(TINY.length());
        TinyModels.writeFiles(name, folder.fresh());
        try (Arena arena = Arena.ofShared()) {
            SafetensorsWriter.write(
                    folder.fresh().resolve("model.safetensors"),
                    new TreeMap<>(TinyModels.initialise(name, folder.fresh(), stage.seed(), arena)));
        }
        return folder.fresh();
    }

    /** The stage's model, with the parts that come from elsewhere in their places. */
    private TensorFile started(TensorFile model) {
        ReplacedTensors started = new ReplacedTensors(model);
        for (Stage.Start start : stage.start()) {
            List<TensorInfo> part = model.tensors().stream()
                    .filter(info -> isPart(info.name(), start.part()))
                    .toList();
            if (!start.from().equals(Stage.Start.FRESH)) {
                take(start, part, started);
            } else if (part.isEmpty()) {
                throw new BadInput("stage %s begins part \"%s\" anew, which %s has not"
                        .formatted(stage.name(), start.part(), stage.model()));
            } else if (!tiny) {
                // A tiny model is all fresh, with values of its own.
                part.forEach(info -> refresh(info, model, started));
            }
        }
        return started;
    }

    /** All tensors of a part; what the other model does not have stays as it is, where it has any of the part. */
    private void take(Stage.Start start, List<TensorInfo> part, ReplacedTensors started) {
        Checkpoint other = others.get(start.from());
        if (other == null) {
            throw new IllegalStateException(start.from() + " was not opened");
        }
        if (ClipForMplugOwl.fits(stage, start, other)) {
            ClipForMplugOwl.replace(other, start.as(), part, started);
            return;
        }
        Map<String, TensorInfo> there = new LinkedHashMap<>();
        other.tensors().forEach(info -> there.put(info.name(), info));
        int taken = 0;
        for (TensorInfo info : part) {
            TensorInfo source = there.get(renamed(info.name(), start));
            if (source != null) {
                if (!source.shape().equals(info.shape())) {
                    throw new BadInput("stage %s takes %s of %s as %s, which is %s there and %s here"
                            .formatted(
                                    stage.name(),
                                    source.name(),
                                    other.file(),
                                    info.name(),
                                    source.shape(),
                                    info.shape()));
                }
                started.replace(info.name(), source, arena -> other.tensor(source.name(), arena));
                taken++;
            }
        }
        if (taken == 0) {
            throw new BadInput("stage %s takes part \"%s\" from %s, which has nothing of it: it holds %s…"
                    .formatted(
                            stage.name(),
                            start.part(),
                            other.file(),
                            String.join(", ", there.keySet().stream().limit(3).toList())));
        }
    }

    private void refresh(TensorInfo info, TensorFile model, ReplacedTensors started) {
        long[] shape = info.shape().stream().mapToLong(Long::longValue).toArray();
        TensorInfo weight = !info.name().endsWith("bias")
                ? null
                : model.tensors().stream()
                        .filter(other -> other.name().equals(FreshValues.weightOf(info.name())))
                        .findFirst()
                        .orElse(null);
        long[] weightShape = weight == null
                ? null
                : weight.shape().stream().mapToLong(Long::longValue).toArray();
        int[] sizes = Arrays.stream(shape).mapToInt(Math::toIntExact).toArray();
        started.replaceFloats(
                info, arena -> Tensor.of(arena, FreshValues.of(stage.seed(), info.name(), sizes, weightShape), shape));
    }

    private static boolean isPart(String name, String part) {
        return part.isEmpty() || name.equals(part) || name.startsWith(part + ".");
    }

    private static String renamed(String name, Stage.Start start) {
        String rest = start.part().isEmpty()
                ? name
                : name.substring(Math.min(name.length(), start.part().length() + 1));
        if (start.as().isEmpty()) {
            return rest;
        }
        return rest.isEmpty() ? start.as() : start.as() + "." + rest;
    }

    @Override
    public void close() {
        others.values().forEach(Checkpoint::close);
    }
}
