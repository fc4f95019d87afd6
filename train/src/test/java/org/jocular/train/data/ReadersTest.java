package org.jocular.train.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jocular.systems.Preset.Turn;
import org.jocular.tensor.BadInput;
import org.jocular.train.data.DataSpec.Format;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Small files in every published format, and such as are broken. */
class ReadersTest {
    private static final String OWL =
            "The following is a conversation between a curious human and AI assistant. The assistant gives helpful answers.";

    @TempDir
    Path dir;

    @Test
    void readsConversations() {
        List<Lesson> lessons = read(Format.LLAVA, """
                [{"id": "000000033471", "image": "000000033471.jpg", "conversations": [
                   {"from": "human", "value": "<image>\\nWhat color is the bus?"}, {"from": "gpt", "value": "White and red."},
                   {"from": "human", "value": "Where is it?"}, {"from": "gpt", "value": "In the street."}]},
                 {"id": 7, "image": "coco/train2017/7.jpg", "conversations": [
                   {"from": "human", "value": "Describe it.\\n<image>"}, {"from": "gpt", "value": "A cat."}]},
                 {"id": "wgByO4Y_0", "model": "", "conversations": [
                   {"from": "gpt", "value": "Hello."},
                   {"from": "human", "value": "Who are you?"}, {"from": "gpt", "value": "A model."}]}]""");

        assertThat(lessons)
                .containsExactly(
                        Lesson.about(
                                "000000033471",
                                Path.of("000000033471.jpg"),
                                new Turn("What color is the bus?", "White and red."),
                                new Turn("Where is it?", "In the street.")),
                        new Lesson(
                                "7",
                                Path.of("coco/train2017/7.jpg"),
                                false,
                                List.of(new Turn("Describe it.", "A cat."))),
                        new Lesson("wgByO4Y_0", null, true, List.of(new Turn("Who are you?", "A model."))));
    }

    @Test
    void readsCocoCaptions() {
        List<Lesson> lessons = read(Format.COCO, """
                {"info": {"year": 2017}, "annotations": [
                   {"image_id": 9, "id": 1, "caption": "A red ring. "}, {"image_id": 25, "id": 2, "caption": "Two squares"},
                   {"image_id": 9, "id": 3, "caption": "a ring"}],
                 "images": [{"id": 25, "file_name": "000000000025.jpg"}, {"id": 9, "file_name": "000000000009.jpg"},
                   {"id": 30, "file_name": "000000000030.jpg"}], "licenses": []}""");

        assertThat(lessons)
                .containsExactly(
                        Lesson.about("25", Path.of("000000000025.jpg"), new Turn("", "Two squares")),
                        Lesson.about(
                                "9", Path.of("000000000009.jpg"), new Turn("", "A red ring."), new Turn("", "a ring")));
    }

    @Test
    void readsLavis() {
        List<Lesson> lessons = read(Format.LAVIS, """
                [{"caption": "A woman", "image": "val2014/COCO_val2014_000000522418.jpg", "image_id": "coco_522418"},
                 {"question_id": 262148000, "question": "Where?", "answer": ["left", "down", "left"], "image": "a.jpg", "dataset": "vqa"},
                 {"question": "Who?", "answer": "he", "image": "b.jpg"}]""");

        assertThat(lessons)
                .containsExactly(
                        Lesson.about("0", Path.of("val2014/COCO_val2014_000000522418.jpg"), new Turn("", "A woman")),
                        Lesson.about(
                                "262148000", Path.of("a.jpg"), new Turn("Where?", "left"), new Turn("Where?", "down")),
                        Lesson.about("2", Path.of("b.jpg"), new Turn("Who?", "he")));
    }

    @Test
    void readsVsr() {
        String lines = """
                {"image": "000000085637.jpg", "image_link": "x", "caption": "The cat is under the bed.", "label": 1, "relation": "under"}

                {"image": "000000091500.jpg", "image_link": "x", "caption": "The dog is above it", "label": 0, "relation": "above"}
                """;

        assertThat(read(Format.VSR, lines))
                .extracting(lesson -> lesson.turns().getFirst().answer())
                .containsExactly("true", "false");
        assertThat(read(spec("{\"format\": \"vsr\", \"files\": [\"data\"], \"wording\": \"yes-no\"}"), lines))
                .containsExactly(
                        Lesson.about("0", Path.of("000000085637.jpg"), new Turn("The cat is under the bed.", "yes")),
                        Lesson.about("1", Path.of("000000091500.jpg"), new Turn("The dog is above it", "no")));
    }

    @Test
    void readsMiniGpt4() {
        assertThat(read(
                        Format.MINIGPT4,
                        "{\"annotations\": [{\"image_id\": \"2\", \"caption\": \"The image shows a man.\"}]}"))
                .containsExactly(Lesson.about("2", Path.of("2.jpg"), new Turn("", "The image shows a man.")));
    }

    @Test
    void readsMplugOwl() {
        List<Lesson> lessons = read(Format.MPLUG_OWL, """
                {"text": "%1$s\\nHuman: Write the past tense\\nshudder\\nAI: She shuddered. AI: is a name.", "task_type": "gpt4instruct_sft"}
                {"image": ["a/b.jpg"], "text": "%1$s\\nHuman: <image>\\nHuman: Where?\\nAI: Here.\\nHuman: Why?\\nAI: So.", "task_type": "llava_sft"}
                {"image": ["c.jpg"], "text": "%1$s\\nHuman: Where?\\nHuman: <image>\\nAI: There.", "task_type": "llava_sft"}
                """.formatted(OWL));

        assertThat(lessons)
                .containsExactly(
                        new Lesson(
                                "0",
                                null,
                                true,
                                List.of(new Turn("Write the past tense\nshudder", "She shuddered. AI: is a name."))),
                        Lesson.about("1", Path.of("a/b.jpg"), new Turn("Where?", "Here."), new Turn("Why?", "So.")),
                        new Lesson("2", Path.of("c.jpg"), false, List.of(new Turn("Where?", "There."))));
    }

    @Test
    void readsScienceQaAsLlavaConvertedIt() throws IOException {
        String problems = """
                {"4": {"question": "Which figure of speech?", "choices": ["chiasmus", "apostrophe"], "answer": 1, "hint": " Sing, O muse! ",
                  "image": null, "lecture": "Figures  of speech are words.", "solution": "The text\\nuses apostrophe.", "split": "train"},
                 "1": {"question": "Which is north?", "choices": ["Ohio", "Utah", "Iowa"], "answer": 0, "hint": "", "image": "image.png",
                  "lecture": "", "solution": "", "split": "train"},
                 "2": {"split": "test"}}""";
        write("scienceqa/problems.json", problems);
        write("scienceqa/pid_splits.json", "{\"train\": [\"1\", \"4\"], \"test\": [\"2\"]}");
        // By hand from the format strings of convert_sqa_to_llava_base_prompt.py.
        write("llava.json", """
                [{"id": "1", "image": "1/image.png", "conversations": [
                   {"from": "human", "value": "Which is north?\\nContext: N/A\\nOptions: (A) Ohio (B) Utah (C) Iowa\\n<image>"},
                   {"from": "gpt", "value": " The answer is A."}]},
                 {"id": "4", "conversations": [
                   {"from": "human", "value": "Which figure of speech?\\nContext: Sing, O muse!\\nOptions: (A) chiasmus (B) apostrophe"},
                   {"from": "gpt", "value": "Figures of speech are words. The text\\nuses apostrophe. The answer is B."}]}]""");

        assertThat(scienceQa("QCM-LEA"))
                .isEqualTo(lessons(DataSpec.of(Format.LLAVA, List.of("llava.json"), List.of())));
        assertThat(scienceQa("QCM-A"))
                .extracting(lesson -> lesson.turns().getFirst().answer())
                .containsExactly("The answer is A.", "The answer is B.");
        assertThat(scienceQa("letters").getFirst())
                .isEqualTo(Lesson.about(
                        "1", Path.of("1/image.png"), new Turn("Which is north? (a) Ohio (b) Utah (c) Iowa", "(a)")));
        assertThatThrownBy(() -> scienceQa("letters\", \"split\": \"dev"))
                .isInstanceOf(BadInput.class)
                .hasMessageEndingWith("pid_splits.json lacks the split dev, expected one of train, test");
        assertThatThrownBy(() -> scienceQa("letters\", \"split\": \"test"))
                .isInstanceOf(BadInput.class)
                .hasMessageEndingWith("problems.json, entry \"2\", lacks choices");
        write("scienceqa/pid_splits.json", "{\"train\": [\"3\"]}");
        assertThatThrownBy(() -> scienceQa("letters"))
                .isInstanceOf(BadInput.class)
                .hasMessageContaining("problems.json lacks problem 3, which ");
        write("scienceqa/problems.json", problems.replace("\"answer\": 0", "\"answer\": 3"));
        write("scienceqa/pid_splits.json", "{\"train\": [\"1\"]}");
        assertThatThrownBy(() -> scienceQa("letters"))
                .isInstanceOf(BadInput.class)
                .hasMessageEndingWith("entry \"1\", has answer = 3, expected a whole number from 0 to 2");
    }

    static Stream<Arguments> broken() {
        return Stream.of(
                Arguments.of(Format.LLAVA, "", " is empty"),
                Arguments.of(Format.LLAVA, "{\"a\": 1}", ", line 1, has START_OBJECT, expected a JSON list"),
                Arguments.of(Format.LLAVA, "[{\"id\": 1,\n \"conver", ", line 2, is not valid JSON: "),
                Arguments.of(Format.LLAVA, "[3]", ", entry 0, is 3, expected a JSON object"),
                Arguments.of(Format.LLAVA, "[{\"id\": 1}]", ", entry 0, lacks conversations"),
                Arguments.of(Format.LLAVA, "[]", " holds no lesson"),
                Arguments.of(Format.LLAVA, talk("human", "Who?"), ", entry 0, holds no question with an answer"),
                Arguments.of(
                        Format.LLAVA,
                        talk("human", "1", "gpt", "2", "human", "3"),
                        ", entry 0, ends with a question, expected its answer"),
                Arguments.of(
                        Format.LLAVA,
                        talk("human", "1", "human", "2"),
                        ", entry 0, conversations[1], follows another question, expected an answer from gpt"),
                Arguments.of(
                        Format.LLAVA,
                        talk("human", "1", "gpt", "2", "gpt", "3"),
                        ", entry 0, conversations[2], follows another answer, expected a question from human"),
                Arguments.of(
                        Format.LLAVA,
                        talk("user", "1"),
                        ", entry 0, conversations[0], has from = \"user\", expected one of human, gpt"),
                Arguments.of(
                        Format.LLAVA,
                        talk("human", "<image>", "gpt", "2"),
                        ", entry 0, marks a picture with <image> but lacks image"),
                Arguments.of(
                        Format.LLAVA,
                        "[{\"id\": 1, \"image\": \"a\\u0000b\", \"conversations\": []}]",
                        ", entry 0, has image = \"a b\", expected the name of a picture"),
                Arguments.of(Format.COCO, "{\"images\": []}", " lacks annotations"),
                Arguments.of(
                        Format.COCO,
                        "{\"images\": [], \"annotations\": [{\"image_id\": 3, \"caption\": \"a\"}]}",
                        " has a caption for image_id = 3, which is not among its images"),
                Arguments.of(
                        Format.COCO,
                        "{\"images\": [{\"id\": 3}], \"annotations\": []}",
                        ", images[0], lacks file_name"),
                Arguments.of(
                        Format.COCO,
                        "{\"images\": 3, \"annotations\": []}",
                        ", line 1, has VALUE_NUMBER_INT, expected a list as images"),
                Arguments.of(
                        Format.COCO,
                        "{\"images\": [{\"id\": 3, \"file_name\": \"a\"}, {\"id\": 3, \"file_name\": \"b\"}], \"annotations\": []}",
                        ", images[1], names picture 3 a second time"),
                Arguments.of(
                        Format.LAVIS,
                        "[{\"image\": \"a\", \"caption\": 3}]",
                        ", entry 0, has caption = 3, expected a list"),
                Arguments.of(
                        Format.LAVIS,
                        "[{\"image\": \"a\", \"question\": \"b\", \"answer\": []}]",
                        ", entry 0, has answer = a list of 0, expected at least one text"),
                Arguments.of(
                        Format.VSR,
                        "{\"image\": \"a\", \"caption\": \"b\", \"label\": 1}\n{\"image\": \"a\", \"caption\": \"b\", \"label\": 2}",
                        ", line 2, has label = 2, expected a whole number from 0 to 1"),
                Arguments.of(Format.VSR, "{\"label\": 1}\n{\"label\": ", ", line 1, lacks image"),
                Arguments.of(
                        Format.MINIGPT4,
                        "{\"annotations\": [{\"caption\": \"a\"}]}",
                        ", annotations[0], lacks image_id"),
                Arguments.of(
                        Format.MPLUG_OWL,
                        "{\"text\": \"a\"}",
                        ", line 1, has no question of Human with an answer of AI in text"),
                Arguments.of(
                        Format.MPLUG_OWL,
                        "{\"text\": \"a\\nHuman: b\\nAI: c\\nHuman: d\"}",
                        ", line 1, has a question of Human without an answer at the end of text"),
                Arguments.of(
                        Format.MPLUG_OWL,
                        "{\"text\": \"a\\nAI: c\"}",
                        ", line 1, has an answer of AI without a question of Human before it in text"),
                Arguments.of(
                        Format.MPLUG_OWL,
                        "{\"text\": \"a\\nHuman: <image>\\nAI: c\"}",
                        ", line 1, marks a picture with <image> in text but lacks image"),
                Arguments.of(
                        Format.MPLUG_OWL,
                        "{\"image\": [\"p\"], \"text\": \"a\\nHuman: b\\nAI: c\"}",
                        ", line 1, has an image that text does not mark with <image>"),
                Arguments.of(
                        Format.MPLUG_OWL,
                        "{\"image\": [\"p\", \"q\"], \"text\": \"\"}",
                        ", line 1, has image = a list of 2, expected at most one picture"),
                Arguments.of(Format.MPLUG_OWL, "nonsense", ", line 1, is not valid JSON: "));
    }

    @ParameterizedTest
    @MethodSource("broken")
    void tellsWhatIsWrong(Format format, String text, String sentence) {
        assertThatThrownBy(() -> read(format, text))
                .isInstanceOf(BadInput.class)
                .hasMessageContaining(dir.resolve("data") + sentence)
                .message()
                .doesNotContain("\n");
    }

    @Test
    void tellsWhatIsMissing() {
        DataSpec spec = DataSpec.of(Format.LLAVA, List.of("none.json"), List.of());
        assertThatThrownBy(() -> FileSource.open(spec, dir))
                .isInstanceOf(BadInput.class)
                .hasMessage(dir.resolve("none.json") + " cannot be read: there is none");
    }

    private static String talk(String... said) {
        List<String> parts = new ArrayList<>();
        for (int i = 0; i < said.length; i += 2) {
            parts.add("{\"from\": \"%s\", \"value\": \"%s\"}".formatted(said[i], said[i + 1]));
        }
        return "[{\"id\": 1, \"conversations\": [%s]}]".formatted(String.join(", ", parts));
    }

    private DataSpec spec(String json) {
        write("spec", json);
        return DataSpec.of(JsonEntries.whole(dir.resolve("spec")));
    }

    private List<Lesson> scienceQa(String wording) {
        return lessons(spec(
                "{\"format\": \"scienceqa\", \"files\": [\"scienceqa/problems.json\", \"scienceqa/pid_splits.json\"], \"wording\": \"%s\"}"
                        .formatted(wording)));
    }

    private List<Lesson> read(Format format, String text) {
        return read(DataSpec.of(format, List.of("data"), List.of()), text);
    }

    private List<Lesson> read(DataSpec spec, String text) {
        write("data", text);
        return lessons(spec);
    }

    private List<Lesson> lessons(DataSpec spec) {
        return FileSource.open(spec, dir).asRead();
    }

    private void write(String name, String text) {
        try {
            Path file = dir.resolve(name);
            Files.createDirectories(file.getParent());
            Files.writeString(file, text);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
