package org.jocular.train.world;

import static org.jocular.train.world.PlannedFile.object;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Captions in the format of COCO's captions_train2014.json, which NoCaps' nocaps_val_4500_captions.json extends by a domain. */
final class CocoJson {
    private final String description;
    private final List<Map<String, Object>> images = new ArrayList<>();
    private final List<Map<String, Object>> annotations = new ArrayList<>();

    CocoJson(String description) {
        this.description = description;
    }

    /** @param domain null where the format has none */
    void add(Photograph photograph, String file, @Nullable String domain, List<String> captions) {
        Map<String, Object> image = object(
                "id",
                photograph.number(),
                "file_name",
                file,
                "width",
                Renderer.SIDE,
                "height",
                Renderer.SIDE,
                "license",
                0);
        if (domain != null) {
            image.put("domain", domain);
        }
        images.add(image);
        for (String caption : captions) {
            annotations.add(object("id", annotations.size() + 1, "image_id", photograph.number(), "caption", caption));
        }
    }

    Map<String, Object> json() {
        return object(
                "info",
                object("description", "Jocular's synthetic world, " + description),
                "licenses",
                List.of(),
                "images",
                images,
                "annotations",
                annotations);
    }
}
