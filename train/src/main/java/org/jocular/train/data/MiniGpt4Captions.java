package org.jocular.train.data;

import java.nio.file.Path;
import java.util.Map;
import java.util.function.Consumer;
import org.jocular.systems.Preset;

/**
 * The second stage of MiniGPT-4 (Vision-CAIR/MiniGPT-4, dataset/README_2_STAGE.md), {@code filter_cap.json}: {@code {annotations: [{image_id, caption}]}}.
 * Its instructions stand in another file, prompts/alignment.txt, and are the recipe's to give.
 */
final class MiniGpt4Captions {
    private MiniGpt4Captions() {}

    static void read(Path file, Consumer<Lesson> each) {
        JsonEntries.lists(file, Map.of("annotations", entry -> {
            String id = entry.id("image_id");
            Path picture = LlavaFile.picture(entry, "image_id", id + ".jpg");
            each.accept(Lesson.about(id, picture, new Preset.Turn("", entry.text("caption"))));
        }));
    }
}
