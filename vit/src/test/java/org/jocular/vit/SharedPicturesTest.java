package org.jocular.vit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.jocular.tensor.BadInput;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Every picture among the shared assets is read, or refused where it is broken. */
class SharedPicturesTest {

    @TestFactory
    List<DynamicTest> everyPicture() throws IOException {
        try (Stream<Path> files = Files.walk(Shared.path("assets/images"))) {
            return files.filter(file -> file.toString().matches(".*\\.(png|jpg|gif|bmp|ppm)"))
                    .map(file -> DynamicTest.dynamicTest(file.getFileName().toString(), () -> check(file)))
                    .toList();
        }
    }

    private static void check(Path file) {
        if (file.endsWith("truncated.jpg")) {
            assertThatThrownBy(() -> PictureReader.read(file))
                    .isInstanceOf(BadInput.class)
                    .hasMessageStartingWith(file + " is truncated");
        } else {
            Picture picture = PictureReader.read(file);
            assertThat(picture.rgb()).hasSize(3 * picture.width() * picture.height());
        }
    }

    /** The same photo, stored four ways round: what differs is what JPEG lost. */
    @Test
    void orientationsShowTheSamePhoto() {
        Picture upright = PictureReader.read(Shared.path("assets/images/exif/Landscape_1.jpg"));
        for (int tag : new int[] {3, 6, 8}) {
            Path file = Shared.path("assets/images/exif/Landscape_" + tag + ".jpg");
            Picture turned = PictureReader.read(file);
            assertThat(turned.width()).isEqualTo(upright.width());
            assertThat(turned.height()).isEqualTo(upright.height());
            assertThat(meanDifference(upright, turned)).isLessThan(5);

            Picture asStored = new PictureReader(PictureReader.PILLOW_MAX_PIXELS, false).readFile(file);
            assertThat(asStored.width()).isEqualTo(tag == 3 ? 1800 : 1200);
        }
    }

    private static double meanDifference(Picture a, Picture b) {
        long sum = 0;
        for (int i = 0; i < a.rgb().length; i++) {
            sum += Math.abs((a.rgb()[i] & 0xFF) - (b.rgb()[i] & 0xFF));
        }
        return (double) sum / a.rgb().length;
    }
}
