package org.jocular.systems;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.Arena;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jocular.llama.GenerationSettings;
import org.jocular.llama.Prompt;
import org.jocular.llama.Session;
import org.jocular.tensor.BadInput;
import org.jocular.tensor.CpuExecutor;
import org.jocular.tensor.Executor;
import org.jocular.vit.Picture;
import org.jocular.vit.PictureReader;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** LLaVA looks at its pictures. */
class LlavaTest {
    private static final Executor EXECUTOR = CpuExecutor.simd(2);
    private static final VisionLanguageModel MODEL = Systems.load(GoldenLlava.DIRECTORY);
    private static final String ASKED = "USER: <image>\nWhat is this? ASSISTANT:";
    private static final Picture RED = Picture.filled(60, 80, 220, 20, 20);
    private static final Picture BLUE = Picture.filled(60, 80, 20, 20, 220);

    @AfterAll
    static void close() {
        MODEL.close();
        EXECUTOR.close();
    }

    @Test
    void redIsNotBlue() {
        assertThat(answer(ASKED, RED)).isNotEqualTo(answer(ASKED, BLUE)).containsExactly(answer(ASKED, RED));
        assertThat(logits(ASKED, RED)).isNotEqualTo(logits(ASKED, BLUE)).containsExactly(logits(ASKED, RED));
    }

    @Test
    void thePlaceOfAPictureMatters() {
        String two = "USER: <image>\n<image>\nCompare them. ASSISTANT:";
        assertThat(logits(two, RED, BLUE)).isNotEqualTo(logits(two, BLUE, RED)).isNotEqualTo(logits(two, RED, RED));
        assertThat(logits("USER: <image> left or right? ASSISTANT:", RED))
                .isNotEqualTo(logits("USER: left or right? <image> ASSISTANT:", RED));
    }

    /** Alpha is dropped, a palette looked up: what a picture is stored as does not matter, only what it shows. */
    @ParameterizedTest
    @CsvSource({"alpha.png", "palette.png"})
    void otherKindsOfPictures(String name) {
        Picture picture = PictureReader.read(GoldenLlava.DIRECTORY.resolve(name));
        Picture rgb =
                new Picture(picture.width(), picture.height(), picture.rgb().clone());
        assertThat(answer(ASKED, picture)).containsExactly(answer(ASKED, rgb));
    }

    @Test
    void withoutAPicture() {
        assertThat(answer("USER: Say something. ASSISTANT:")).isNotEmpty();
        int[] ids = MODEL.ids("USER: Say something. ASSISTANT:", 0);
        assertThat(IntStream.of(ids).noneMatch(MODEL::isPicture)).isTrue();
    }

    @Test
    void aMarkBecomesAllRowsOfItsPicture() {
        assertThat(MODEL.visualTokensPerPicture()).isEqualTo(16);
        int[] ids = MODEL.ids("<image>\nWhat?<image>", 2);
        assertThat(IntStream.of(ids).filter(MODEL::isPicture).count()).isEqualTo(32);
        assertThat(MODEL.isPicture(ids[1])).isTrue();
        assertThat(ids[0]).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource({"USER: What? ASSISTANT:, 1", "USER: <image> What? ASSISTANT:, 0", "<image> <image>, 1", "<image>, 3"})
    void marksAndPicturesMustBeAsMany(String text, int pictures) {
        assertThatThrownBy(() -> MODEL.ids(text, pictures))
                .isInstanceOf(BadInput.class)
                .hasMessageContaining("<image>")
                .hasMessageContaining(pictures + " picture");
    }

    /** In one session: what was computed for one picture must not answer for another. */
    @Test
    void aSessionKnowsItsPicturesApart() {
        try (Arena arena = Arena.ofShared();
                Session session = new Session(EXECUTOR, MODEL.languageModel(), MODEL.tokenizer())) {
            for (Picture picture : List.of(RED, BLUE, BLUE, RED)) {
                Prompt prompt = MODEL.prompt(EXECUTOR, ASKED, List.of(MODEL.see(EXECUTOR, picture, arena)), arena);
                assertThat(session.answer(prompt, GenerationSettings.greedy(12, List.of(2)), text -> {})
                                .ids())
                        .containsExactly(answer(ASKED, picture));
            }
        }
    }

    /** Colours that a sum of 31 times red and green cannot tell apart. */
    @Test
    void everyPictureHasANumberOfItsOwn() {
        List<Picture> similar = Stream.concat(
                        IntStream.range(0, 5).mapToObj(i -> Picture.filled(56, 56, 10 + i, 200 - 31 * i, 7)),
                        Stream.of(Picture.filled(56, 56, 10, 200, 8), Picture.filled(28, 112, 10, 200, 7)))
                .toList();
        Set<Long> numbers = similar.stream().map(VisualTokens::number).collect(Collectors.toSet());
        assertThat(numbers).hasSize(similar.size()).doesNotContain(0L);
        assertThat(VisualTokens.number(RED)).isEqualTo(VisualTokens.number(Picture.filled(60, 80, 220, 20, 20)));
    }

    @Test
    void settingsOfTheCheckpoint() {
        assertThat(MODEL.system()).isEqualTo("llava");
        assertThat(MODEL.patchSize()).isEqualTo(14);
        assertThat(MODEL.generation().eosTokenIds()).containsExactly(2);
        assertThat(MODEL.generation().doSample()).isFalse();
        assertThat(MODEL.languageModel().contextLength()).isEqualTo(512);
    }

    private static int[] answer(String text, Picture... pictures) {
        return GoldenLlava.answer(MODEL, EXECUTOR, text, pictures);
    }

    private static float[] logits(String text, Picture... pictures) {
        return GoldenLlava.logits(MODEL, EXECUTOR, text, pictures);
    }
}
