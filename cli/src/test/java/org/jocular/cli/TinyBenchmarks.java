package org.jocular.cli;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import javax.imageio.ImageIO;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;

/**
 * Small benchmarks, invented, in the formats in which the real ones are published. All texts are short, as the contexts of the tiny models are,
 * and right answers are words that these say by chance. One picture of NoCaps is broken, one of GQA missing, and one question of ScienceQA is too
 * long for any of the models.
 */
final class TinyBenchmarks {
    private static final List<String> RELATIONS = List.of("left of", "on top of", "behind", "under");
    static final List<String> THINGS = List.of("man", "table", "square", "cat", "car");

    /** Of COCO, shared by several benchmarks, in a folder beside theirs. */
    static final int COCO_PICTURES = 8;

    /** JSON's null. */
    static final JsonNode NOTHING = JsonNodeFactory.instance.nullNode();

    private TinyBenchmarks() {}

    /** Makes all of them below a folder, each in one of its own. */
    static void write(Path data) {
        try {
            for (int i = 0; i < COCO_PICTURES; i++) {
                picture(data.resolve("val2014").resolve("COCO_val2014_" + coco(i)), 200 + i);
            }
            vsr(data.resolve("vsr"), 1);
            vsr(data.resolve("vsr-random"), 2);
            TinyFreeAnswers.write(data);
            TinyShortAnswers.write(data);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Name of a picture of COCO, without the split that stands before it in the edition of 2014. */
    static String coco(int number) {
        return "%012d.jpg".formatted(4000 + 7 * number);
    }

    /** cambridgeltl/visual-spatial-reasoning: data/splits/zeroshot/test.jsonl and images. */
    private static void vsr(Path folder, int seed) throws IOException {
        Random random = new Random(seed);
        List<Object> rows = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            String image = "%012d.jpg".formatted(100 + random.nextInt(9));
            String relation = draw(random, RELATIONS);
            rows.add(fields(
                    "image",
                    image,
                    "image_link",
                    "",
                    "caption",
                    "The %s is %s the %s.".formatted(draw(random, THINGS), relation, draw(random, THINGS)),
                    "label",
                    random.nextInt(2),
                    "relation",
                    relation,
                    "annotator_id",
                    1,
                    "vote_true_validator_id",
                    "[2]",
                    "vote_false_validator_id",
                    "[]"));
            picture(folder.resolve("images").resolve(image), image.hashCode());
        }
        jsonLines(folder.resolve(seed == 1 ? "zeroshot" : "random").resolve("test.jsonl"), rows);
        if (seed == 1) {
            Files.writeString(
                    folder.resolve("rel_meta_category_dict.txt"),
                    "Projective: left of, on top of, behind\nAdjacency: at the side of\n");
        }
    }

    static <T> T draw(Random random, List<T> from) {
        return from.get(random.nextInt(from.size()));
    }

    /** Names and values of an object in their order. */
    static Map<String, Object> fields(Object... namesAndValues) {
        Map<String, Object> fields = new LinkedHashMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            fields.put((String) namesAndValues[i], namesAndValues[i + 1]);
        }
        return fields;
    }

    static void json(Path file, Object value) throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, JsonMapper.shared().writeValueAsString(value));
    }

    static void jsonLines(Path file, List<?> rows) throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(
                file,
                rows.stream()
                        .map(row -> JsonMapper.shared().writeValueAsString(row) + "\n")
                        .collect(Collectors.joining()));
    }

    /** Coloured rectangles; a PNG whatever its name says, as readers look at the content. */
    static void picture(Path file, int seed) throws IOException {
        if (Files.exists(file)) {
            return;
        }
        Files.createDirectories(file.getParent());
        Random random = new Random(seed);
        BufferedImage image =
                new BufferedImage(40 + random.nextInt(40), 40 + random.nextInt(40), BufferedImage.TYPE_INT_RGB);
        for (int x = 0; x < image.getWidth(); x++) {
            for (int y = 0; y < image.getHeight(); y++) {
                image.setRGB(x, y, seed * 2654435 + (x / 16 * 5 + y / 16) * 0x35_17_29);
            }
        }
        ImageIO.write(image, "png", file.toFile());
    }
}
