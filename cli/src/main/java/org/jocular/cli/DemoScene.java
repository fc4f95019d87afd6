package org.jocular.cli;

import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.jocular.train.world.Kind;
import org.jocular.train.world.Question;
import org.jocular.train.world.Questions;
import org.jocular.train.world.Renderer;
import org.jocular.train.world.Scene;
import org.jocular.train.world.Scenes;
import org.jocular.train.world.Statement;
import org.jocular.vit.Picture;

/** A scene of the synthetic world, and what may be asked about it. */
record DemoScene(Scene scene, long seed) {
    /** Fewer things leave little to ask. */
    private static final int THINGS = 3;

    private static final int QUESTIONS = 3;
    private static final int STATEMENTS = 4;
    private static final int ATTEMPTS = 100;

    /** What is asked first where the scene allows it. */
    private static final List<Kind> KINDS =
            List.of(Kind.COLOR, Kind.COUNT, Kind.WHERE, Kind.SHAPE, Kind.EXISTENCE, Kind.SIZE);

    static DemoScene of(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        Scene scene = Stream.generate(() -> Scenes.draw(random))
                .filter(one -> one.things().size() >= THINGS)
                .findFirst()
                .orElseThrow();
        return new DemoScene(scene, seed);
    }

    /** Draws it; the model's eyes want scale 1. */
    Picture write(Path file, int scale) {
        BufferedImage image = Renderer.render(scene, seed, scale);
        int[] pixels = image.getRGB(0, 0, image.getWidth(), image.getHeight(), null, 0, image.getWidth());
        byte[] rgb = new byte[3 * pixels.length];
        for (int i = 0; i < pixels.length; i++) {
            rgb[3 * i] = (byte) (pixels[i] >> 16);
            rgb[3 * i + 1] = (byte) (pixels[i] >> 8);
            rgb[3 * i + 2] = (byte) pixels[i];
        }
        Picture picture = new Picture(image.getWidth(), image.getHeight(), rgb);
        Drawing.write(picture, file);
        return picture;
    }

    Question description() {
        return drawn(Kind.DETAIL).getFirst();
    }

    List<Question> questions() {
        return KINDS.stream()
                .flatMap(kind -> drawn(kind).stream())
                .limit(QUESTIONS)
                .toList();
    }

    private List<Question> drawn(Kind kind) {
        Question question = Questions.draw(kind, scene, new SplittableRandom(seed + kind.ordinal()));
        return question == null ? List.of() : List.of(question);
    }

    /** Different statements, the false ones as many as the true ones where there are as many. */
    List<Statement> statements() {
        SplittableRandom random = new SplittableRandom(seed);
        List<Statement> statements = new ArrayList<>();
        for (int i = 0; i < ATTEMPTS && statements.size() < STATEMENTS; i++) {
            Statement drawn = Statement.draw(scene, random);
            boolean wanted = drawn != null
                    && statements.stream().noneMatch(one -> one.text().equals(drawn.text()))
                    && statements.stream()
                                    .filter(one -> one.holds() == drawn.holds())
                                    .count()
                            < STATEMENTS / 2;
            if (drawn != null && wanted) {
                statements.add(drawn);
            }
        }
        statements.sort(Comparator.comparing(Statement::text));
        return statements;
    }
}
