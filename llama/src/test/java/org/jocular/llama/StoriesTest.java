package org.jocular.llama;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.jocular.tensor.Executor;
import org.jocular.tokenizers.Tokenizer;
import org.jocular.tokenizers.Tokenizers;
import org.jocular.weights.Checkpoint;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A model with real weights says what it says in llama2.c: text byte by byte, ids, and scores in double precision. */
class StoriesTest {
    @ParameterizedTest
    @ValueSource(strings = {"reference", "simd"})
    void greedyTextFromTheStartToken(String executor) throws IOException {
        JsonNode expected = expected();
        // run.c counts the start token among its 200 steps; the file beside has one more than it prints.
        int[] ids = ints(expected.path("greedy_ids_from_bos"));
        String text = Files.readString(Shared.path("assets/llama/stories260K.expected_t0_n200.txt"), UTF_8);

        List<String> pieces = new ArrayList<>();
        Answer answer = greedy(executor, 200, pieces::add);

        assertThat(answer.ids()).containsExactly(IntStream.of(ids).skip(1).toArray());
        assertThat(answer.text()).isEqualTo(text).isEqualTo(String.join("", pieces));
        assertThat(answer.ending()).isEqualTo(Answer.Ending.LENGTH);
    }

    @ParameterizedTest
    @ValueSource(strings = {"reference", "simd"})
    void longerTextAsInTheModelCard(String executor) throws IOException {
        String card = Files.readString(Shared.path("assets/llama/stories260K.md"), UTF_8);
        String first = card.substring(card.indexOf("-t 0.0\n") + 7);
        String text = first.substring(0, first.indexOf("\n```"));

        assertThat(greedy(executor, 257, piece -> {}).text()).startsWith(text);
    }

    @ParameterizedTest
    @ValueSource(strings = {"reference", "simd"})
    void scoresAtAllPositions(String name) throws IOException {
        JsonNode expected = expected();
        int[] ids = ints(expected.path("prompt_ids"));
        try (Executor executor = Tiny.executor(name);
                Checkpoint checkpoint = Checkpoint.open(Shared.path("assets/llama/stories260K.hf.safetensors"))) {
            Llama model = Tiny.stories(checkpoint);
            checkpoint.finish();
            float[] logits = Tiny.logits(model, executor, ids);

            assertThat(tokenizer().encode(expected.path("prompt").asString(), true))
                    .containsExactly(ids);
            for (int position = 0; position < ids.length; position++) {
                float[] row = floats(expected.path("logits_all_positions_f64").path(position));
                float[] found = Arrays.copyOfRange(logits, position * row.length, (position + 1) * row.length);
                assertThat(Tiny.error(found, row)).as("position %d", position).isLessThan(1e-5);
            }
        }
    }

    private static Answer greedy(String name, int tokens, Answer.Listener listener) {
        try (Executor executor = Tiny.executor(name);
                Arena arena = Arena.ofShared();
                Checkpoint checkpoint = Checkpoint.open(Shared.path("assets/llama/stories260K.hf.safetensors"))) {
            Llama model = Tiny.stories(checkpoint);
            try (Session session = new Session(executor, model, tokenizer())) {
                Prompt start = Tiny.prompt(model, executor, arena, 1);
                return session.answer(start, GenerationSettings.greedy(tokens, List.of()), listener);
            }
        }
    }

    private static Tokenizer tokenizer() {
        return Tokenizers.load(Shared.path("assets/llama/tok512.model"));
    }

    private static JsonNode expected() throws IOException {
        String file = Files.readString(Shared.path("assets/llama/stories260K.expected.json"), UTF_8);
        return JsonMapper.shared().readTree(file);
    }

    private static int[] ints(JsonNode list) {
        return list.valueStream().mapToInt(JsonNode::asInt).toArray();
    }

    private static float[] floats(JsonNode list) {
        float[] values = new float[list.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) list.path(i).asDouble();
        }
        return values;
    }
}
