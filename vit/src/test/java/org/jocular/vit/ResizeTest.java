package org.jocular.vit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.jocular.tensor.BadInput;
import org.jocular.vit.Resize.Filter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ResizeTest {

    /** CRC-32 of the bytes that Pillow 11.3 gives for the same pattern. */
    @ParameterizedTest
    @CsvSource({
        "7, 5, 3, 4, BILINEAR, 2076837125",
        "7, 5, 3, 4, BICUBIC, 404110906",
        "64, 48, 23, 17, BILINEAR, 1931660700",
        "64, 48, 23, 17, BICUBIC, 1499775516",
        "64, 48, 100, 48, BILINEAR, 182105647",
        "64, 48, 100, 48, BICUBIC, 999937280",
        "64, 48, 64, 77, BILINEAR, 3589952064",
        "64, 48, 64, 77, BICUBIC, 253216243",
        "200, 3, 20, 9, BILINEAR, 2917737402",
        "200, 3, 20, 9, BICUBIC, 1385606095",
        "1, 1, 4, 3, BILINEAR, 1790358229",
        "1, 1, 4, 3, BICUBIC, 1790358229",
        "333, 211, 56, 35, BILINEAR, 1232440890",
        "333, 211, 56, 35, BICUBIC, 1047377586",
        "40, 30, 224, 224, BILINEAR, 644758396",
        "40, 30, 224, 224, BICUBIC, 1242281034"
    })
    void bytesAreThoseOfPillow(int width, int height, int newWidth, int newHeight, Filter filter, long crc) {
        Picture resized = Resize.resize(TestPictures.pattern(width, height), newWidth, newHeight, filter);

        assertThat(resized.width()).isEqualTo(newWidth);
        assertThat(resized.height()).isEqualTo(newHeight);
        assertThat(TestPictures.crc(resized)).isEqualTo(crc);
    }

    @Test
    void smallPictureInNumbers() {
        Picture resized = Resize.resize(TestPictures.pattern(7, 5), 3, 2, Filter.BICUBIC);

        assertThat(resized.rgb())
                .containsExactly(16, 24, 31, 82, 86, 126, 143, 154, 135, 46, 57, 82, 114, 75, 138, 136, 167, 114);
    }

    @Test
    void sameSizeIsSamePicture() {
        Picture picture = TestPictures.pattern(9, 4);

        assertThat(Resize.resize(picture, 9, 4, Filter.BICUBIC)).isEqualTo(picture);
    }

    @Test
    void oneColourStaysOneColour() {
        Picture picture = Picture.filled(97, 53, 255, 0, 128);

        assertThat(Resize.resize(picture, 31, 200, Filter.BICUBIC)).isEqualTo(Picture.filled(31, 200, 255, 0, 128));
    }

    @Test
    void filtersAreFoundByTheirNumbersInPillow() {
        assertThat(Filter.ofPillowCode(2)).isEqualTo(Filter.BILINEAR);
        assertThat(Filter.ofPillowCode(3)).isEqualTo(Filter.BICUBIC);
        assertThatThrownBy(() -> Filter.ofPillowCode(0))
                .isInstanceOf(BadInput.class)
                .hasMessage("resample must be 2 (bilinear) or 3 (bicubic), found 0");
    }

    @Test
    void noSizeBelowOne() {
        assertThatThrownBy(() -> Resize.resize(TestPictures.pattern(2, 2), 0, 3, Filter.BICUBIC))
                .isInstanceOf(BadInput.class)
                .hasMessageContaining("0 x 3");
    }
}
