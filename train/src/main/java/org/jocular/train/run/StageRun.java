package org.jocular.train.run;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jocular.systems.convert.Conversion;
import org.jocular.systems.convert.Origin;
import org.jocular.tensor.BadInput;
import org.jocular.tensor.DType;
import org.jocular.tensor.GradientPass;
import org.jocular.tensor.Ops;
import org.jocular.tensor.Parameter;
import org.jocular.tensor.Parameters;
import org.jocular.tensor.Weights;
import org.jocular.train.Crew;
import org.jocular.train.Example;
import org.jocular.train.LoraAdapters;
import org.jocular.train.LoraFiles;
import org.jocular.train.Optimizer;
import org.jocular.train.Schedule;
import org.jocular.train.TrainableWeights;
import org.jocular.train.recipe.Stage;
import org.jocular.weights.SafetensorsWriter;
import org.jocular.weights.TensorFile;
import org.jocular.weights.TensorInfo;
import org.jspecify.annotations.Nullable;

/** One stage from its first step, or from where it was interrupted, to its last. */
final class StageRun implements AutoCloseable {
    private final Stage stage;
    private final Parameters parameters = new Parameters();
    private final @Nullable LoraAdapters adapters;
    private final AutoCloseable model;
    private final Material material;
    private final Crew crew;
    private final Optimizer optimizer;
    private final Schedule schedule;

    /**
     * @param folder with the model that the stage begins with, as {@link StageModel} wrote it
     * @param data   the folder with all training data
     */
    StageRun(Stage stage, StageFolder folder, Path data, int threads) {
        this.stage = stage;
        adapters = adapters();
        StageSetup setup = StageSetup.of(stage, folder, data, threads, parameters, this::trainable);
        model = setup.model();
        material = setup.material();
        requireFound();
        schedule = stage.schedule(material.stepsPerEpoch());
        crew = new Crew(setup.objective(), parameters, threads, stage.recompute());
        optimizer = new Optimizer(crew.executor(), stage.adamW(), stage.pace().clip(), stage::rateScale);
    }

    private @Nullable LoraAdapters adapters() {
        Stage.Lora lora = stage.lora();
        return lora == null ? null : new LoraAdapters(lora.settings(), lora::adapts, parameters, stage.seed());
    }

    private Weights trainable(Weights weights) {
        TrainableWeights trainable = new TrainableWeights(weights, parameters, name -> stage.rateScale(name) > 0);
        return adapters == null ? trainable : adapters.over(trainable);
    }

    /** What happens in a step. */
    @FunctionalInterface
    interface Each {
        void step(Metrics.Line line);
    }

    int steps() {
        return schedule.steps();
    }

    long trained() {
        return parameters.elements();
    }

    /**
     * Trains to the end, and saves the state that the model is to be written of.
     *
     * @param saveSeconds after which everything is saved
     * @return how long all steps took, those before an interruption included
     */
    double run(TrainingState state, TrainingState.Reached reached, Metrics metrics, double saveSeconds, Each each) {
        long begin = System.nanoTime();
        double saved = 0;
        double seconds = 0;
        boolean checked = false;
        try (Ahead ahead = new Ahead(material, reached.steps(), steps())) {
            for (int step = reached.steps(); step < steps(); step++) {
                try (Ahead.Batch batch = ahead.take()) {
                    Metrics.Line line = step(step, batch.examples());
                    metrics.add(line);
                    each.step(line);
                    // A lesson without a picture does not need the vision side.
                    if (!checked
                            && batch.examples().stream()
                                    .anyMatch(one -> !one.pictures().isEmpty())) {
                        requireReached();
                        checked = true;
                    }
                }
                seconds = (System.nanoTime() - begin) / 1e9;
                if (seconds - saved >= saveSeconds || step + 1 == steps()) {
                    metrics.force();
                    state.save(new TrainingState.Reached(step + 1, reached.seconds() + seconds));
                    saved = seconds;
                }
            }
        }
        return reached.seconds() + seconds;
    }

    private Metrics.Line step(int step, List<Example> examples) {
        double rate = schedule.rate(step);
        double count = crew.count(examples);
        double sum = 0;
        int parts = Math.min(stage.accumulate(), examples.size());
        for (int part = 0; part < parts; part++) {
            int from = examples.size() * part / parts;
            int to = examples.size() * (part + 1) / parts;
            long number = (long) step * stage.accumulate() + part;
            sum += crew.teach(examples.subList(from, to), 1 / count, number, this::around);
        }
        double norm = optimizer.step(rate);
        double loss = sum / count;
        if (!Double.isFinite(loss) || !Double.isFinite(norm)) {
            throw new BadInput("stage %s lost its way in step %d: the loss is %s, the gradients' norm %s"
                    .formatted(stage.name(), step + 1, loss, norm));
        }
        long learned = examples.stream().mapToLong(Example::learned).sum();
        return new Metrics.Line(step + 1, loss, rate, norm, learned);
    }

    private Ops around(GradientPass pass, long draw) {
        return adapters == null ? pass : adapters.over(pass, draw);
    }

    /** A weight that a model copies when it is loaded would silently never learn. */
    private void requireReached() {
        List<String> unreached = parameters.unreached();
        if (!unreached.isEmpty()) {
            throw new BadInput(
                    "stage %s trains %s, which nothing reads".formatted(stage.name(), String.join(", ", unreached)));
        }
    }

    /** What a recipe names and no model has would silently not be trained. */
    private void requireFound() {
        for (Map.Entry<String, Double> part : stage.train().entrySet()) {
            String name = part.getKey();
            if (part.getValue() > 0
                    && parameters.all().stream().noneMatch(parameter -> begins(parameter.name(), name))) {
                throw new BadInput("stage %s trains \"%s\", of which %s has no tensor"
                        .formatted(stage.name(), name, stage.model()));
            }
        }
        Stage.Lora lora = stage.lora();
        if (lora != null && adapters != null && !adapters.any()) {
            throw new BadInput("stage %s adapts %s, and %s has no such layer"
                    .formatted(stage.name(), String.join(", ", lora.targets()), stage.model()));
        }
    }

    private static boolean begins(String tensor, String name) {
        return name.isEmpty() || tensor.equals(name) || tensor.startsWith(name + ".");
    }

    TrainingState state(Path file, String key) {
        return new TrainingState(file, key, parameters, optimizer);
    }

    /** Writes the model that the parameters have become, and what belongs to it. */
    void write(StageFolder folder, @Nullable DType dtype) {
        Origin origin = Origin.model(folder.start());
        if (adapters != null) {
            LoraFiles.save(adapters, parameters, folder.adapter());
            origin = Origin.adapter(folder.start(), folder.adapter());
        }
        Conversion.run(
                origin,
                folder.whole(),
                new Conversion.Settings(dtype, StageModel.SHARD),
                this::trained,
                (bytes, all) -> {});
        Parameter nothing = parameters.get(StageSetup.NOTHING);
        if (nothing != null) {
            SafetensorsWriter.write(
                    folder.whole().resolve(StageModel.ORACLE_FILE), Map.of(StageSetup.NOTHING, nothing.value()));
        }
    }

    private TensorFile trained(TensorFile model) {
        ReplacedTensors trained = new ReplacedTensors(model);
        for (TensorInfo info : model.tensors()) {
            Parameter parameter = parameters.get(info.name());
            if (parameter != null) {
                // The shape is the file's: models see some tensors under another one.
                long[] shape = info.shape().stream().mapToLong(Long::longValue).toArray();
                trained.replaceFloats(info, arena -> parameter.value().reshape(shape));
            }
        }
        return trained;
    }

    @Override
    public void close() {
        optimizer.close();
        crew.close();
        try {
            model.close();
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
        parameters.close();
    }
}
