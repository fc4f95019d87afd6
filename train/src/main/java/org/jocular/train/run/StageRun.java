package org.jocular.train.run;

import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jocular.llama.Llama;
import org.jocular.systems.Systems;
import org.jocular.systems.VisionLanguageModel;
import org.jocular.systems.convert.Conversion;
import org.jocular.systems.convert.Origin;
import org.jocular.tensor.BadInput;
import org.jocular.tensor.DType;
import org.jocular.tensor.GradientPass;
import org.jocular.tensor.Ops;
import org.jocular.tensor.Parameter;
import org.jocular.tensor.Parameters;
import org.jocular.tensor.Tensor;
import org.jocular.tensor.Weights;
import org.jocular.tokenizers.Tokenizer;
import org.jocular.tokenizers.Tokenizers;
import org.jocular.train.Crew;
import org.jocular.train.Example;
import org.jocular.train.Eyes;
import org.jocular.train.LoraAdapters;
import org.jocular.train.LoraFiles;
import org.jocular.train.Optimizer;
import org.jocular.train.Schedule;
import org.jocular.train.TrainableWeights;
import org.jocular.train.data.Curriculum;
import org.jocular.train.data.DataSpec;
import org.jocular.train.data.FileSource;
import org.jocular.train.recipe.Stage;
import org.jocular.train.tiny.TinyModels;
import org.jocular.train.world.Mix;
import org.jocular.train.world.Oracle;
import org.jocular.weights.Checkpoint;
import org.jocular.weights.JsonFile;
import org.jocular.weights.SafetensorsWriter;
import org.jocular.weights.TensorFile;
import org.jocular.weights.TensorInfo;
import org.jspecify.annotations.Nullable;

/** One stage from its first step, or from where it was interrupted, to its last. */
final class StageRun implements AutoCloseable {
    /** Length of the noise on an oracle's rows, in lengths of a word's vector. */
    private static final double ORACLE_NOISE = 0.3;

    private static final String NOTHING = "oracle.nothing";

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
        Path directory = folder.start();
        adapters = adapters();
        boolean oracle = stage.pictures().equals(Stage.ORACLE);
        Eyes eyes;
        if (oracle) {
            Checkpoint checkpoint = Checkpoint.through(Checkpoint.open(directory), this::trainable);
            Llama llama =
                    Llama.load(checkpoint.root(), Llama.Config.of(JsonFile.read(directory.resolve("config.json"))));
            Tokenizer tokenizer = Tokenizers.load(directory);
            int image = tokenizer.encode(TinyModels.IMAGE)[0];
            Tensor nothing = nothing(folder.oracle(), llama);
            eyes = new Oracle(llama, nothing, image);
            material = new OracleMaterial(
                    stage, Mix.named(onlyWorld().mix()), tokenizer, image, llama.width(), ORACLE_NOISE);
            model = checkpoint;
        } else {
            VisionLanguageModel system =
                    Systems.load(directory, path -> Checkpoint.through(Checkpoint.open(path), this::trainable));
            eyes = Eyes.of(system);
            material = lessons(system, data);
            model = system;
        }
        requireFound();
        schedule = stage.schedule(material.stepsPerEpoch());
        crew = new Crew(eyes, parameters, threads, stage.recompute());
        optimizer = new Optimizer(crew.executor(), stage.adamW(), stage.pace().clip(), stage::rateScale);
    }

    /** What rows show that show nothing: as an earlier stage left it, or as small as a word's vector. */
    private Tensor nothing(Path saved, Llama llama) {
        Tensor word = llama.embedTokens().weight().slice(0, 1);
        Parameter nothing = parameters.add(NOTHING, word);
        if (Files.exists(saved)) {
            try (Checkpoint checkpoint = Checkpoint.open(saved);
                    Arena arena = Arena.ofConfined()) {
                Tensor value = checkpoint.root().tensor(NOTHING, word.shape());
                nothing.value().data().copyFrom(value.to(DType.F32, arena).data());
            }
        }
        return nothing.value();
    }

    private @Nullable LoraAdapters adapters() {
        Stage.Lora lora = stage.lora();
        return lora == null ? null : new LoraAdapters(lora.settings(), lora::adapts, parameters, stage.seed());
    }

    private Weights trainable(Weights weights) {
        TrainableWeights trainable = new TrainableWeights(weights, parameters, name -> stage.rateScale(name) > 0);
        return adapters == null ? trainable : adapters.over(trainable);
    }

    private DataSpec onlyWorld() {
        if (stage.data().size() != 1 || stage.data().getFirst().format() != DataSpec.Format.WORLD) {
            throw new BadInput("stage %s learns from an oracle, expected one source of data, of format world"
                    .formatted(stage.name()));
        }
        return stage.data().getFirst();
    }

    private Material lessons(VisionLanguageModel system, Path data) {
        List<FileSource> sources = new ArrayList<>();
        double[] weights = new double[stage.data().size()];
        for (DataSpec spec : stage.data()) {
            if (spec.format() == DataSpec.Format.WORLD) {
                throw new BadInput(
                        "stage %s has data of format world, which only an oracle sees: expected pictures = oracle"
                                .formatted(stage.name()));
            }
            Double weight = spec.weight();
            weights[sources.size()] = weight == null ? 1 : weight;
            FileSource source = FileSource.open(spec, data);
            source.requirePictures();
            sources.add(source);
        }
        Curriculum curriculum = new Curriculum(sources, stage.mixture(), weights, stage.batch(), stage.seed());
        return new LessonMaterial(system, curriculum, Examples.of(system, stage), new PreparedPictures());
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
        double tokens = examples.stream().mapToDouble(Example::tokens).sum();
        double sum = 0;
        int parts = Math.min(stage.accumulate(), examples.size());
        for (int part = 0; part < parts; part++) {
            int from = examples.size() * part / parts;
            int to = examples.size() * (part + 1) / parts;
            long number = (long) step * stage.accumulate() + part;
            sum += crew.teach(examples.subList(from, to), 1 / tokens, (pass, member) -> around(pass, number, member));
        }
        double norm = optimizer.step(rate);
        double loss = sum / tokens;
        if (!Double.isFinite(loss) || !Double.isFinite(norm)) {
            throw new BadInput("stage %s lost its way in step %d: the loss is %s, the gradients' norm %s"
                    .formatted(stage.name(), step + 1, loss, norm));
        }
        long learned = examples.stream().mapToLong(Example::learned).sum();
        return new Metrics.Line(step + 1, loss, rate, norm, learned);
    }

    private Ops around(GradientPass pass, long number, int member) {
        return adapters == null ? pass : adapters.over(pass, number * Short.MAX_VALUE + member);
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
        Parameter nothing = parameters.get(NOTHING);
        if (nothing != null) {
            SafetensorsWriter.write(folder.whole().resolve(StageModel.ORACLE_FILE), Map.of(NOTHING, nothing.value()));
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
