package org.jocular.train.data;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jocular.systems.Preset;
import org.jocular.tensor.BadInput;

/** COCO's {@code captions_train2017.json} and its like: {@code {images: [{id, file_name}], annotations: [{image_id, caption}]}}. One lesson a picture. */
final class CocoCaptions {
    private CocoCaptions() {}

    private record Captions(Path picture, List<Preset.Turn> turns) {}

    static void read(Path file, Consumer<Lesson> each) {
        Map<String, Captions> pictures = new LinkedHashMap<>();
        // Nothing says that annotations stand after the pictures that they are about.
        Map<String, List<String>> captionsOf = new LinkedHashMap<>();
        JsonEntries.lists(
                file,
                Map.of(
                        "images",
                        image -> {
                            Captions captions = new Captions(LlavaFile.picture(image, "file_name"), new ArrayList<>(5));
                            if (pictures.put(image.id("id"), captions) != null) {
                                throw image.bad("names picture %s a second time".formatted(image.id("id")));
                            }
                        },
                        "annotations",
                        annotation -> captionsOf
                                .computeIfAbsent(annotation.id("image_id"), id -> new ArrayList<>(5))
                                .add(annotation.text("caption").strip())));
        captionsOf.forEach((id, texts) -> {
            Captions captions = pictures.get(id);
            if (captions == null) {
                throw new BadInput(
                        "%s has a caption for image_id = %s, which is not among its images".formatted(file, id));
            }
            texts.forEach(text -> captions.turns.add(new Preset.Turn("", text)));
        });
        pictures.forEach((id, captions) -> {
            // Pictures of test splits have none.
            if (!captions.turns.isEmpty()) {
                each.accept(new Lesson(id, captions.picture, true, captions.turns));
            }
        });
    }
}
