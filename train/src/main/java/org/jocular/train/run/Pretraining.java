package org.jocular.train.run;

import java.util.Arrays;
import java.util.List;
import org.jocular.qformer.QFormer;
import org.jocular.systems.Blip2;
import org.jocular.systems.InstructBlip;
import org.jocular.systems.Tower;
import org.jocular.systems.VisionLanguageModel;
import org.jocular.tensor.BadInput;
import org.jocular.tensor.Parameter;
import org.jocular.tensor.Parameters;
import org.jocular.tensor.Tensor;
import org.jocular.tokenizers.Tokenizer;
import org.jocular.train.Example;
import org.jocular.train.Objective;
import org.jocular.train.data.Lesson;
import org.jocular.train.pretraining.ImageText;
import org.jocular.train.pretraining.PictureRebuilding;
import org.jocular.train.recipe.Stage;

/** A stage that trains a system's Q-Former before a language model hears of it: the tower in front of it is frozen, what stands behind it is not used. */
record Pretraining(Objective objective, LessonMaterial.Wording wording) {
    /** What such a stage trains of a model. */
    private static final List<String> TRAINED = List.of("query_tokens", "qformer");

    /** Tokens of a caption of which something can be learned. */
    private static final int SHORTEST = 3;

    /**
     * Checks that stage and system fit, and adds new heads to the parameters.
     *
     * @param parameters those of the system, all of them added
     */
    static Pretraining of(Stage stage, VisionLanguageModel system, int threads, Parameters parameters) {
        if (stage.objective().equals(Stage.PICTURES)) {
            return switch (system) {
                case Blip2 blip -> pictures(stage, blip.tower(), blip.qformer(), parameters);
                case InstructBlip blip -> pictures(stage, blip.tower(), blip.qformer(), parameters);
                default -> throw bad(stage, system, "a system with a Q-Former, blip2 or instructblip");
            };
        }
        if (system instanceof InstructBlip blip) {
            return imageText(stage, blip, threads, parameters);
        }
        throw bad(stage, system, "one whose Q-Former reads text, instructblip");
    }

    private static BadInput bad(Stage stage, VisionLanguageModel system, String expected) {
        return new BadInput("stage %s has objective = \"%s\", and model %s is of system %s, expected %s"
                .formatted(stage.name(), stage.objective(), stage.model(), system.system(), expected));
    }

    private static void requireTrained(Stage stage, Parameters parameters) {
        for (Parameter parameter : parameters.all()) {
            String name = parameter.name();
            if (TRAINED.stream().noneMatch(part -> name.equals(part) || name.startsWith(part + "."))) {
                throw new BadInput("stage %s has objective = \"%s\" and trains %s, expected nothing but %s"
                        .formatted(stage.name(), stage.objective(), name, String.join(" and ", TRAINED)));
            }
        }
    }

    private static Pretraining pictures(Stage stage, Tower tower, QFormer qformer, Parameters parameters) {
        requireTrained(stage, parameters);
        int features = tower.width() - tower.positionCode();
        return new Pretraining(
                PictureRebuilding.create(tower::forward, qformer, tower.tokens(), features, parameters, stage.seed()),
                (lesson, pixels) -> Example.of(picture(stage, lesson, pixels)));
    }

    private static Pretraining imageText(Stage stage, InstructBlip blip, int threads, Parameters parameters) {
        requireTrained(stage, parameters);
        int each = stage.batch() / stage.accumulate() / threads;
        if (each < 2) {
            throw new BadInput(
                    "stage %s gives each of %d threads %d pictures of a pass, expected at least 2, to be told from each other: a larger batch"
                            .formatted(stage.name(), threads, each));
        }
        Tokenizer tokenizer = blip.qformerTokenizer();
        if (tokenizer.bosId() < 0) {
            throw new BadInput(
                    "the Q-Former's tokenizer of %s has no bos_token, expected [DEC]".formatted(stage.model()));
        }
        int positions = blip.qformer().config().maxPositionEmbeddings();
        int longest = stage.maxLength() == 0 ? positions : Math.min(positions, stage.maxLength());
        if (longest < SHORTEST) {
            throw new BadInput("stage %s has max_length = %d, expected at least %d tokens: [CLS], a word, [SEP]"
                    .formatted(stage.name(), stage.maxLength(), SHORTEST));
        }
        return new Pretraining(
                ImageText.create(blip.tower()::forward, blip.qformer(), tokenizer.bosId(), parameters, stage.seed()),
                (lesson, pixels) -> captioned(picture(stage, lesson, pixels), caption(lesson, tokenizer, longest)));
    }

    private static Tensor picture(Stage stage, Lesson lesson, List<Tensor> pixels) {
        if (pixels.isEmpty()) {
            throw new BadInput(
                    "stage %s has objective = \"%s\", and lesson %s has no picture: pictures_only leaves it out"
                            .formatted(stage.name(), stage.objective(), lesson.id()));
        }
        return pixels.getFirst();
    }

    /** The first answer, whatever was asked, with [CLS] and [SEP]. One that is too long loses its end, where an instruction would lose its beginning. */
    private static int[] caption(Lesson lesson, Tokenizer tokenizer, int longest) {
        int[] words = tokenizer.encode(lesson.turns().getFirst().answer());
        int around = tokenizer.specialTokens().around(new int[0]).length;
        return tokenizer.specialTokens().around(Arrays.copyOf(words, Math.min(words.length, longest - around)));
    }

    private static Example captioned(Tensor picture, int[] caption) {
        float[] weights = new float[caption.length];
        Arrays.fill(weights, 1, weights.length, 1);
        return new Example(List.of(picture), false, new int[0], caption, weights);
    }
}
