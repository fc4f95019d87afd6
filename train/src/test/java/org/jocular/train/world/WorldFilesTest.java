package org.jocular.train.world;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.jocular.tensor.BadInput;
import org.jocular.train.world.WorldFiles.Sizes;
import org.jocular.train.world.WorldFiles.Written;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class WorldFilesTest {
    private static final Sizes SMALL = new Sizes(12, 6, 4, 2);

    @TempDir
    private Path folder;

    private List<Written> write(String name) {
        return WorldFiles.write(folder.resolve(name), SMALL, 1, (files, all) -> {});
    }

    private JsonNode json(String file) {
        return JsonMapper.shared()
                .readTree(folder.resolve("world").resolve(file).toFile());
    }

    private static List<Path> files(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            return files.filter(Files::isRegularFile)
                    .map(directory::relativize)
                    .sorted()
                    .toList();
        }
    }

    @Test
    void theSameSizesAndSeedGiveTheSameFiles() throws IOException {
        write("one");
        write("two");

        List<Path> files = files(folder.resolve("one"));
        assertThat(files(folder.resolve("two"))).isEqualTo(files);
        for (Path file : files) {
            assertThat(folder.resolve("two").resolve(file))
                    .hasSameBinaryContentAs(folder.resolve("one").resolve(file));
        }
    }

    @Test
    void tellsWhatWasWrittenAndHowFarItIs() throws IOException {
        List<Integer> steps = new ArrayList<>();

        List<Written> written = WorldFiles.write(folder.resolve("world"), SMALL, 1, (files, all) -> {
            steps.add(files);
            assertThat(files).isLessThanOrEqualTo(all);
        });

        assertThat(steps).hasSize(files(folder.resolve("world")).size() - 1); // but for world.json
        assertThat(written)
                .contains(
                        new Written("training/images/", 12, "pictures"),
                        new Written("training/captions_train.json", 60, "captions"),
                        new Written("training/chat.json", 24, "dialogues"),
                        new Written("training/cc_sbu_align/filter_cap.json", 12, "captions"),
                        new Written("training/sft_v0.1_train.jsonl", 12, "dialogues"),
                        new Written("training/scienceqa/problems.json", 3, "problems"),
                        new Written("validation/images/", 6, "pictures"),
                        new Written("validation/scienceqa/images/test/", 4, "pictures"),
                        new Written("validation/nocaps/nocaps_val_4500_captions.json", 40, "captions"),
                        new Written("validation/llava-bench/qa90_questions.jsonl", 12, "questions"),
                        new Written("out-of-domain/vsr/zeroshot/test.jsonl", 4, "statements"),
                        new Written("out-of-domain/gqa/testdev_balanced_questions.json", 28, "questions"));
    }

    @Test
    void picturesAreThoseOfTheirScenes() throws IOException {
        write("world");

        Photograph second = Photograph.training(2, 1).get(1);
        for (String file : List.of("training/images/000002.png", "training/cc_sbu_align/image/2.png")) {
            assertThat(Renderer.bytes(
                            ImageIO.read(folder.resolve("world").resolve(file).toFile())))
                    .isEqualTo(Renderer.bytes(second.picture()));
        }
        assertThat(folder.resolve("world/out-of-domain/images/200006.png")).exists();
        assertThat(json("training/cc_sbu_align/filter_cap.json")
                        .path("annotations")
                        .path(1)
                        .path("caption")
                        .asString())
                .isEqualTo(Captions.detail(second.scene()));
    }

    @Test
    void theFormatsAreThePublished() throws IOException {
        write("world");

        JsonNode chat = json("training/chat.json").path(0);
        assertThat(chat.propertyNames()).containsExactly("id", "image", "conversations");
        assertThat(chat.path("image").asString()).isEqualTo("000001.png");
        assertThat(chat.path("conversations").path(0).path("value").asString())
                .matches("<image>\nDescribe the picture (briefly|in detail)\\.");
        assertThat(json("training/chat.json").path(12).path("id").asString()).isEqualTo("000001-2");
        JsonNode turns = json("training/instruct.json").path(0).path("conversations");
        assertThat(turns.valueStream().map(turn -> turn.path("from").asString()).distinct())
                .containsExactly("human", "gpt");
        assertThat(turns.valueStream()
                        .filter(turn -> turn.path("value").asString().contains("<image>")))
                .hasSize(1);
        String owl = Files.readAllLines(folder.resolve("world/training/sft_v0.1_train.jsonl"))
                .getFirst();
        assertThat(JsonMapper.shared().readTree(owl).path("text").asString())
                .startsWith("The following is a conversation")
                .containsPattern("\nHuman: <image>\nHuman: .+\nAI: .+");
        assertThat(json("training/scienceqa/pid_splits.json").path("train").size())
                .isEqualTo(3);
        assertThat(json("training/scienceqa/problems.json")
                        .path("1")
                        .path("choices")
                        .size())
                .isEqualTo(3);
    }

    @Test
    void refusesAFolderThatHoldsSomethingElse() throws IOException {
        Files.createDirectories(folder.resolve("other"));
        Files.writeString(folder.resolve("other/thesis.txt"), "");
        Files.writeString(folder.resolve("file"), "");
        write("world");

        assertThatThrownBy(() -> write("other"))
                .isInstanceOf(BadInput.class)
                .hasMessageEndingWith(
                        "other is not empty and holds no world, expected a folder that is not there or empty");
        assertThatThrownBy(() -> write("file"))
                .isInstanceOf(BadInput.class)
                .hasMessageEndingWith("file is a file, expected a folder for the world");
        assertThatThrownBy(() -> WorldFiles.write(folder.resolve("world"), SMALL, 2, (files, all) -> {}))
                .isInstanceOf(BadInput.class)
                .hasMessageContaining("says that another world is there, {\"version\":1,\"seed\":1,");
        assertThatThrownBy(() -> new Sizes(0, 1, 1, 1))
                .isInstanceOf(BadInput.class)
                .hasMessage("The number of scenes is 0, expected 1 to 99999");
    }

    @Test
    void completesAWorldThatWasCutShort() throws IOException {
        write("world");
        Path lost = folder.resolve("world/validation/vsr/zeroshot/test.jsonl");
        Files.delete(lost);

        write("world");

        assertThat(lost).exists();
    }
}
