package org.jocular.train.data;

import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import org.jocular.systems.Preset;

/**
 * LAVIS's own annotation files (salesforce/LAVIS, lavis/configs/datasets): lists of {@code {image, caption}} as coco_karpathy_train.json and
 * vg_caption.json, or of {@code {image, question, answer}} as vqa_train.json, okvqa_train.json and vg_qa.json. Several answers to a question are there
 * to draw from, each as often as the next.
 */
final class LavisFile {
    private LavisFile() {}

    static void read(Path file, Consumer<Lesson> each) {
        int[] number = {0};
        JsonEntries.list(file, entry -> each.accept(lesson(entry, number[0]++)));
    }

    private static Lesson lesson(Entry entry, int number) {
        boolean asks = entry.has("question");
        String field = asks ? "answer" : "caption";
        String question = asks ? entry.text("question") : "";
        List<Preset.Turn> turns = entry.textOrTexts(field).stream()
                .distinct()
                .map(answer -> new Preset.Turn(question, answer))
                .toList();
        if (turns.isEmpty()) {
            throw entry.wrong(field, "at least one text");
        }
        String id = entry.has("question_id") ? entry.id("question_id") : String.valueOf(number);
        return new Lesson(id, LlavaFile.picture(entry, "image"), true, turns);
    }
}
