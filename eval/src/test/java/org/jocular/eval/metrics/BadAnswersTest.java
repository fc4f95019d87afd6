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

/** Every broken file is refused in one sentence that names the file, the place in it, and what was expected there: yes/no questions, reviews and captions. */
class BadAnswersTest {
    private static final String NOCAPS = "nocaps_val_4500_captions.json";

    static Stream<BrokenFile> cases() {
        return Stream.of(yesNo(), llavaBench(), vsr(), captions()).flatMap(List::stream);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void isRefusedInOneSentence(BrokenFile broken, @TempDir Path dir) throws IOException {
        broken.isRefused(dir);
    }

    private static List<BrokenFile> yesNo() {
        String question =
                "{\"question_id\": 1, \"image\": \"i.jpg\", \"text\": \"Is there a cat in the image?\", \"category\": \"random\"}";
        String answer = "{\"question_id\": 1, \"prompt\": \"Q\", \"text\": \"Yes\"}";
        String label = "{\"image\": \"i.jpg\", \"text\": \"Is there a dog in the image?\", \"label\": \"yes\"}";
        Use pope = Pope::score;
        Use mme = Mme::score;
        return List.of(
                bad("POPE without questions", "a", answer, pope, "DIR holds no llava_pope_test.jsonl"),
                bad(
                        "POPE without labels",
                        "a",
                        Map.of("a", answer, "llava_pope_test.jsonl", question),
                        pope,
                        "DIR holds no labels, no coco_pope_*.json"),
                bad(
                        "POPE, another question",
                        "a",
                        Map.of(
                                "a",
                                answer.replace("1", "2"),
                                "llava_pope_test.jsonl",
                                question,
                                "coco_pope_random.json",
                                label),
                        pope,
                        "DIR/a answers question_id \"2\", for which DIR/llava_pope_test.jsonl has no question"),
                bad(
                        "POPE, another object",
                        "a",
                        Map.of("a", answer, "llava_pope_test.jsonl", question, "coco_pope_random.json", label),
                        pope,
                        "DIR has no label for question_id \"1\": cat in i.jpg, category random"),
                bad(
                        "POPE, a label that is none",
                        "a",
                        Map.of(
                                "a",
                                answer,
                                "llava_pope_test.jsonl",
                                question,
                                "coco_pope_random.json",
                                label.replace("yes", "maybe")),
                        pope,
                        "DIR/coco_pope_random.json, line 1, has label = \"maybe\", expected yes or no"),
                bad(
                        "MME without truth",
                        "a",
                        answer,
                        mme,
                        "DIR holds no ground truth of MME: no Your_Results with existence.txt, no folder existence"),
                bad(
                        "MME, id without subtask",
                        "a",
                        Map.of("a", answer, "count.txt", "1.jpg\tQ\tYes\n"),
                        mme,
                        "DIR/a, question_id \"1\", expected subtask/image as question_id"),
                bad(
                        "MME, no prompt",
                        "a",
                        Map.of(
                                "a",
                                "{\"question_id\": \"count/1.jpg\", \"text\": \"Yes\"}",
                                "count.txt",
                                "1.jpg\tQ\tYes\n"),
                        mme,
                        "DIR/a, question_id \"count/1.jpg\", lacks prompt"),
                bad(
                        "MME, other questions",
                        "a",
                        Map.of("a", answer.replace("1", "\"count/1.jpg\""), "count.txt", "1.jpg\tR\tYes\n"),
                        mme,
                        "DIR/a answers none of the 1 questions of the ground truth"),
                bad(
                        "MME, too few columns",
                        "",
                        Map.of("count.txt", "1.jpg\tQ\tYes\n"),
                        mme,
                        "DIR/count.txt, line 1, has 3 columns, expected 4"),
                bad(
                        "MME, truth that is none",
                        "a",
                        Map.of("a", answer, "count.txt", "1.jpg\tQ\tYes\n1.jpg\tR\tperhaps\n"),
                        mme,
                        "DIR/count.txt, line 2, has \"perhaps\" as ground truth, expected Yes or No"),
                bad(
                        "MME, half an image",
                        "",
                        Map.of("count.txt", "1.jpg\tQ\tYes\tyes\n"),
                        mme,
                        "MME's count has 1 answers, expected two for each image"),
                bad(
                        "MME, an empty folder",
                        "",
                        Map.of(),
                        mme,
                        "DIR holds no file of an MME subtask, such as existence.txt"));
    }

    private static List<BrokenFile> llavaBench() {
        Use reviews = (file, dir) -> LlavaBench.score(file);
        return List.of(
                bad(
                        "reviews without marks",
                        "r",
                        "{\"question_id\": 1}",
                        reviews,
                        "DIR/r, line 1, lacks tuple, and score, content and text too"),
                bad(
                        "reviews with three marks",
                        "r",
                        "{\"question_id\": 1, \"tuple\": [1, 2, 3]}",
                        reviews,
                        "DIR/r, line 1, has tuple = [1,2,3], expected a list of two numbers"),
                bad(
                        "reviews with marks in words",
                        "r",
                        "{\"question_id\": 1, \"tuple\": [\"8\", \"9\"]}",
                        reviews,
                        "DIR/r, line 1, has tuple = [\"8\",\"9\"], expected a list of two numbers"),
                bad("no reviews", "r", "\n", reviews, "DIR/r holds no reviews"),
                bad(
                        "a mean of 0",
                        "r",
                        "{\"question_id\": 1, \"tuple\": [0, 2]}",
                        reviews,
                        "the reference's marks in category all have the mean 0, so nothing can be told in percent of it"));
    }

    private static List<BrokenFile> vsr() {
        Use predictions = (file, dir) -> Vsr.readPredictions(file);
        return List.of(
                bad(
                        "a label of 2",
                        "test.jsonl",
                        "{\"image\": \"\", \"caption\": \"\", \"label\": 2, \"relation\": \"on\"}",
                        (file, dir) -> Vsr.read(file),
                        "DIR/test.jsonl, line 1, has label = 2, expected a whole number from 0 to 1"),
                bad(
                        "a prediction of 2",
                        "p",
                        "1\n2\n",
                        predictions,
                        "DIR/p, line 2, is \"2\", expected 0, 1 or a JSON object"),
                bad(
                        "a prediction out of order",
                        "p",
                        "{\"question_id\": 3, \"text\": \"yes\"}",
                        predictions,
                        "DIR/p, line 1, has question_id = 3, expected 0, the number of the row in the split"),
                bad(
                        "a candidate of another kind",
                        "p",
                        "{\"scores\": {\"maybe\": -1}}",
                        predictions,
                        "DIR/p, line 1, ranks \"maybe\", expected yes, true, no and false"),
                bad(
                        "a score that is no number",
                        "p",
                        "{\"scores\": {\"yes\": NaN}}",
                        predictions,
                        "DIR/p, line 1, scores, has yes = \"NaN\", expected a number"),
                bad("no prediction", "p", "{}", predictions, "DIR/p, line 1, lacks text"),
                bad(
                        "no split of that size",
                        "p",
                        Map.of("p", "1\n", "test.jsonl", ""),
                        Vsr::score,
                        "DIR holds no split of VSR with 1 rows, as many as there are predictions: test.jsonl has 0"),
                bad(
                        "a kind without relations",
                        "kinds",
                        "Proximity\n",
                        (file, dir) -> Vsr.readMetaCategories(file),
                        "DIR/kinds, line 1, has no kind followed by a colon"));
    }

    private static List<BrokenFile> captions() {
        Use nocaps = (file, dir) -> NoCaps.subsets(NoCaps.read(dir), dir);
        String one =
                "{\"images\": [{\"id\": 1, \"domain\": \"near-domain\"}], \"annotations\": [{\"image_id\": 1, \"caption\": \"x\"}]}";
        return List.of(
                bad("no NoCaps", "a", "", nocaps, "DIR holds no " + NOCAPS),
                bad(
                        "a caption of no image",
                        NOCAPS,
                        one.replace("image_id\": 1", "image_id\": 2"),
                        nocaps,
                        "DIR/" + NOCAPS + ", annotations[0] in line 1, has image_id 2, which is not among the images"),
                bad(
                        "an image without captions",
                        NOCAPS,
                        "{\"images\": [{\"id\": 1}], \"annotations\": []}",
                        nocaps,
                        "DIR/" + NOCAPS + " holds no captions of image 1"),
                bad(
                        "an image twice",
                        NOCAPS,
                        one.replace("[{\"id\": 1", "[{\"id\": 1}, {\"id\": 1"),
                        nocaps,
                        "DIR/" + NOCAPS + ", images[1] in line 1, has image id 1 a second time"),
                bad(
                        "an unknown domain",
                        NOCAPS,
                        one.replace("near", "far"),
                        nocaps,
                        "DIR/" + NOCAPS
                                + ", image 1, has domain = \"far-domain\", expected one of in-domain, near-domain, out-domain"),
                bad(
                        "a list of ids that is none",
                        "x.yaml",
                        "img_ids: [1, b]\n",
                        (file, dir) -> NoCaps.readImageIds(file),
                        "DIR/x.yaml, line 1, has img_ids that are no list of numbers in brackets"),
                bad(
                        "no list of ids",
                        "x.yaml",
                        "run:\n",
                        (file, dir) -> NoCaps.readImageIds(file),
                        "DIR/x.yaml lacks img_ids"),
                bad(
                        "a result without caption",
                        "r",
                        "[{\"image_id\": 1}]",
                        (file, dir) -> CocoCaptions.readResults(file),
                        "DIR/r, [0] in line 1, lacks caption"),
                bad(
                        "results as an object",
                        "r",
                        "{}",
                        (file, dir) -> CocoCaptions.readResults(file),
                        "DIR/r, line 1, has START_OBJECT, expected a JSON list"),
                bad(
                        "a result twice",
                        "r",
                        "[{\"image_id\": 1, \"caption\": \"x\"}, {\"image_id\": 1, \"caption\": \"x\"}]",
                        (file, dir) -> CocoCaptions.readResults(file),
                        "DIR/r, [1] in line 1, captions image_id 1 a second time"));
    }
}
