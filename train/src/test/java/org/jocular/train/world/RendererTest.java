package org.jocular.train.world;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.image.BufferedImage;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import org.jocular.tensor.BadInput;
import org.jocular.train.world.Scene.Thing;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RendererTest {
    /** Every shape, both sizes. */
    private static final Scene SCENE = new Scene(List.of(
            new Thing(Colour.RED, Shape.SQUARE, Size.LARGE, 0, 0, 1, -1),
            new Thing(Colour.GREEN, Shape.CIRCLE, Size.SMALL, 0, 2, -3, 3),
            new Thing(Colour.BLUE, Shape.TRIANGLE, Size.LARGE, 1, 0, 0, 0),
            new Thing(Colour.WHITE, Shape.RING, Size.LARGE, 1, 1, 1, 1),
            new Thing(Colour.ORANGE, Shape.CROSS, Size.SMALL, 2, 1, 2, 0),
            new Thing(Colour.CYAN, Shape.DIAMOND, Size.LARGE, 2, 2, 1, 1)));

    private static String hash(BufferedImage image) throws NoSuchAlgorithmException {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(Renderer.bytes(image)));
    }

    /** Recorded once; with another JDK or on another machine they must be the same. */
    @ParameterizedTest
    @CsvSource({
        "1, 1, e2494d25b99357e92386aef8ced359594af85b075e6a006a0f152b10e5eecb74",
        "2, 1, 4a6aa2d4311f0743d9f4b13b2f37c416d3ba343e759240c76de55d5cf21e8907",
        "1, 8, 7dfc0977423c24f25d573d415784c708f4b3698dc5d4292794940dd712ca832e"
    })
    void aSeedGivesTheSamePixelsEverywhere(long seed, int scale, String hash) throws NoSuchAlgorithmException {
        assertThat(hash(Renderer.render(SCENE, seed, scale))).isEqualTo(hash);
    }

    @Test
    void aLargerPictureShowsTheSame() {
        BufferedImage small = Renderer.render(SCENE, 5);
        BufferedImage large = Renderer.render(SCENE, 5, 8);

        assertThat(small.getWidth()).isEqualTo(48);
        assertThat(large.getWidth()).isEqualTo(384);
        assertThat(large.getHeight()).isEqualTo(384);
        for (int y = 0; y < 48; y++) {
            for (int x = 0; x < 48; x++) {
                assertThat(difference(small, large, x, y)).isLessThan(32); // edges are finer
            }
        }
        assertThat(large.getRGB(20 * 8 + 3, 2 * 8 + 5)).isEqualTo(small.getRGB(20, 2)); // background
        assertThat(large.getRGB(9 * 8, 7 * 8)).isEqualTo(small.getRGB(9, 7)); // the middle of the square
    }

    /** The largest over the channels, between a pixel and the mean of the 8 x 8 that show the same. */
    private static int difference(BufferedImage small, BufferedImage large, int x, int y) {
        int most = 0;
        for (int shift = 0; shift <= 16; shift += 8) {
            int sum = 0;
            for (int i = 0; i < 64; i++) {
                sum += large.getRGB(8 * x + i % 8, 8 * y + i / 8) >> shift & 255;
            }
            most = Math.max(most, Math.abs(sum / 64 - (small.getRGB(x, y) >> shift & 255)));
        }
        return most;
    }

    @Test
    void thingsHaveTheirColoursInTheirCells() {
        int pixel = Renderer.render(SCENE, 3).getRGB(8 + 1, 8 - 1);

        assertThat(pixel >> 16 & 255).isBetween(214, 245); // .9 and at most .06 more or less
        assertThat(pixel & 255).isBetween(15, 46);
    }

    @Test
    void aBoxIsWhatAThingCovers() {
        // 48 pixels a side, cells of 16: large squares reach 5.8 pixels to each side of their middle.
        assertThat(Renderer.box(SCENE.things().getFirst())).containsExactly(3, 1, 15, 13);
        // A diamond that would hang over the edge of its cell ends there.
        assertThat(Renderer.box(SCENE.things().getLast())).containsExactly(33, 33, 48, 48);
    }

    @Test
    void aScaleIsAtLeastOne() {
        assertThatThrownBy(() -> Renderer.render(SCENE, 1, 0))
                .isInstanceOf(BadInput.class)
                .hasMessage("The scale of a picture is 0, expected 1 to 100");
    }
}
