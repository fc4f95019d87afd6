package org.jocular.train.world;

import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.random.RandomGenerator;

/**
 * A scene and the picture that is kept of it.
 *
 * @param number counted over training, validation and out-of-domain, with gaps between them
 * @param seed   of background, noise and the exact colours
 */
public record Photograph(int number, Scene scene, long seed) {
    /** Numbers of validation begin after this, and those out of domain after twice as many. */
    static final int BLOCK = 100_000;

    /** Of the training set; the first of many are the same as those of few. */
    public static List<Photograph> training(int count, long seed) {
        return take(count, 0, Streams.of(seed, "training"), Scenes::draw);
    }

    public static List<Photograph> validation(int count, long seed) {
        return take(count, BLOCK, Streams.of(seed, "validation"), Scenes::draw);
    }

    public static List<Photograph> outOfDomain(int count, long seed) {
        return take(count, 2 * BLOCK, Streams.of(seed, "out-of-domain"), Scenes::drawOutOfDomain);
    }

    private static List<Photograph> take(
            int count, int before, RandomGenerator random, Function<RandomGenerator, Scene> scenes) {
        List<Photograph> photographs = new ArrayList<>(count);
        for (int i = 1; i <= count; i++) {
            photographs.add(new Photograph(before + i, scenes.apply(random), random.nextLong()));
        }
        return photographs;
    }

    /** Six digits. */
    public String id() {
        return String.format(Locale.ROOT, "%06d", number);
    }

    /** Under which folders of pictures hold it. */
    public String file() {
        return id() + ".png";
    }

    /** 48 x 48 pixels. */
    public BufferedImage picture() {
        return Renderer.render(scene, seed);
    }
}
