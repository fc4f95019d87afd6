package org.jocular.eval.task;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.jocular.tensor.BadInput;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A file of a benchmark that is missing or broken is refused in one sentence that says where. */
class BrokenTaskFilesTest {
    private static final Path GOOD = Path.of("src", "test", "resources", "org", "jocular", "eval", "task", "data");
    private static final String QUESTIONS = "qa90_questions.jsonl";
    private static final String ANSWERS = "qa90_gpt4_answer.jsonl";
    private static final String BOXES = "caps_boxes_coco2014_val_80.jsonl";
    private static final String NOCAPS = "nocaps_val_4500_captions.json";

    /**
     * Good files but one.
     *
     * @param wrong   what is replaced in that file; empty where the file is deleted
     * @param message the whole sentence, DIR standing for the folder
     */
    record Broken(String task, String wording, String file, String wrong, String by, String message) {
        @Override
        public String toString() {
            return "%s %s %s %s".formatted(task, wording, file, wrong);
        }
    }

    static Stream<Broken> cases() {
        return Stream.of(missing(), llavaBench(), others()).flatMap(List::stream);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void isRefusedInOneSentence(Broken broken, @TempDir Path dir) throws IOException {
        try (Stream<Path> good = Files.list(GOOD.resolve(broken.task))) {
            for (Path file : good.toList()) {
                Files.copy(file, dir.resolve(file.getFileName()));
            }
        }
        Path file = dir.resolve(broken.file);
        if (broken.wrong.isEmpty()) {
            Files.delete(file);
        } else {
            Files.writeString(file, Files.readString(file).replace(broken.wrong, broken.by));
        }
        Task task = Tasks.named(broken.task);
        Data data = new Data(dir, dir.resolve("embedded"), task.name());
        assertThatThrownBy(() -> task.read(data, task.wording(broken.wording), sample -> {}))
                .isInstanceOf(BadInput.class)
                .hasMessage(broken.message.replace("DIR", dir.toString()));
    }

    private static List<Broken> missing() {
        return List.of(
                missing("llava-bench", "llava", QUESTIONS),
                missing("llava-bench", "llava", ANSWERS),
                missing("llava-bench", "lmms-eval", BOXES),
                missing("llava-bench", "llava", "rule.json"),
                missing("llava-bench-wild", "llava", "questions.jsonl"),
                missing("llava-bench-wild", "llava", "answers_gpt4.jsonl"),
                missing("llava-bench-wild", "lmms-eval", "context.jsonl"),
                missing("nocaps", "lavis", NOCAPS),
                new Broken(
                        "vsr",
                        "lavis",
                        "zeroshot-test.jsonl",
                        "",
                        "",
                        "DIR holds no zeroshot/test.jsonl and no zeroshot-test.jsonl and no vsr_zeroshot/test.jsonl and no vsr/test.jsonl, which vsr needs;"
                                + " docs/data.md says where to get it"));
    }

    private static Broken missing(String task, String wording, String file) {
        String message = "DIR holds no %s, which %s needs; docs/data.md says where to get it".formatted(file, task);
        return new Broken(task, wording, file, "", "", message);
    }

    private static List<Broken> llavaBench() {
        return List.of(
                coco(
                        QUESTIONS,
                        "\"question_id\": 1",
                        "\"question_id\": 0",
                        "DIR/qa90_questions.jsonl, line 2, has question_id 0 a second time"),
                coco(
                        ANSWERS,
                        "\"question_id\": 1",
                        "\"question_id\": 7",
                        "DIR/qa90_questions.jsonl, line 2, has question_id = \"1\", of which DIR/" + ANSWERS
                                + " says nothing"),
                coco(
                        BOXES,
                        "\"image\": \"000000900011.jpg\"",
                        "\"image\": \"7.jpg\"",
                        "DIR/qa90_questions.jsonl, line 1, has image = \"000000900011.jpg\", of which DIR/" + BOXES
                                + " says nothing"),
                coco(
                        BOXES,
                        "0.25",
                        "\"0.25\"",
                        "DIR/" + BOXES
                                + ", line 2, instances[0], has bbox = [0.1,\"0.25\",0.5,1.0], expected a list of numbers"),
                coco(BOXES, "\"bbox\"", "\"box\"", "DIR/" + BOXES + ", line 2, instances[0], lacks bbox"),
                coco(
                        "rule.json",
                        "\"conv\"",
                        "\"talk\"",
                        "DIR/qa90_questions.jsonl, line 1, has category = \"conv\", of which DIR/rule.json says nothing"),
                new Broken(
                        "llava-bench-wild",
                        "llava",
                        "context.jsonl",
                        "\"A goat flies a red kite.\"",
                        "7",
                        "DIR/context.jsonl, line 1, has caption = 7, expected text"),
                new Broken(
                        "llava-bench-wild",
                        "llava",
                        "rule.json",
                        "\"role\"",
                        "\"part\"",
                        "DIR/rule.json, \"llava_bench_conv\" in line 2, lacks role"));
    }

    private static Broken coco(String file, String wrong, String by, String message) {
        return new Broken("llava-bench", "llava", file, wrong, by, message);
    }

    private static List<Broken> others() {
        return List.of(
                new Broken(
                        "nocaps",
                        "lavis",
                        NOCAPS,
                        "\"file_name\": \"0000000000000a02.jpg\"",
                        "\"name\": \"\"",
                        "DIR/" + NOCAPS + ", image 1, lacks file_name"),
                new Broken(
                        "nocaps",
                        "lavis",
                        NOCAPS,
                        "\"image_id\": 3",
                        "\"image_id\": 2",
                        "DIR/" + NOCAPS + " holds no captions of image 3"),
                new Broken(
                        "vsr",
                        "vlmevalkit",
                        "zeroshot-test.jsonl",
                        "\"label\": 0",
                        "\"label\": 2",
                        "DIR/zeroshot-test.jsonl, line 2, has label = 2, expected a whole number from 0 to 1"));
    }
}
