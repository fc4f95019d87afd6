package org.jocular.train.run;

import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jocular.llama.Llama;
import org.jocular.systems.Systems;
import org.jocular.systems.VisionLanguageModel;
import org.jocular.tensor.BadInput;
import org.jocular.tensor.DType;
import org.jocular.tensor.Parameter;
import org.jocular.tensor.Parameters;
import org.jocular.tensor.Tensor;
import org.jocular.tensor.Weights;
import org.jocular.tokenizers.Tokenizer;
import org.jocular.tokenizers.Tokenizers;
import org.jocular.train.Objective;
import org.jocular.train.Teacher;
import org.jocular.train.data.Curriculum;
import org.jocular.train.data.DataSpec;
import org.jocular.train.data.FileSource;
import org.jocular.train.recipe.Stage;
import org.jocular.train.tiny.TinyModels;
import org.jocular.train.world.Mix;
import org.jocular.train.world.Oracle;
import org.jocular.weights.Checkpoint;
import org.jocular.weights.JsonFile;

/**
 * Who learns in a stage, what, and from which lessons.
 *
 * @param model to be closed at the end
 * @param objective makes one for each thread; all that it trains is among the parameters
 */
record StageSetup(AutoCloseable model, Material material, Supplier<Objective> objective) {
    /** What an oracle's rows show that show nothing: trained, and no tensor of the model. */
    static final String NOTHING = "oracle.nothing";

    /** Length of the noise on an oracle's rows, in lengths of a word's vector. */
    private static final double ORACLE_NOISE = 0.3;

    /**
     * Loads the model and opens the data.
     *
     * @param folder with the model that the stage begins with
     * @param data the folder with all training data
     * @param parameters to which all is added that is trained
     * @param trainable puts them in the places of a model's tensors
     */
    static StageSetup of(
            Stage stage,
            StageFolder folder,
            Path data,
            int threads,
            Parameters parameters,
            UnaryOperator<Weights> trainable) {
        if (stage.pictures().equals(Stage.ORACLE)) {
            return oracle(stage, folder, parameters, trainable);
        }
        VisionLanguageModel system =
                Systems.load(folder.start(), path -> Checkpoint.through(Checkpoint.open(path), trainable));
        if (stage.objective().equals(Stage.ANSWERS)) {
            return new StageSetup(
                    system, lessons(stage, system, data, Examples.of(system, stage)::of), () -> new Teacher(system));
        }
        Pretraining pretraining = Pretraining.of(stage, system, threads, parameters);
        return new StageSetup(system, lessons(stage, system, data, pretraining.wording()), pretraining::objective);
    }

    private static StageSetup oracle(
            Stage stage, StageFolder folder, Parameters parameters, UnaryOperator<Weights> trainable) {
        Path directory = folder.start();
        Checkpoint checkpoint = Checkpoint.through(Checkpoint.open(directory), trainable);
        Llama llama = Llama.load(checkpoint.root(), Llama.Config.of(JsonFile.read(directory.resolve("config.json"))));
        Tokenizer tokenizer = Tokenizers.load(directory);
        int image = tokenizer.encode(TinyModels.IMAGE)[0];
        Oracle oracle = new Oracle(llama, nothing(folder.oracle(), llama, parameters), image);
        Material material = new OracleMaterial(
                stage, Mix.named(onlyWorld(stage).mix()), tokenizer, image, llama.width(), ORACLE_NOISE);
        return new StageSetup(checkpoint, material, () -> new Teacher(oracle));
    }

    /** What rows show that show nothing: as an earlier stage left it, or as small as a word's vector. */
    private static Tensor nothing(Path saved, Llama llama, Parameters parameters) {
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

    private static DataSpec onlyWorld(Stage stage) {
        if (stage.data().size() != 1 || stage.data().getFirst().format() != DataSpec.Format.WORLD) {
            throw new BadInput("stage %s learns from an oracle, expected one source of data, of format world"
                    .formatted(stage.name()));
        }
        return stage.data().getFirst();
    }

    private static Material lessons(
            Stage stage, VisionLanguageModel system, Path data, LessonMaterial.Wording wording) {
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
        return new LessonMaterial(system, curriculum, wording, new PreparedPictures());
    }
}
