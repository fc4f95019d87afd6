package org.jocular.eval.metrics;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jocular.eval.data.DataFile;
import org.jspecify.annotations.Nullable;

/**
 * A line of the question files that LLaVA wrote for every benchmark: qa90_questions.jsonl, llava_pope_test.jsonl, llava_mme.jsonl
 * (haotian-liu/LLaVA, llava/eval/model_vqa.py).
 *
 * @param questionId unique in a file, except in MME's, where it names the image
 */
public record Question(
        String questionId,
        String image,
        String text,
        @Nullable String category) {
    /** All questions of the file, in its order. */
    public static List<Question> read(Path file) {
        List<Question> questions = new ArrayList<>();
        DataFile.jsonLines(
                file,
                row -> questions.add(new Question(
                        row.id("question_id"), row.text("image"), row.text("text"), row.textOrNull("category"))));
        return questions;
    }
}
