package org.jocular.weights;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.DoubleStream;
import org.jocular.tensor.BadInput;

/**
 * How a model wants its pictures: {@code preprocessor_config.json}. The steps run in the order of the components.
 *
 * @param doConvertRgb  drop transparency and look palettes up
 * @param size          what {@code doResize} makes of a picture
 * @param resample      Pillow's number of the filter: 0 nearest, 1 Lanczos, 2 bilinear, 3 bicubic, 4 box, 5 Hamming
 * @param cropSize      what {@code doCenterCrop} keeps
 * @param rescaleFactor bytes to floats, 1/255
 * @param imageMean     one number a channel, in the order red, green, blue
 * @param imageStd      one number a channel
 */
public record PreprocessorConfig(
        boolean doConvertRgb,
        boolean doResize,
        Size size,
        int resample,
        boolean doCenterCrop,
        Exactly cropSize,
        boolean doRescale,
        double rescaleFactor,
        boolean doNormalize,
        List<Double> imageMean,
        List<Double> imageStd) {
    public static final String NAME = "preprocessor_config.json";

    /** OpenAI's CLIP was trained with these, and everything here builds on such a vision tower. */
    public static final List<Double> CLIP_MEAN = List.of(0.48145466, 0.4578275, 0.40821073);

    public static final List<Double> CLIP_STD = List.of(0.26862954, 0.26130258, 0.27577711);

    private static final int BICUBIC = 3;
    private static final int MAX_PIXELS = 1 << 14;

    /** The size of a resized picture, in pixels. */
    public sealed interface Size permits ShortestEdge, Exactly {}

    /** The shorter side becomes this long; the ratio of the sides stays. */
    public record ShortestEdge(int pixels) implements Size {}

    /** Both sides, whatever the ratio was. */
    public record Exactly(int height, int width) implements Size {}

    public PreprocessorConfig {
        imageMean = List.copyOf(imageMean);
        imageStd = List.copyOf(imageStd);
    }

    /** CLIPImageProcessor: shortest edge to {@code imageSize}, centre crop. */
    public static PreprocessorConfig clip(int imageSize) {
        return of(new ShortestEdge(imageSize), true, imageSize);
    }

    /** BlipImageProcessor: squeezed to a square. */
    public static PreprocessorConfig blip(int imageSize) {
        return of(new Exactly(imageSize, imageSize), false, imageSize);
    }

    private static PreprocessorConfig of(Size size, boolean crop, int imageSize) {
        return new PreprocessorConfig(
                true,
                true,
                size,
                BICUBIC,
                crop,
                new Exactly(imageSize, imageSize),
                true,
                1 / 255.0,
                true,
                CLIP_MEAN,
                CLIP_STD);
    }

    /** The settings of a model directory; {@code absent} where it has no such file. */
    public static PreprocessorConfig read(Path directory, PreprocessorConfig absent) {
        Path file = directory.resolve(NAME);
        return Files.exists(file) ? of(JsonFile.read(file), absent) : absent;
    }

    /**
     * The settings of one file; what it lacks is as in {@code absent}. A size that is a single number means the shortest edge or a square,
     * whichever {@code absent} has, since older files leave that to the class of the processor.
     *
     * @throws BadInput for a field that makes no sense
     */
    public static PreprocessorConfig of(Fields fields, PreprocessorConfig absent) {
        return new PreprocessorConfig(
                fields.flag("do_convert_rgb", absent.doConvertRgb),
                fields.flag("do_resize", absent.doResize),
                size(fields, absent.size),
                fields.intBetween("resample", 0, 5, absent.resample),
                fields.flag("do_center_crop", absent.doCenterCrop),
                cropSize(fields, absent.cropSize),
                fields.flag("do_rescale", absent.doRescale),
                fields.positiveNumber("rescale_factor", absent.rescaleFactor),
                fields.flag("do_normalize", absent.doNormalize),
                channels(fields, "image_mean", absent.imageMean),
                standardDeviations(fields, absent.imageStd));
    }

    private static Size size(Fields fields, Size absent) {
        if (!fields.has("size")) {
            return absent;
        }
        if (!fields.isObject("size")) {
            int pixels = fields.intBetween("size", 1, MAX_PIXELS);
            return absent instanceof ShortestEdge ? new ShortestEdge(pixels) : new Exactly(pixels, pixels);
        }
        Fields size = fields.object("size");
        return size.has("shortest_edge")
                ? new ShortestEdge(size.intBetween("shortest_edge", 1, MAX_PIXELS))
                : exactly(size);
    }

    private static Exactly cropSize(Fields fields, Exactly absent) {
        if (!fields.has("crop_size")) {
            return absent;
        }
        if (fields.isObject("crop_size")) {
            return exactly(fields.object("crop_size"));
        }
        int pixels = fields.intBetween("crop_size", 1, MAX_PIXELS);
        return new Exactly(pixels, pixels);
    }

    private static Exactly exactly(Fields size) {
        return new Exactly(size.intBetween("height", 1, MAX_PIXELS), size.intBetween("width", 1, MAX_PIXELS));
    }

    private static List<Double> standardDeviations(Fields fields, List<Double> absent) {
        List<Double> std = channels(fields, "image_std", absent);
        fields.require(
                std.stream().allMatch(value -> value > 0),
                "has image_std = %s, expected numbers above 0".formatted(std));
        return std;
    }

    private static List<Double> channels(Fields fields, String name, List<Double> absent) {
        if (!fields.has(name)) {
            return absent;
        }
        double[] values = fields.numbers(name);
        fields.require(values.length == 3, "has %s with %d numbers, expected 3".formatted(name, values.length));
        return DoubleStream.of(values).boxed().toList();
    }
}
