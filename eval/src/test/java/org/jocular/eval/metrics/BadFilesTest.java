package org.jocular.eval.metrics;

import static org.jocular.eval.metrics.BrokenFile.bad;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jocular.eval.metrics.BrokenFile.Use;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every broken file is refused in one sentence that names the file, the place in it, and what was expected there. */
class BadFilesTest {
    private static final String ANNOTATIONS = "v2_mscoco_val2014_annotations.json";
    private static final String GQA = "testdev_balanced_questions.json";
    private static final String SQA = "llava_test_CQM-A.json";

    static Stream<BrokenFile> cases() {
        return Stream.of(files(), vqa(), scienceQa()).flatMap(List::stream);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void isRefusedInOneSentence(BrokenFile broken, @TempDir Path dir) throws IOException {
        broken.isRefused(dir);
    }

    private static List<BrokenFile> files() {
        Use answers = (file, dir) -> Answer.read(file);
        return List.of(
                bad("no such file", "a", Map.of(), answers, "DIR/a cannot be read: there is none"),
                bad("a folder", "", Map.of(), answers, "DIR cannot be read: it is a folder"),
                bad(
                        "a folder as JSON",
                        "",
                        Map.of(),
                        (file, dir) -> Gqa.readQuestions(file),
                        "DIR cannot be read: it is a folder"),
                bad(
                        "data in no folder",
                        "a",
                        "[]",
                        (file, dir) -> Vqa.score(file, dir.resolve("b")),
                        "DIR/b is no folder"),
                bad("an empty file", "a", "", (file, dir) -> Gqa.readQuestions(file), "DIR/a is empty"),
                bad("not UTF-8", "a", "{\"x\": \"\u00ff\"}", answers, "DIR/a, line 1 or soon after, is not UTF-8"),
                bad(
                        "not JSON",
                        "a",
                        "{\"question_id\": 1, \"text\": \"x\"}\n{\"question_id\" 2}\n",
                        answers,
                        "DIR/a, line 2, is not valid JSON: Unexpected character ('2' (code 50)): was expecting a colon to"
                                + " separate property name and value"),
                bad("a line that is no object", "a", "[1]", answers, "DIR/a, line 1, is [1], expected a JSON object"),
                bad("no id", "a", "{\"text\": \"x\"}", answers, "DIR/a, line 1, lacks question_id"),
                bad(
                        "an id that is a fraction",
                        "a",
                        "{\"question_id\": 1.5, \"text\": \"x\"}",
                        answers,
                        "DIR/a, line 1, has question_id = 1.5, expected text or a whole number"),
                bad(
                        "an answer that is no text",
                        "a",
                        "\n{\"question_id\": 1, \"text\": {\"a\": 1}}",
                        answers,
                        "DIR/a, line 2, has text = {\"a\":1}, expected text"),
                bad(
                        "an answer given twice",
                        "a",
                        "{\"question_id\": 1, \"text\": \"x\"}\n{\"question_id\": \"1\", \"text\": \"y\"}",
                        (file, dir) -> Answer.readById(file),
                        "DIR/a, line 2, answers question_id \"1\" a second time"),
                bad(
                        "a question without image",
                        "q",
                        "{\"question_id\": 1, \"text\": \"?\"}",
                        (file, dir) -> Question.read(file),
                        "DIR/q, line 1, lacks image"));
    }

    private static List<BrokenFile> vqa() {
        Use annotations = (file, dir) -> Vqa.readAnnotations(file);
        return List.of(
                bad(
                        "no annotations file",
                        "a",
                        "[]",
                        Vqa::score,
                        "DIR holds no v2_mscoco_val2014_annotations.json and no v2_mscoco_train2014_annotations.json and no mscoco_val2014_annotations.json and no mscoco_train2014_annotations.json"),
                bad(
                        "no annotations",
                        ANNOTATIONS,
                        "{\"info\": {}}",
                        annotations,
                        "DIR/" + ANNOTATIONS + " lacks annotations"),
                bad(
                        "not one annotation",
                        ANNOTATIONS,
                        "{\"annotations\": []}",
                        annotations,
                        "DIR/" + ANNOTATIONS + " holds no annotations"),
                bad(
                        "annotations that are no list",
                        ANNOTATIONS,
                        "{\"annotations\": 1}",
                        annotations,
                        "DIR/" + ANNOTATIONS + ", line 1, has VALUE_NUMBER_INT, expected a list as annotations"),
                bad("annotations cut off", ANNOTATIONS, "{\"annotations\":\n [{\"question_id\": 1", annotations, null),
                bad(
                        "an annotator without answer",
                        ANNOTATIONS,
                        "{\"annotations\": [\n{\"question_id\": 1, \"question_type\": \"\", \"answer_type\": \"\", \"answers\": [{\"answer_id\": 1}]}]}",
                        annotations,
                        "DIR/" + ANNOTATIONS + ", annotations[0] in line 2, answers[0], lacks answer"),
                bad(
                        "no annotators",
                        ANNOTATIONS,
                        "{\"annotations\": [{\"question_id\": 1, \"question_type\": \"\", \"answer_type\": \"\", \"answers\": []}]}",
                        annotations,
                        "DIR/" + ANNOTATIONS + ", annotations[0] in line 1, has no answers"),
                bad(
                        "a result twice",
                        "r.json",
                        "[{\"question_id\": 1, \"answer\": \"a\"},\n {\"question_id\": 1, \"answer\": \"b\"}]",
                        (file, dir) -> Vqa.readAnswers(file),
                        "DIR/r.json, [1] in line 2, answers question_id \"1\" a second time"),
                bad(
                        "GQA without structural type",
                        GQA,
                        "{\"7\": {\"answer\": \"no\", \"types\": {}}}",
                        (file, dir) -> Gqa.readQuestions(file),
                        "DIR/" + GQA + ", \"7\" in line 1, types, lacks structural"),
                bad(
                        "GQA with a flag that is none",
                        GQA,
                        "{\"7\": {\"isBalanced\": \"yes\"}}",
                        (file, dir) -> Gqa.readQuestions(file),
                        "DIR/" + GQA + ", \"7\" in line 1, has isBalanced = \"yes\", expected true or false"),
                bad(
                        "GQA without questions",
                        GQA,
                        "{}",
                        (file, dir) -> Gqa.readQuestions(file),
                        "DIR/" + GQA + " holds no balanced questions"),
                bad(
                        "GQA as a list",
                        GQA,
                        "[]",
                        (file, dir) -> Gqa.readQuestions(file),
                        "DIR/" + GQA + ", line 1, has START_ARRAY, expected a JSON object"));
    }

    private static List<BrokenFile> scienceQa() {
        Use problems = (file, dir) -> ScienceQaFiles.readTest(dir);
        String splits = "{\"test\": [\"1\"]}";
        return List.of(
                bad("no problems", "a", "{}", problems, "DIR holds no llava_test_CQM-A.json and no problems.json"),
                bad("no splits", "problems.json", "{}", problems, "DIR holds no pid_splits.json"),
                bad(
                        "a problem missing",
                        "problems.json",
                        Map.of("problems.json", "{}", "pid_splits.json", splits),
                        problems,
                        "DIR/problems.json lacks problem \"1\", which pid_splits.json counts to test"),
                bad(
                        "a split missing",
                        "problems.json",
                        Map.of("problems.json", "{}", "pid_splits.json", "{}"),
                        problems,
                        "DIR/pid_splits.json, line 1, lacks test"),
                bad(
                        "an answer beyond the choices",
                        "problems.json",
                        Map.of(
                                "problems.json",
                                "{\"1\": {\"choices\": [\"x\", \"y\"], \"answer\": 2}}",
                                "pid_splits.json",
                                splits),
                        problems,
                        "DIR/problems.json, \"1\" in line 1, has answer = 2, expected a whole number from 0 to 1"),
                bad(
                        "six choices",
                        "problems.json",
                        Map.of(
                                "problems.json",
                                "{\"1\": {\"choices\": [\"1\", \"2\", \"3\", \"4\", \"5\", \"6\"]}}",
                                "pid_splits.json",
                                splits),
                        problems,
                        "DIR/problems.json, \"1\" in line 1, has 6 choices, expected 1 to 5"),
                bad(
                        "choices that are no texts",
                        "problems.json",
                        Map.of("problems.json", "{\"1\": {\"choices\": [1, 2]}}", "pid_splits.json", splits),
                        problems,
                        "DIR/problems.json, \"1\" in line 1, has choices = [1,2], expected a list of texts"),
                bad(
                        "LLaVA's with one turn",
                        SQA,
                        "[{\"id\": \"1\", \"conversations\": [{}]}]",
                        problems,
                        "DIR/" + SQA + ", [0] in line 1, has 1 conversations, expected 2"),
                bad(
                        "LLaVA's with no such option",
                        SQA,
                        "[{\"id\": \"1\", \"conversations\": [{\"value\": \"Q\\nA. x\\nB. y\"}, {\"value\": \"C\"}]}]",
                        problems,
                        "DIR/" + SQA
                                + ", [0] in line 1, conversations[1], has value = \"C\", expected the letter of one of 2 options"),
                bad(
                        "answers to other questions",
                        "a",
                        Map.of(
                                SQA,
                                "[{\"id\": \"1\", \"conversations\": [{\"value\": \"Q\\nA. x\"}, {\"value\": \"A\"}]}]",
                                "a",
                                "{\"question_id\": 9, \"text\": \"A\"}"),
                        ScienceQa::score,
                        "DIR/a answers none of the 1 questions"),
                bad(
                        "an index out of range",
                        "a",
                        Map.of(SQA, "[]", "a", "{\"results\": {\"1\": 7}}"),
                        (file, dir) -> ScienceQaFiles.judge(file, List.of()),
                        "DIR/a, line 1, results, has 1 = 7, expected a whole number from -1 to 4"),
                bad(
                        "answers in no known format",
                        "a",
                        Map.of(SQA, "[]", "a", "{\"x\": 1}"),
                        (file, dir) -> ScienceQaFiles.judge(file, List.of()),
                        "DIR/a, line 1, lacks correct"));
    }
}
