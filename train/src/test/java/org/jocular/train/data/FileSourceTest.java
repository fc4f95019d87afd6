package org.jocular.train.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.jocular.systems.Preset.Turn;
import org.jocular.tensor.BadInput;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileSourceTest {
    @TempDir
    Path dir;

    @BeforeEach
    void writeData() throws IOException {
        Files.writeString(dir.resolve("captions.json"), """
                {"images": [{"id": 1, "file_name": "1.jpg"}, {"id": 2, "file_name": "2.jpg"}],
                 "annotations": [{"image_id": 1, "caption": "one"}, {"image_id": 1, "caption": "eins"}, {"image_id": 1, "caption": "un"},
                   {"image_id": 2, "caption": "Two; (2), \\"zwei\\"!"}]}""");
        Files.writeString(
                dir.resolve("chat.json"),
                IntStream.range(0, 100)
                        .mapToObj(i ->
                                "{\"id\": %d, %s\"conversations\": [{\"from\": \"human\", \"value\": \"q\"}, {\"from\": \"gpt\", \"value\": \"a\"}]}"
                                        .formatted(i, i % 2 == 0 ? "\"image\": \"%d.jpg\", ".formatted(i % 4) : ""))
                        .collect(Collectors.joining(",\n", "[", "]")));
        Files.createDirectories(dir.resolve("a"));
        Files.createDirectories(dir.resolve("b"));
        Files.createFile(dir.resolve("a/1.png"));
        Files.createFile(dir.resolve("b/1.jpg"));
        Files.createFile(dir.resolve("b/2.jpg"));
    }

    @Test
    void drawsOneCaptionAVisit() {
        FileSource source = open("{\"format\": \"coco\", \"files\": \"captions.json\", \"images\": [\"a\", \"b\"]}");

        assertThat(source.size()).isEqualTo(2);
        assertThat(source.lesson(0, 5)).isEqualTo(source.lesson(0, 5));
        Set<String> seen = LongStream.range(0, 50)
                .mapToObj(visit -> source.lesson(0, visit).turns())
                .peek(turns -> assertThat(turns).hasSize(1))
                .map(turns -> turns.getFirst().answer())
                .collect(Collectors.toSet());
        assertThat(seen).containsExactlyInAnyOrder("one", "eins", "un");
    }

    @Test
    void splitsPromptsAndPreparesCaptions() {
        FileSource source = open("""
                {"format": "coco", "files": "captions.json", "images": ["a", "b"], "turns": "each", "processor": "blip_caption",
                 "prompts": ["Describe it.", "Describe the picture."]}""");

        assertThat(source.size()).isEqualTo(4);
        assertThat(source.asRead()).extracting(Lesson::id).containsExactly("1/0", "1/1", "1/2", "2/0");
        assertThat(source.lesson(3, 0).turns().getFirst().answer()).isEqualTo("two 2 , zwei");
        Set<String> questions = LongStream.range(0, 50)
                .mapToObj(visit -> source.lesson(1, visit).turns().getFirst().question())
                .collect(Collectors.toSet());
        assertThat(questions).containsExactlyInAnyOrder("Describe it.", "Describe the picture.");
    }

    @Test
    void putsQuestionsIntoPrompts() {
        FileSource source =
                open("{\"format\": \"llava\", \"files\": \"chat.json\", \"prompts\": [\"Question: {q} Answer:\"]}");
        assertThat(source.lesson(1, 0).turns()).containsExactly(new Turn("Question: q Answer:", "a"));
    }

    @Test
    void findsPicturesInTurnAndAsPng() {
        FileSource source = open("{\"format\": \"coco\", \"files\": \"captions.json\", \"images\": [\"a\", \"b\"]}");
        assertThat(source.lesson(0, 0).picture()).isEqualTo(dir.resolve("a/1.png"));
        assertThat(source.lesson(1, 0).picture()).isEqualTo(dir.resolve("b/2.jpg"));
        source.requirePictures();

        FileSource lacking = open("{\"format\": \"llava\", \"files\": \"chat.json\", \"images\": [\"a\", \"b\"]}");
        assertThatThrownBy(() -> lacking.lesson(0, 0))
                .isInstanceOf(BadInput.class)
                .hasMessage("%s names the picture 0.jpg, which is not in %s or %s"
                        .formatted(dir.resolve("chat.json"), dir.resolve("a"), dir.resolve("b")));
        assertThatThrownBy(lacking::requirePictures)
                .isInstanceOf(BadInput.class)
                .hasMessageStartingWith(
                        "25 of 50 pictures of " + dir.resolve("chat.json") + " are missing, the first is 0.jpg");
    }

    @Test
    void takesTheFirstOrASample() {
        assertThat(ids("\"limit\": 3")).containsExactly("0", "1", "2");
        assertThat(ids("\"share\": 0.04")).containsExactly("0", "1", "2", "3");
        assertThat(ids("\"limit\": 3, \"pictures_only\": true")).containsExactly("0", "2", "4");
        assertThat(ids("\"limit\": 1000")).hasSize(100);
        List<String> sample = ids("\"limit\": 10, \"sample\": 1");
        assertThat(sample)
                .hasSize(10)
                .doesNotHaveDuplicates()
                .isNotEqualTo(ids("\"limit\": 10"))
                .isEqualTo(ids("\"share\": 0.1, \"sample\": 1"));
        assertThat(ids("\"limit\": 10, \"sample\": 2")).isNotEqualTo(sample);
        // A larger sample under the same number holds the smaller one, so that sizes can be compared.
        assertThat(ids("\"limit\": 20, \"sample\": 1")).containsAll(sample);
    }

    @Test
    void keepsManyAndLongLessons() {
        Lessons lessons = new Lessons();
        String text = "é".repeat(3_000_000);
        for (int i = 0; i < 5000; i++) {
            lessons.add(new Lesson(
                    String.valueOf(i), null, i % 2 == 0, List.of(new Turn(i == 1234 ? text : "q" + i, "a"))));
        }
        assertThat(lessons.size()).isEqualTo(5000);
        assertThat(lessons.get(1234).turns().getFirst().question()).isEqualTo(text);
        assertThat(lessons.get(4999)).isEqualTo(new Lesson("4999", null, false, List.of(new Turn("q4999", "a"))));
        assertThatThrownBy(() -> lessons.get(5000)).isInstanceOf(IndexOutOfBoundsException.class);
    }

    private List<String> ids(String fields) {
        return open("{\"format\": \"llava\", \"files\": \"chat.json\", %s}".formatted(fields)).asRead().stream()
                .map(Lesson::id)
                .toList();
    }

    private FileSource open(String json) {
        try {
            Path file = Files.writeString(dir.resolve("spec.json"), json);
            return FileSource.open(DataSpec.of(JsonEntries.whole(file)), dir);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
