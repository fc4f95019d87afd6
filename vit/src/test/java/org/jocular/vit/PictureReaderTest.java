package org.jocular.vit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ComponentColorModel;
import java.awt.image.DataBuffer;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;
import java.awt.image.WritableRaster;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import org.jocular.tensor.BadInput;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PictureReaderTest {

    private static final Picture PATTERN = TestPictures.pattern(20, 12);

    @TempDir
    private Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"png", "bmp"})
    void losslessFormatsGiveWhatWasStored(String format) {
        byte[] data = TestPictures.encode(TestPictures.buffered(PATTERN, BufferedImage.TYPE_3BYTE_BGR), format);

        assertThat(PictureReader.read(data, "a." + format)).isEqualTo(PATTERN);
    }

    @Test
    void alphaIsDroppedWithoutCompositing() {
        BufferedImage image = TestPictures.buffered(PATTERN, BufferedImage.TYPE_INT_ARGB);
        for (int x = 0; x < 20; x++) {
            image.setRGB(x, 3, (image.getRGB(x, 3) & 0xFFFFFF) | (x << 24));
        }

        assertThat(PictureReader.read(TestPictures.encode(image, "png"), "a.png"))
                .isEqualTo(PATTERN);
    }

    @ParameterizedTest
    @ValueSource(strings = {"png", "gif"})
    void paletteIsLookedUpAlsoWhereItIsTransparent(String format) {
        byte[] red = {10, (byte) 200, 30};
        byte[] green = {40, 50, 60};
        byte[] blue = {70, 80, (byte) 255};
        BufferedImage image = new BufferedImage(
                3, 1, BufferedImage.TYPE_BYTE_INDEXED, new IndexColorModel(2, 3, red, green, blue, 1));
        image.getRaster().setPixels(0, 0, 3, 1, new int[] {2, 1, 0});

        assertThat(PictureReader.read(TestPictures.encode(image, format), "a").rgb())
                .containsExactly(30, 60, (byte) 255, (byte) 200, 50, 80, 10, 40, 70);
    }

    @ParameterizedTest
    @ValueSource(strings = {"png", "bmp", "gif"})
    void oneBitIsBlackAndWhite(String format) {
        BufferedImage image = new BufferedImage(9, 1, BufferedImage.TYPE_BYTE_BINARY);
        image.setRGB(8, 0, 0xFFFFFFFF);

        Picture picture = PictureReader.read(TestPictures.encode(image, format), "a");

        assertThat(picture.sample(7, 0, 0)).isZero();
        assertThat(picture.sample(8, 0, 2)).isEqualTo(255);
    }

    @Test
    void sixteenBitsOfColourLoseTheirLowByte() {
        assertThat(PictureReader.read(sixteenBit(ColorSpace.CS_sRGB, 0x1234, 0x80FF, 0xFFFF), "a.png")
                        .rgb())
                .containsExactly(0x12, (byte) 0x80, (byte) 0xFF);
    }

    @Test
    void sixteenBitsOfGreyAreClippedAsByPillow() {
        assertThat(PictureReader.read(sixteenBit(ColorSpace.CS_GRAY, 0x00C8), "a.png")
                        .rgb())
                .containsExactly((byte) 200, (byte) 200, (byte) 200);
        assertThat(PictureReader.read(sixteenBit(ColorSpace.CS_GRAY, 0x1234), "a.png")
                        .rgb())
                .containsExactly((byte) 255, (byte) 255, (byte) 255);
    }

    private static byte[] sixteenBit(int space, int... pixel) {
        WritableRaster raster = Raster.createInterleavedRaster(DataBuffer.TYPE_USHORT, 1, 1, pixel.length, null);
        raster.setPixel(0, 0, pixel);
        ComponentColorModel model = new ComponentColorModel(
                ColorSpace.getInstance(space), false, false, BufferedImage.OPAQUE, DataBuffer.TYPE_USHORT);
        return TestPictures.encode(new BufferedImage(model, raster, false, null), "png");
    }

    @ParameterizedTest
    @CsvSource({
        "P1 2 1 1 0, 0 0 0 255 255 255",
        "P2 2 1 100 0 50, 0 0 0 128 128 128",
        "P3 # rows|2 1 255 1 2 3 4 5 6, 1 2 3 4 5 6",
        "P5 2 1 255 AB, 65 65 65 66 66 66",
        "P6 1 1 255 ABC, 65 66 67"
    })
    void netpbm(String text, String expected) {
        byte[] data = text.replace('|', '\n').getBytes(StandardCharsets.US_ASCII);

        assertThat(unsigned(PictureReader.read(data, "a.pnm"))).isEqualTo(expected);
    }

    private static String unsigned(Picture picture) {
        StringBuilder out = new StringBuilder();
        for (byte sample : picture.rgb()) {
            out.append(sample & 0xFF).append(' ');
        }
        return out.toString().strip();
    }

    /** Files written by Pillow 11.3, and the CRC-32 of the RGB that it reads back. */
    @ParameterizedTest
    @CsvSource({
        "cmyk, 1896354842, /9j/7gAOQWRvYmUAZAAAAAAA/9sAQwAUDg8SDw0UEhASFxUUGB4yIR4cHB49LC4kMklATEtHQEZFUFpzYlBVbVZFRmSIZW13e4GCgU5gjZeMfZZzfoF8/8AAFAgADAAUBEMRAE0RAFkRAEsRAP/EABgAAQEBAQEAAAAAAAAAAAAAAAAGBQQH/8QAIxAAAQIEBwEBAAAAAAAAAAAAAAMEAgUhMQEUFTNBUmISIv/aAA4EQwBNAFkASwAAPwCel3Bk6L5Nxw8vUsyql3A0XyZjh5eoKNDbwGi+TPjefq4PMpdwXOVS6nQ4VirUFVLuBlUupmOFYq1BRobeAyqXUz41Yvq4P//Z",
        "420, 3418410493, /9j/4AAQSkZJRgABAQAAAQABAAD/2wBDABQODxIPDRQSEBIXFRQYHjIhHhwcHj0sLiQySUBMS0dARkVQWnNiUFVtVkVGZIhlbXd7gYKBTmCNl4x9lnN+gXz/2wBDARUXFx4aHjshITt8U0ZTfHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8fHz/wAARCAAMABQDASIAAhEBAxEB/8QAFgABAQEAAAAAAAAAAAAAAAAABQAE/8QAHBAAAgIDAQEAAAAAAAAAAAAAAAMCBDFRYREh/8QAFgEBAQEAAAAAAAAAAAAAAAAABQIE/8QAGBEAAwEBAAAAAAAAAAAAAAAAAAIEARH/2gAMAwEAAhEDEQA/ADF0eGpdHgotUNGpaoaLovczSVMExo/MEPxVDzBBO3v0eypuH//Z",
        "grey progressive, 3697120351, /9j/4AAQSkZJRgABAQAAAQABAAD/2wBDABQODxIPDRQSEBIXFRQYHjIhHhwcHj0sLiQySUBMS0dARkVQWnNiUFVtVkVGZIhlbXd7gYKBTmCNl4x9lnN+gXz/wgALCAAMABQBAREA/8QAFQABAQAAAAAAAAAAAAAAAAAAAwT/2gAIAQEAAAABlVGVf//EABgQAQEBAQEAAAAAAAAAAAAAAAABAhES/9oACAEBAAEFAphMPCRI4//EABQQAQAAAAAAAAAAAAAAAAAAACD/2gAIAQEABj8CX//EABYQAQEBAAAAAAAAAAAAAAAAAAEAEP/aAAgBAQABPyHFKEEC/9oACAEBAAAAEPv/xAAZEAEAAwEBAAAAAAAAAAAAAAAAMVFhESH/2gAIAQEAAT8QwYPCFNTccP/Z",
        "rgb, 1812648661, /9j/7gAOQWRvYmUAZAAAAAAA/9sAQwAbEhQXFBEbFxYXHhwbIChCKyglJShROj0wQmBVZWRfVV1baniZgWpxkHNbXYW1hpCeo6utq2eAvMm6pseZqKuk/8AAEQgADAAUA1IRAEcRAEIRAP/EABgAAAMBAQAAAAAAAAAAAAAAAAAEBQYD/8QAIhAAAQIEBwEAAAAAAAAAAAAAAAMEAhRBUQESFTEyYWIi/9oADANSAEcAQgAAPwCOyoT9M8lVZz2XmVA0zyIrOey0lwwDTPInE5+tzDsqGql07HZZSK5eZUCXTsIrKRXLSXDAJdOwnEpFm3P/2Q==",
        "webp lossless, 3035067569, UklGRiwAAABXRUJQVlA4TCAAAAAvE8ACALmM6H/sKl/56H9ASEA44f9dTZ2G+Y8JQCplDQ=="
    })
    void pixelsAreThoseOfPillow(String what, long crc, String base64) {
        Picture picture = PictureReader.read(Base64.getDecoder().decode(base64), what);

        assertThat(picture.width()).isEqualTo(20);
        assertThat(picture.height()).isEqualTo(12);
        assertThat(TestPictures.crc(picture)).isEqualTo(crc);
    }

    @ParameterizedTest
    @CsvSource({"1, ABCDEF", "2, CBAFED", "3, FEDCBA", "4, DEFABC", "5, ADBECF", "6, DAEBFC", "7, FCEBDA", "8, CFBEAD"})
    void orientationTurnsAsPillowDoes(int tag, String expected) {
        Picture stored = new Picture(3, 2, "AAABBBCCCDDDEEEFFF".getBytes(StandardCharsets.US_ASCII));

        Picture turned = Orientation.of(tag, 0).apply(stored);

        StringBuilder letters = new StringBuilder();
        for (int i = 0; i < turned.rgb().length; i += 3) {
            letters.append((char) turned.rgb()[i]);
        }
        assertThat(letters).hasToString(expected);
        assertThat(turned.width()).isEqualTo(tag < 5 ? 3 : 2);
    }

    @Test
    void orientationOfJpegIsAppliedOnlyIfAskedFor() {
        byte[] plain = TestPictures.encode(TestPictures.buffered(PATTERN, BufferedImage.TYPE_3BYTE_BGR), "jpeg");
        String segment = "\u00ff\u00e1\u0000\"Exif\0\0MM\0*\0\0\0\u0008\0\1\1\u0012\0\3\0\0\0\1\0\6\0\0\0\0\0\0";
        byte[] app1 = segment.getBytes(StandardCharsets.ISO_8859_1);
        byte[] tagged = new byte[plain.length + app1.length];
        System.arraycopy(plain, 0, tagged, 0, 2);
        System.arraycopy(app1, 0, tagged, 2, app1.length);
        System.arraycopy(plain, 2, tagged, 2 + app1.length, plain.length - 2);

        Picture asStored = new PictureReader(1000, false).decode(tagged, "a.jpg");
        assertThat(asStored).isEqualTo(PictureReader.read(plain, "a.jpg"));
        assertThat(PictureReader.read(tagged, "a.jpg")).isEqualTo(Orientation.ROTATE_270.apply(asStored));
    }

    @ParameterizedTest
    @ValueSource(strings = {"png", "jpeg", "gif", "bmp"})
    void truncatedFileIsRefused(String format) {
        byte[] whole = TestPictures.encode(TestPictures.buffered(PATTERN, BufferedImage.TYPE_3BYTE_BGR), format);

        for (int length : new int[] {20, whole.length / 2, whole.length - 20}) {
            assertThatThrownBy(() -> PictureReader.read(Arrays.copyOf(whole, length), "cat.jpg"))
                    .isInstanceOf(BadInput.class)
                    .hasMessageStartingWith("cat.jpg is ")
                    .hasMessageContaining("truncated");
        }
    }

    @Test
    void jpegWithoutItsEndMarkerIsRefused() {
        byte[] whole = TestPictures.encode(TestPictures.buffered(PATTERN, BufferedImage.TYPE_3BYTE_BGR), "jpeg");

        assertThatThrownBy(() -> PictureReader.read(Arrays.copyOf(whole, whole.length - 1), "cat.jpg"))
                .isInstanceOf(BadInput.class)
                .hasMessageContaining("cat.jpg is truncated");
    }

    @ParameterizedTest
    @ValueSource(strings = {"png", "gif", "bmp", "jpeg"})
    void sixtyThousandSquaredIsRefusedFromTheHeader(String format) {
        byte[] data = TestPictures.encode(TestPictures.buffered(PATTERN, BufferedImage.TYPE_3BYTE_BGR), format);
        int side = 60_000;
        byte high = (byte) (side >> 8);
        byte low = (byte) side;
        switch (format) {
            case "png" -> Arrays.asList(18, 22).forEach(at -> put(data, at, high, low));
            case "gif" -> Arrays.asList(6, 8).forEach(at -> put(data, at, low, high));
            case "bmp" -> Arrays.asList(18, 22).forEach(at -> put(data, at, low, high));
            default -> {
                int frame = startOfFrame(data);
                Arrays.asList(frame + 5, frame + 7).forEach(at -> put(data, at, high, low));
            }
        }

        assertThatThrownBy(() -> PictureReader.read(data, "bomb"))
                .isInstanceOf(BadInput.class)
                .hasMessage("bomb claims 60000 x 60000 pixels, more than the 178956970 allowed");
    }

    private static void put(byte[] data, int at, byte first, byte second) {
        data[at] = first;
        data[at + 1] = second;
    }

    private static int startOfFrame(byte[] jpeg) {
        int at = 0;
        while ((jpeg[at] & 0xFF) != 0xFF || (jpeg[at + 1] & 0xFF) != 0xC0) {
            at++;
        }
        return at;
    }

    @Test
    void capIsWhatTheReaderWasGiven() {
        byte[] data = TestPictures.encode(TestPictures.buffered(PATTERN, BufferedImage.TYPE_3BYTE_BGR), "png");

        assertThat(new PictureReader(240, true).decode(data, "a.png")).isEqualTo(PATTERN);
        assertThatThrownBy(() -> new PictureReader(239, true).decode(data, "a.png"))
                .isInstanceOf(BadInput.class)
                .hasMessage("a.png claims 20 x 12 pixels, more than the 239 allowed");
    }

    @Test
    void whatIsNoPictureIsSaidInOneSentence() throws IOException {
        Path text = Files.writeString(folder.resolve("cat.jpg"), "I am not a cat.");
        Path empty = Files.createFile(folder.resolve("empty.png"));

        assertThatThrownBy(() -> PictureReader.read(text))
                .isInstanceOf(BadInput.class)
                .hasMessage(text + " is not a picture in PNG, JPEG, WebP, GIF, BMP or PNM format");
        assertThatThrownBy(() -> PictureReader.read(empty))
                .isInstanceOf(BadInput.class)
                .hasMessage(empty + " is empty");
        assertThatThrownBy(() -> PictureReader.read(folder))
                .isInstanceOf(BadInput.class)
                .hasMessage(folder + " is a directory, not a picture");
        assertThatThrownBy(() -> PictureReader.read(folder.resolve("none.png")))
                .isInstanceOf(BadInput.class)
                .hasMessage(folder.resolve("none.png") + " does not exist");
    }

    @Test
    void contentDecidesNotTheName() throws IOException {
        byte[] png = TestPictures.encode(TestPictures.buffered(PATTERN, BufferedImage.TYPE_3BYTE_BGR), "png");

        assertThat(PictureReader.read(Files.write(folder.resolve("cat.jpg"), png)))
                .isEqualTo(PATTERN);
    }

    /** Every single-byte damage either still gives a picture or the promised error, nothing else. */
    @ParameterizedTest
    @ValueSource(strings = {"png", "jpeg", "gif", "bmp"})
    void damageNeverThrowsAnythingElse(String format) {
        byte[] whole = TestPictures.encode(TestPictures.buffered(PATTERN, BufferedImage.TYPE_3BYTE_BGR), format);
        PictureReader reader = new PictureReader(1_000_000, true);
        for (int at = 0; at < whole.length; at++) {
            byte[] damaged = whole.clone();
            damaged[at] ^= (byte) (0x55 + at);
            try {
                assertThat(reader.decode(damaged, "damaged").rgb()).isNotEmpty();
            } catch (BadInput e) {
                assertThat(e).hasMessageStartingWith("damaged ");
            }
        }
    }
}
