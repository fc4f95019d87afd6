package org.jocular.cli.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What steps are measured with, and that they do something. */
class TrainStepTest {
    private static final Path PEERS = Path.of("../benchmarks/peers/train_step.json");
    private static final Path MADE = Path.of("target/train_step.json");

    @Test
    void peersAreGivenTheSameBatches() throws IOException {
        Map<String, JsonNode> made = new TreeMap<>();
        for (TinyShape shape : TinyShape.ALL.values()) {
            try (TinyStep step = new TinyStep(shape, 1, false)) {
                made.put(shape.name(), JsonMapper.shared().valueToTree(step.description()));
                double first = step.step();
                assertThat(first).as(shape.name()).isBetween(2.0, 12.0);
                step.step();
                assertThat(step.step()).as(shape.name()).isLessThan(first);
            }
        }
        String expected = written(made);
        Files.writeString(MADE, expected);

        assertThat(Files.readString(PEERS))
                .as("what cli/%s has is to be copied to %s", MADE, PEERS)
                .isEqualTo(expected);
    }

    /** An example a line. */
    private static String written(Map<String, JsonNode> shapes) {
        return shapes.entrySet().stream()
                .map(shape -> "\"%s\": %s"
                        .formatted(
                                shape.getKey(),
                                shape.getValue()
                                        .toString()
                                        .replace("[{\"rows\"", "[\n  {\"rows\"")
                                        .replace("},{\"rows\"", "},\n  {\"rows\"")))
                .collect(Collectors.joining(",\n", "{\n", "\n}\n"));
    }
}
