package org.jocular.train.run;

import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jocular.llama.Llama;
import org.jocular.systems.Systems;
import org.jocular.systems.VisionLanguageModel;
import org.jocular.tensor.BadInput;
import org.jocular.tensor.GradientPass;
import org.jocular.tensor.Ops;
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
import org.jspecify.annotations.Nullable;

/** One stage from its first step, or from where it was interrupted, to its last. */
final class StageRun implements AutoCloseable {
    /** Length of the noise on an oracle's rows, in lengths of a word's vector. */
    private static final double ORACLE_NOISE = 0.3;

    private final Stage stage;
    private final Path directory;
    private final Parameters parameters = new Parameters();
    private final @Nullable LoraAdapters adapters;
    private final AutoCloseable model;
    private final Material material;
    private final Crew crew;
    private final Optimizer optimizer;
    private final Schedule schedule;

    /**
     * @param directory the model that the stage begins with, as {@link StageModel} wrote it
     * @param data      the folder with all training data
     */
    StageRun(Stage stage, Path directory, Path data, int threads) {
        this.stage = stage;
        this.directory = directory;
        adapters = adapters();
        boolean oracle = stage.pictures().equals(Stage.ORACLE);
        Eyes eyes;
        if (oracle) {
            Checkpoint checkpoint = Checkpoint.through(Checkpoint.open(directory), this::trainable);
            Llama llama =
                    Llama.load(checkpoint.root(), Llama.Config.of(JsonFile.read(directory.resolve("config.json"))));
            Tokenizer tokenizer = Tokenizers.load(directory);
            int image = tokenizer.encode(TinyModels.IMAGE)[0];
            // As small as a word's vector; never needed again once the language model is trained.
            Tensor nothing = parameters
                    .add("oracle.nothing", llama.embedTokens().weight().slice(0, 1))
                    .value();
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
        schedule = stage.schedule(material.stepsPerEpoch());
        crew = new Crew(eyes, parameters, threads, stage.recompute());
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
        void step(int done, int steps, double loss, double rate, double norm);
    }

    /**
     * Trains to the end, and writes the model.
     *
     * @param every steps after which everything is saved
     */
    void run(int every, Each each) {
        TrainingState state = new TrainingState(directory, parameters, optimizer);
        int first = state.load();
        for (int step = first; step < schedule.steps(); step++) {
            double rate = schedule.rate(step);
            double loss = loss(step);
            double norm = optimizer.step(rate);
            if (!Double.isFinite(loss) || !Double.isFinite(norm)) {
                throw new BadInput("stage %s lost its way in step %d: the loss is %s, the gradients' norm %s"
                        .formatted(stage.name(), step, loss, norm));
            }
            each.step(step + 1, schedule.steps(), loss, rate, norm);
            if ((step + 1) % every == 0 && step + 1 < schedule.steps()) {
                state.save(step + 1);
            }
            if (step == first) {
                requireReached();
            }
        }
        finish();
        state.delete();
    }

    private double loss(int step) {
        try (Arena arena = Arena.ofShared()) {
            List<Example> examples = material.batch(step, arena);
            double tokens = examples.stream().mapToDouble(Example::tokens).sum();
            double sum = 0;
            int parts = Math.min(stage.accumulate(), examples.size());
            for (int part = 0; part < parts; part++) {
                int from = examples.size() * part / parts;
                int to = examples.size() * (part + 1) / parts;
                long number = (long) step * parts + part;
                sum += crew.teach(
                        examples.subList(from, to), 1 / tokens, (pass, member) -> around(pass, number, member));
            }
            return sum / tokens;
        }
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

    private void finish() {
        if (adapters != null) {
            LoraFiles.save(adapters, directory.resolve("adapter"));
        }
        Trained.write(directory, parameters);
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
