package org.jocular.vit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.jocular.tensor.BadInput;
import org.jocular.vit.ImageProcessor.AspectRatio;
import org.jocular.vit.Resize.Filter;
import org.jocular.weights.PreprocessorConfig;
import org.jocular.weights.PreprocessorConfig.Exactly;
import org.jocular.weights.PreprocessorConfig.ShortestEdge;
import org.junit.jupiter.api.Test;

class ImageProcessorTest {

    @Test
    void longSideIsTruncatedAndCropOffsetFloored() {
        Picture picture = TestPictures.pattern(53, 88); // 56 x 92.98

        Picture prepared = ImageProcessor.clip(56).prepared(picture);

        Picture resized = Resize.resize(picture, 56, 92, Filter.BICUBIC);
        assertThat(prepared).isEqualTo(rows(resized, 18, 56));
    }

    @Test
    void blipIgnoresProportions() {
        Picture picture = TestPictures.pattern(40, 30);

        assertThat(ImageProcessor.blip(224).prepared(picture))
                .isEqualTo(Resize.resize(picture, 224, 224, Filter.BICUBIC));
    }

    @Test
    void llavaPadsWithItsMeanColourAndOddRestBelow() {
        Picture prepared = ImageProcessor.llavaPad(5).prepared(Picture.filled(5, 2, 9, 9, 9));

        assertThat(prepared.height()).isEqualTo(5);
        for (int y = 0; y < 5; y++) {
            boolean inside = y == 1 || y == 2;
            assertThat(prepared.sample(4, y, 0)).isEqualTo(inside ? 9 : 122);
            assertThat(prepared.sample(0, y, 1)).isEqualTo(inside ? 9 : 116);
            assertThat(prepared.sample(2, y, 2)).isEqualTo(inside ? 9 : 104);
        }
    }

    @Test
    void cropLargerThanThePictureIsBlackAround() {
        ImageProcessor crop = with(List.of(0.0, 0.0, 0.0), List.of(1.0, 1.0, 1.0), new Exactly(4, 6));

        Picture prepared = crop.prepared(Picture.filled(3, 7, 1, 2, 3));

        assertThat(prepared.width()).isEqualTo(6);
        assertThat(prepared.height()).isEqualTo(4);
        for (int x = 0; x < 6; x++) { // the odd column goes to the left: ceil((6 - 3) / 2)
            assertThat(prepared.sample(x, 2, 2)).isEqualTo(x >= 2 && x < 5 ? 3 : 0);
        }
    }

    @Test
    void channelsComeFirst() {
        ImageProcessor plain = with(List.of(0.0, 0.0, 0.5), List.of(1.0, 1.0, 0.5), new Exactly(1, 2));

        assertThat(plain.pixelValues(new Picture(2, 1, new byte[] {0, 51, 0, (byte) 255, 0, (byte) 255})))
                .containsExactly(0, 1, 0.2f, 0, -1, 1);
    }

    @Test
    void normalisationIsThatOfNumpy() {
        float[] values = ImageProcessor.clip(1).pixelValues(Picture.filled(1, 1, 100, 101, 102));

        // (np.float32(100 * (1 / 255)) - np.float32(mean)) / np.float32(std), and so on
        assertThat(values).containsExactly(-0.33241987f, -0.23631251f, -0.029773025f);
    }

    @Test
    void threadThinPictureIsRefusedBeforeItGrows() {
        Picture thread = Picture.filled(100_000, 1, 0, 0, 0);

        assertThatThrownBy(() -> ImageProcessor.clip(224).prepared(thread))
                .isInstanceOf(BadInput.class)
                .hasMessageContaining("100000 x 1");
    }

    private static ImageProcessor with(List<Double> mean, List<Double> std, Exactly crop) {
        PreprocessorConfig config = new PreprocessorConfig(
                true, false, new ShortestEdge(1), 3, true, crop, true, 1 / 255.0, true, mean, std);
        return new ImageProcessor(AspectRatio.KEEP, config);
    }

    private static Picture rows(Picture picture, int from, int count) {
        byte[] rgb = new byte[3 * picture.width() * count];
        System.arraycopy(picture.rgb(), 3 * picture.width() * from, rgb, 0, rgb.length);
        return new Picture(picture.width(), count, rgb);
    }
}
