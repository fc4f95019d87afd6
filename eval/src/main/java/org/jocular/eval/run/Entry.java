package org.jocular.eval.run;

import java.util.List;
import org.jocular.eval.data.Row;
import org.jocular.eval.task.Sample;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * A line of questions.jsonl: everything that one question of a run needs to be asked and scored again.
 *
 * @param number its place in the run, from 0 on, over all tasks
 * @param prompt the whole text that the model is given, with its marks for pictures
 */
public record Entry(int number, String task, Sample sample, String prompt) {
    ObjectNode json() {
        ObjectNode line = JsonNodeFactory.instance.objectNode();
        line.put("n", number);
        line.put("task", task);
        line.put("id", sample.id());
        if (sample.picture() != null) {
            line.put("picture", sample.picture());
        }
        line.put("question", sample.question());
        line.put("prompt", prompt);
        if (!sample.candidates().isEmpty()) {
            sample.candidates().forEach(line.putArray("candidates")::add);
        }
        line.put("target", sample.target());
        if (sample.category() != null) {
            line.put("category", sample.category());
        }
        line.set("doc", sample.doc());
        return line;
    }

    static Entry of(Row line) {
        Sample sample = new Sample(
                line.text("id"),
                line.textOrNull("picture"),
                line.text("question"),
                line.has("candidates") ? line.texts("candidates") : List.of(),
                line.text("target"),
                line.textOrNull("category"),
                (ObjectNode) line.object("doc").node());
        return new Entry(line.whole("n", 0, Integer.MAX_VALUE), line.text("task"), sample, line.text("prompt"));
    }
}
