package org.jocular.eval.metrics;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import org.jocular.eval.data.DataFile;
import org.jocular.eval.data.Row;
import org.jspecify.annotations.Nullable;

/**
 * A line of the answer files that LLaVA's evaluation writes and reads for every benchmark (haotian-liu/LLaVA,
 * llava/eval/model_vqa_loader.py).
 *
 * @param prompt the question as the model was asked it; scorers that do not need it take files without it
 */
public record Answer(String questionId, @Nullable String prompt, String text) {
    /** All answers of the file, in its order. */
    public static List<Answer> read(Path file) {
        List<Answer> answers = new ArrayList<>();
        DataFile.jsonLines(file, row -> answers.add(of(row)));
        return answers;
    }

    /** All answers of a file that answers a question once: an interrupted run that was repeated would count some twice. */
    public static SequencedMap<String, Answer> readById(Path file) {
        SequencedMap<String, Answer> answers = new LinkedHashMap<>();
        DataFile.jsonLines(file, row -> {
            Answer answer = of(row);
            if (answers.putIfAbsent(answer.questionId, answer) != null) {
                throw row.bad("answers question_id %s a second time".formatted(Row.quote(answer.questionId)));
            }
        });
        return answers;
    }

    private static Answer of(Row row) {
        return new Answer(row.id("question_id"), row.textOrNull("prompt"), row.text("text"));
    }
}
