package org.jocular.systems;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jocular.llama.GenerationSettings;
import org.jocular.llama.Generator;
import org.jocular.llama.Generator.Request;
import org.jocular.llama.Session;
import org.jocular.tensor.CpuExecutor;
import org.jocular.tensor.Executor;
import org.jocular.vit.Picture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Questions about several pictures together are answered as each alone, and pictures make a difference. */
class BatchTest {
    private static final List<String> QUESTIONS =
            List.of("What is in the picture?", "Why?", "Question: how many circles are there? Short answer:");
    private static final Picture RED = Picture.filled(60, 80, 220, 20, 20);
    private static final Picture BLUE = Picture.filled(90, 40, 20, 20, 220);

    @ParameterizedTest
    @ValueSource(strings = {"blip2-vicuna", "instructblip-t5"})
    void aBatchIsAsEachAlone(String golden) {
        try (Executor executor = CpuExecutor.simd(2);
                VisionLanguageModel model = Systems.load(Path.of("src/test/resources/golden", golden));
                Arena arena = Arena.ofShared()) {
            List<Request> requests = new ArrayList<>();
            for (Picture picture : List.of(RED, BLUE)) {
                VisualTokens seen = model.see(executor, picture, arena); // once, whatever is asked
                for (String question : QUESTIONS) {
                    for (int beams : new int[] {1, 3}) {
                        GenerationSettings settings = model.generation().toBuilder()
                                .maxNewTokens(12)
                                .numBeams(beams)
                                .build();
                        requests.add(new Request(model.prompt(executor, question, List.of(seen), arena), settings));
                    }
                }
            }
            List<int[]> together = new Generator(executor, model.languageModel(), model.tokenizer())
                    .answer(requests, 5).stream().map(answer -> answer.ids()).toList();
            for (int i = 0; i < requests.size(); i++) {
                try (Session session = new Session(executor, model.languageModel(), model.tokenizer())) {
                    assertThat(together.get(i))
                            .containsExactly(session.answer(
                                            requests.get(i).prompt(),
                                            requests.get(i).settings(),
                                            text -> {})
                                    .ids());
                }
            }
        }
    }

    /** What the queries of InstructBLIP look for depends on the question; the tower's work is shared. */
    @Test
    void theInstructionChangesWhatIsSeen() {
        try (Executor executor = CpuExecutor.simd(2);
                VisionLanguageModel model = Systems.load(Path.of("src/test/resources/golden/instructblip-t5"));
                Arena arena = Arena.ofShared()) {
            VisualTokens seen = model.see(executor, RED, arena);
            int rows = model.visualTokensPerPicture();
            float[] one = model.prompt(executor, QUESTIONS.get(0), List.of(seen), arena)
                    .embeddings()
                    .slice(0, rows)
                    .toFloats();
            float[] other = model.prompt(executor, QUESTIONS.get(1), List.of(seen), arena)
                    .embeddings()
                    .slice(0, rows)
                    .toFloats();
            assertThat(one).isNotEqualTo(other);
            assertThat(model.prompt(executor, QUESTIONS.get(0), List.of(seen), arena)
                            .pictures())
                    .isNotEqualTo(model.prompt(executor, QUESTIONS.get(1), List.of(seen), arena)
                            .pictures());
        }
    }
}
