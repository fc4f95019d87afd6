package org.jocular.train.pretraining;

import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import org.jocular.qformer.QFormer;
import org.jocular.tensor.Activation;
import org.jocular.tensor.DType;
import org.jocular.tensor.Doubles;
import org.jocular.tensor.Parameters;
import org.jocular.tensor.Tensor;
import org.jocular.tensor.Weights;
import org.jocular.train.Example;
import org.jocular.train.Objective;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Every loss of a Q-Former's pre-training has the gradients that differences say. */
class PretrainingGradientsTest {
    private static final int TOKENS = 3;
    private static final int IMAGE_WIDTH = 6;
    private static final int DEC = 7;
    private static final double WEIGHT = 0.3;
    private static final QFormer.Config TINY =
            new QFormer.Config(2, 9, 8, 2, 2, 10, Activation.GELU, 6, 1e-12f, 1, IMAGE_WIDTH);
    private static final List<int[]> CAPTIONS =
            List.of(new int[] {1, 4, 2}, new int[] {1, 5, 3, 6, 2}, new int[] {1, 2});

    private final Arena arena = Arena.ofShared();
    private final Parameters parameters = new Parameters();

    @AfterEach
    void close() {
        parameters.close();
        arena.close();
    }

    /** A Q-Former of random numbers, all of them trained, in F64. */
    private record RandomDoubles(String path, Parameters parameters) implements Weights {
        @Override
        public Weights at(String name) {
            return new RandomDoubles(path(name), parameters);
        }

        @Override
        public boolean has(String name) {
            return true;
        }

        @Override
        public Tensor tensor(String name, long... shape) {
            try (Arena scratch = Arena.ofConfined()) {
                boolean norm = shape.length == 1 && name.equals("weight");
                Tensor random = random(scratch, path(name).hashCode(), norm ? 1 : 0, shape);
                return Doubles.add(parameters, path(name), random);
            }
        }

        @Override
        public Tensor floats(String name, long... shape) {
            return tensor(name, shape);
        }
    }

    private static Tensor random(Arena arena, long seed, double mean, long... shape) {
        Random random = new Random(seed);
        Tensor tensor = Tensor.zeros(arena, DType.F64, shape);
        for (long i = 0; i < tensor.elements(); i++) {
            DType.F64.set(tensor.data(), i, mean + 0.4 * random.nextGaussian());
        }
        return tensor;
    }

    /** Heads are made in F32; here the same numbers are wanted in F64. */
    private void addHeads(Consumer<Parameters> create) {
        try (Parameters floats = new Parameters()) {
            create.accept(floats);
            floats.all().forEach(head -> Doubles.add(parameters, head.name(), head.value()));
        }
    }

    private ImageText imageText() {
        QFormer qformer = QFormer.loadWithText(new RandomDoubles("", parameters), TINY);
        addHeads(floats -> ImageText.create((ops, pixels) -> pixels, qformer, DEC, floats, 5));
        return ImageText.create((ops, pixels) -> pixels, qformer, DEC, parameters, 5);
    }

    private List<Example> examples() {
        List<Example> examples = new ArrayList<>();
        for (int[] caption : CAPTIONS) {
            Tensor picture = random(arena, caption.length, 0, TOKENS, IMAGE_WIDTH);
            examples.add(new Example(List.of(picture), true, new int[0], caption, new float[caption.length]));
        }
        return examples;
    }

    @Test
    void contrast() {
        ImageText objective = imageText();
        List<Example> examples = examples();
        Doubles.assertGradients(parameters, WEIGHT, pass -> {
            Tensor queries =
                    objective.qformer().forward(pass, objective.encoder().encode(pass, examples), 3);
            Tensor classes = pass.embedding(objective.qformer().encodeText(pass, CAPTIONS), new int[] {0, 3, 8});
            return objective.contrast().loss(pass, objective.contrast().similarities(pass, queries, classes), WEIGHT);
        });
    }

    @Test
    void matching() {
        ImageText objective = imageText();
        List<Example> examples = examples();
        ImageTextMatching.Negatives negatives =
                new ImageTextMatching.Negatives(new int[] {2, 0, 0}, new int[] {1, 0, 1});
        Doubles.assertGradients(
                parameters,
                WEIGHT,
                pass -> objective
                        .matching()
                        .loss(
                                pass,
                                pass,
                                objective.qformer(),
                                objective.encoder().encode(pass, examples),
                                CAPTIONS,
                                negatives,
                                WEIGHT));
    }

    @Test
    void generation() {
        ImageText objective = imageText();
        List<Example> examples = examples();
        Doubles.assertGradients(parameters, WEIGHT, pass -> {
            QFormer.Outputs written = objective
                    .qformer()
                    .decode(
                            pass,
                            objective.encoder().encode(pass, examples),
                            CAPTIONS.stream().map(objective.generation()::input).toList());
            return objective.generation().loss(pass, pass, written.texts(), CAPTIONS, WEIGHT);
        });
    }

    @Test
    void allTogether() {
        check(imageText());
    }

    @Test
    void rebuilding() {
        QFormer qformer = QFormer.load(new RandomDoubles("", parameters), TINY);
        addHeads(floats -> PictureRebuilding.create((ops, pixels) -> pixels, qformer, TOKENS, 4, floats, 5));
        check(PictureRebuilding.create((ops, pixels) -> pixels, qformer, TOKENS, 4, parameters, 5));
    }

    private void check(Objective objective) {
        List<Example> examples = examples();
        Doubles.assertGradients(parameters, WEIGHT, pass -> objective.teach(pass, pass, examples, WEIGHT, 11));
    }
}
