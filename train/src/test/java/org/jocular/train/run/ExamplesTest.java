package org.jocular.train.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.jocular.systems.Preset;
import org.jocular.systems.Systems;
import org.jocular.systems.VisionLanguageModel;
import org.jocular.tensor.Tensor;
import org.jocular.train.Example;
import org.jocular.train.Shared;
import org.jocular.train.data.Lesson;
import org.jocular.train.recipe.Stage;
import org.jocular.train.tiny.TinyModels;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Conversations as ids, and which of them are learned. */
class ExamplesTest {
    private static final Lesson LESSON = Lesson.about(
            "1",
            Path.of("1.png"),
            new Preset.Turn("What color is the circle?", "red"),
            new Preset.Turn("Is there a blue ring?", "no"));
    private static final Stage.Loss HALF_FOR_ENDS = new Stage.Loss(0.5, 0, 1);

    /** In words: what color is the circle · red · end · is there a blue ring · no · end. */
    private static final int[] FIRST = {6, 67, 72, 49, 48, 15};

    private static final int[] SECOND = {6, 49, 51, 46, 9, 19};
    private static final int RED = 7;
    private static final int NO = 78;
    private static final int END = 2;

    @TempDir
    private Path temp;

    /** {@code picture} is what stands for each row of the picture. */
    @ParameterizedTest
    @CsvSource({
        "llava, true, 9, 3",
        "blip2, false, 9, 3",
        "instructblip, false, 9, 3",
        "minigpt4, true, 9, -200",
        "mplug-owl, true, 10, -1"
    })
    void tinySystemsReadTheirPromptsAndLearnAnswers(String system, boolean marks, int rows, int picture) {
        try (VisionLanguageModel model = tiny(system)) {
            Example example = example(model, "world", false, HALF_FOR_ENDS, 0);
            IntStream seen = IntStream.generate(() -> picture).limit(rows);
            IntStream opening = marks
                    ? IntStream.concat(IntStream.concat(IntStream.of(1, 4), seen), IntStream.of(5))
                    : IntStream.concat(seen, IntStream.of(END));
            int[] expected = concat(opening.toArray(), FIRST, new int[] {RED, END}, SECOND, new int[] {NO, END});
            assertThat(example.ids()).isEqualTo(expected);
            float[] weights = new float[expected.length];
            int first = expected.length - SECOND.length - 4;
            weights[first] = 1;
            weights[first + 1] = 0.5f;
            weights[expected.length - 2] = 1;
            weights[expected.length - 1] = 0.5f;
            assertThat(example.weights()).isEqualTo(weights);
            assertThat(example.learned()).isEqualTo(4);
            assertThat(example.tokens()).isEqualTo(3);
            // BERT's tokens of the first question, [DEC] first, are InstructBLIP's alone.
            assertThat(example.instruction())
                    .isEqualTo(
                            system.equals("instructblip") ? new int[] {2, 9, 71, 76, 53, 52, 18, 101, 3} : new int[0]);
        }
    }

    @Test
    void whatIsBeyondTheLongestSequenceIsCutOff() {
        try (VisionLanguageModel model = tiny("llava")) {
            Example whole = example(model, "world", false, HALF_FOR_ENDS, 0);
            Example cut = example(model, "world", false, HALF_FOR_ENDS, 19);
            assertThat(cut.ids()).isEqualTo(Arrays.copyOf(whole.ids(), 19));
            assertThat(cut.learned()).isEqualTo(1);
            // Where not even the answer's first token is left there is nothing to learn.
            assertThat(exampleOrNull(model, "world", false, HALF_FOR_ENDS, 18)).isNull();
            assertThat(exampleOrNull(model, "world", false, HALF_FOR_ENDS, 1)).isNull();
        }
    }

    @Test
    void longAnswersMayWeighLess() {
        try (VisionLanguageModel model = tiny("llava");
                Arena arena = Arena.ofShared()) {
            Lesson lesson = LESSON.withTurns(List.of(new Preset.Turn("What is there?", "a red circle")));
            Example example = Objects.requireNonNull(examples(model, "world", false, new Stage.Loss(1, 3, 0.25), 0)
                    .of(lesson, pictures(arena)));
            float[] weights = example.weights();
            assertThat(Arrays.copyOfRange(weights, weights.length - 4, weights.length))
                    .containsExactly(0.25f, 0.25f, 0.25f, 1);
        }
    }

    @Test
    void alignmentHasNoQuestion() {
        try (VisionLanguageModel model = Systems.load(Path.of("../models/golden-llava"))) {
            Example example = example(model, "", true, Stage.Loss.EVEN, 0);
            int[] ids = example.ids();
            assertThat(ids).hasSize(1 + 16 + 3);
            assertThat(Arrays.copyOfRange(ids, 1, 17)).containsOnly(620);
            // "▁re", "d", newline, the latter without a word's mark before it.
            assertThat(Arrays.copyOfRange(ids, 17, 20)).containsExactly(307, 540, 13);
            assertThat(example.learned()).isEqualTo(3);
        }
    }

    /** MiniGPT-4 and LLaVA v0 learn to write ###, as dataset_builders and conversation.py have it. */
    @ParameterizedTest
    @CsvSource({"minigpt4, vicuna0", "minigpt4, eval_template", "llava-v1-original, llava_v0"})
    void theTextThatStopsAnAnswerIsLearned(String golden, String preset) {
        try (VisionLanguageModel model = Systems.load(Shared.path("goldens/" + golden))) {
            Example example = example(model, preset, false, HALF_FOR_ENDS, 0);
            int[] stop = {415, 592}; // "##", "#", without a word's mark before them
            int[] ids = example.ids();
            int turns = preset.equals("eval_template") ? 1 : 2;
            int[] last = turns == 1 ? new int[] {307, 540} : new int[] {430};
            assertThat(Arrays.copyOfRange(ids, ids.length - last.length - 2, ids.length))
                    .isEqualTo(concat(last, stop));
            assertThat(ids).doesNotContain(END);
            int[] learned = IntStream.range(0, ids.length)
                    .filter(i -> example.weights()[i] > 0)
                    .map(i -> ids[i])
                    .toArray();
            assertThat(learned)
                    .isEqualTo(
                            turns == 1
                                    ? concat(last, stop)
                                    : concat(new int[] {307, 540}, stop, new int[] {430}, stop));
            // The further turn is as it will be asked: one text, cut once. MiniGPT-4's roles end in a space of their
            // own (chat_state.py).
            if (preset.equals("llava_v0")) {
                Preset own = model.presets().stream()
                        .filter(one -> one.name().equals(preset))
                        .findFirst()
                        .orElseThrow();
                int[] asked = model.ids(
                        own.prompt(
                                1,
                                LESSON.turns().subList(0, 1),
                                LESSON.turns().getLast().question()),
                        1);
                assertThat(Arrays.copyOf(ids, ids.length - 3)).isEqualTo(asked);
            }
        }
    }

    private VisionLanguageModel tiny(String system) {
        TinyModels.writeFiles(system, temp);
        try (Arena arena = Arena.ofShared()) {
            TinyModels.initialise(system, temp, 1, arena);
        }
        return Systems.load(temp);
    }

    private static List<Tensor> pictures(Arena arena) {
        return List.of(Tensor.of(arena, new float[3 * 48 * 48], 3, 48, 48));
    }

    private static Examples examples(
            VisionLanguageModel model, String preset, boolean alignment, Stage.Loss loss, int maxLength) {
        Preset chosen = model.presets().stream()
                .filter(one -> one.name().equals(preset))
                .findFirst()
                .orElse(model.presets().getFirst());
        return new Examples(model, chosen, alignment, loss, maxLength);
    }

    private static @Nullable Example exampleOrNull(
            VisionLanguageModel model, String preset, boolean alignment, Stage.Loss loss, int maxLength) {
        try (Arena arena = Arena.ofShared()) {
            return examples(model, preset, alignment, loss, maxLength).of(LESSON, pictures(arena));
        }
    }

    private static Example example(
            VisionLanguageModel model, String preset, boolean alignment, Stage.Loss loss, int maxLength) {
        return Objects.requireNonNull(exampleOrNull(model, preset, alignment, loss, maxLength));
    }

    private static int[] concat(int[]... parts) {
        return Arrays.stream(parts).flatMapToInt(Arrays::stream).toArray();
    }
}
