package org.jocular.eval.metrics;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.SequencedMap;
import java.util.SequencedSet;
import org.jocular.eval.data.DataFile;
import org.jocular.tensor.BadInput;
import org.jspecify.annotations.Nullable;

/**
 * Captions in the format of COCO, in which captions_val2014.json, coco_karpathy_val_gt.json and nocaps_val_4500_captions.json are
 * published, and the results that its evaluation takes (salaniz/pycocoevalcap; tylin/coco-caption).
 *
 * @param file     for messages
 * @param images   in the order of the file
 * @param captions the references by image id
 */
public record CocoCaptions(Path file, List<Image> images, SequencedMap<String, List<String>> captions) {
    /**
     * An image of the annotations.
     *
     * @param fileName of its picture; null where the file does not tell
     * @param domain   in-domain, near-domain or out-domain in NoCaps' file; null in others
     */
    public record Image(
            String id, @Nullable String fileName, @Nullable String domain) {}

    /** One image's candidate beside its references. */
    public record Pair(String imageId, String candidate, List<String> references) {}

    /** Annotations: an object with {@code images} and {@code annotations}. */
    public static CocoCaptions read(Path file) {
        SequencedMap<String, List<String>> captions = new LinkedHashMap<>();
        List<Image> images = new ArrayList<>();
        DataFile.jsonList(file, "images", row -> {
            Image image = new Image(row.id("id"), row.textOrNull("file_name"), row.textOrNull("domain"));
            if (captions.putIfAbsent(image.id, new ArrayList<>()) != null) {
                throw row.bad("has image id %s a second time".formatted(image.id));
            }
            images.add(image);
        });
        if (images.isEmpty()) {
            throw new BadInput("%s holds no images".formatted(file));
        }
        DataFile.jsonList(file, "annotations", row -> {
            String id = row.id("image_id");
            List<String> references = captions.get(id);
            if (references == null) {
                throw row.bad("has image_id %s, which is not among the images".formatted(id));
            }
            references.add(row.text("caption"));
        });
        captions.forEach((id, references) -> {
            if (references.isEmpty()) {
                throw new BadInput("%s holds no captions of image %s".formatted(file, id));
            }
        });
        return new CocoCaptions(file, images, captions);
    }

    /** Results: a list of {@code image_id} and {@code caption}, one for an image. */
    public static SequencedMap<String, String> readResults(Path file) {
        SequencedMap<String, String> results = new LinkedHashMap<>();
        DataFile.jsonList(file, row -> {
            String id = row.id("image_id");
            if (results.putIfAbsent(id, row.text("caption")) != null) {
                throw row.bad("captions image_id %s a second time".formatted(id));
            }
        });
        return results;
    }

    /** Ids of all images. */
    public SequencedSet<String> ids() {
        return new LinkedHashSet<>(captions.keySet());
    }

    /**
     * What is to be scored for some of the images. Each needs a candidate: CIDEr weighs n-grams by how many of the scored images they
     * occur in, so a score over fewer images is another metric.
     */
    public List<Pair> pairs(SequencedMap<String, String> results, Collection<String> ids) {
        List<Pair> pairs = new ArrayList<>();
        for (String id : ids) {
            List<String> references = captions.get(id);
            String candidate = results.get(id);
            if (references == null || candidate == null) {
                throw new BadInput(
                        references == null
                                ? "%s holds no image %s".formatted(file, id)
                                : "image %s of %s has no caption among the %d results"
                                        .formatted(id, file, results.size()));
            }
            pairs.add(new Pair(id, candidate, references));
        }
        return pairs;
    }
}
