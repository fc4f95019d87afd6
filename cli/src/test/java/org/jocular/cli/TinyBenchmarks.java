package org.jocular.cli;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import javax.imageio.ImageIO;

/** Small benchmarks, invented, in the formats in which the real ones are published. */
final class TinyBenchmarks {
    private static final List<String> RELATIONS = List.of("left of", "on top of", "behind", "under");
    private static final List<String> THINGS = List.of("cat", "book", "car", "bench", "dog");

    private TinyBenchmarks() {}

    /** Makes all of them below a folder, each in one of its own. */
    static void write(Path data) {
        try {
            vsr(data.resolve("vsr"), 1);
            vsr(data.resolve("vsr-random"), 2);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** cambridgeltl/visual-spatial-reasoning: data/splits/zeroshot/test.jsonl and images. */
    private static void vsr(Path folder, int seed) throws IOException {
        Random random = new Random(seed);
        StringBuilder lines = new StringBuilder();
        for (int i = 0; i < 40; i++) {
            String image = "%012d.jpg".formatted(100 + random.nextInt(9));
            String relation = RELATIONS.get(random.nextInt(RELATIONS.size()));
            lines.append(
                    "{\"image\": \"%s\", \"image_link\": \"\", \"caption\": \"The %s is %s the %s.\", \"label\": %d, \"relation\": \"%s\"}\n"
                            .formatted(
                                    image,
                                    THINGS.get(random.nextInt(THINGS.size())),
                                    relation,
                                    THINGS.get(random.nextInt(THINGS.size())),
                                    random.nextInt(2),
                                    relation));
            picture(folder.resolve("images").resolve(image), image.hashCode());
        }
        Path split = folder.resolve(seed == 1 ? "zeroshot" : "random").resolve("test.jsonl");
        Files.createDirectories(split.getParent());
        Files.writeString(split, lines);
    }

    /** Coloured rectangles; a PNG whatever its name says, as readers look at the content. */
    static void picture(Path file, int seed) throws IOException {
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
