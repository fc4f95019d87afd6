package org.jocular.vit;

import java.util.List;
import org.jocular.tensor.BadInput;

/**
 * From a picture to {@code pixel_values}; the components bear the names of {@code preprocessor_config.json}. Does what
 * CLIPImageProcessor and BlipImageProcessor of Hugging Face transformers do (slow versions, which the published scores
 * were made with), and the padding of the original LLaVA 1.5. A {@link Picture} is RGB already, so there is no
 * {@code do_convert_rgb}.
 *
 * @param imageAspectRatio LLaVA's setting of that name, done first
 * @param imageMean per channel, on the scale after rescaling
 * @param imageStd per channel, likewise
 */
public record ImageProcessor(
        AspectRatio imageAspectRatio,
        boolean doResize,
        Size size,
        Resize.Filter resample,
        boolean doCenterCrop,
        Exact cropSize,
        boolean doRescale,
        double rescaleFactor,
        boolean doNormalize,
        List<Double> imageMean,
        List<Double> imageStd) {

    /** What comes before the resize. */
    public enum AspectRatio {
        /** Nothing. */
        KEEP,
        /** Pads to a square with the mean colour: {@code expand2square} in LLaVA's mm_utils.py. */
        PAD
    }

    /** The field {@code size}. */
    public sealed interface Size permits ShortestEdge, Exact {}

    /** Scales so that the shorter side gets this many pixels. */
    public record ShortestEdge(int pixels) implements Size {}

    /** This size, whatever becomes of the proportions. */
    public record Exact(int height, int width) implements Size {}

    /** OpenAI CLIP's; BLIP and its descendants use the same. */
    public static final List<Double> CLIP_MEAN = List.of(0.48145466, 0.4578275, 0.40821073);

    public static final List<Double> CLIP_STD = List.of(0.26862954, 0.26130258, 0.27577711);

    public ImageProcessor {
        imageMean = List.copyOf(imageMean);
        imageStd = List.copyOf(imageStd);
        if (imageMean.size() != 3 || imageStd.size() != 3) {
            throw new BadInput("image_mean and image_std need 3 values each, found %d and %d"
                    .formatted(imageMean.size(), imageStd.size()));
        }
        if (imageStd.contains(0.0)) {
            throw new BadInput("image_std must not be zero, found " + imageStd);
        }
    }

    /** CLIP: shortest edge, then centre crop; also LLaVA v1, and LLaVA 1.5 as Hugging Face converted it. */
    public static ImageProcessor clip(int size) {
        return preset(AspectRatio.KEEP, new ShortestEdge(size), true, size);
    }

    /** BLIP-2, InstructBLIP, MiniGPT-4 and mPLUG-Owl: straight to a square. */
    public static ImageProcessor blip(int size) {
        return preset(AspectRatio.KEEP, new Exact(size, size), false, size);
    }

    /** LLaVA 1.5 in its original repository: padded to a square, then as CLIP. */
    public static ImageProcessor llavaPad(int size) {
        return preset(AspectRatio.PAD, new ShortestEdge(size), true, size);
    }

    private static ImageProcessor preset(AspectRatio aspectRatio, Size size, boolean crop, int cropSize) {
        Exact square = new Exact(cropSize, cropSize);
        return new ImageProcessor(
                aspectRatio,
                true,
                size,
                Resize.Filter.BICUBIC,
                crop,
                square,
                true,
                1 / 255.0,
                true,
                CLIP_MEAN,
                CLIP_STD);
    }

    /** The model's input, (3, height, width) of {@link #prepared}, row-major. */
    public float[] pixelValues(Picture picture) {
        return normalised(prepared(picture));
    }

    /** The 8-bit picture that is normalised: padded, resized and cropped. */
    public Picture prepared(Picture picture) {
        Picture out = imageAspectRatio == AspectRatio.PAD ? paddedToSquare(picture) : picture;
        if (doResize) {
            Exact target = targetSize(out);
            out = Resize.resize(out, target.width, target.height, resample);
        }
        return doCenterCrop ? centreCropped(out) : out;
    }

    /** The values (3, height, width) of a picture that {@link #prepared} returned. */
    public float[] normalised(Picture prepared) {
        int pixels = prepared.width() * prepared.height();
        float[] values = new float[Math.multiplyExact(3, pixels)];
        for (int channel = 0; channel < 3; channel++) {
            float[] valueOf = valuesOfSamples(channel);
            for (int i = 0; i < pixels; i++) {
                values[channel * pixels + i] = valueOf[prepared.rgb()[3 * i + channel] & 0xFF];
            }
        }
        return values;
    }

    /** Types as in numpy: the product in double, stored as float32; mean, std and what they do in float32. */
    private float[] valuesOfSamples(int channel) {
        float mean = imageMean.get(channel).floatValue();
        float std = imageStd.get(channel).floatValue();
        float[] values = new float[256];
        for (int sample = 0; sample < 256; sample++) {
            float value = doRescale ? (float) (sample * rescaleFactor) : sample;
            values[sample] = doNormalize ? (value - mean) / std : value;
        }
        return values;
    }

    private Exact targetSize(Picture picture) {
        return switch (size) {
            case Exact exact -> exact;
            case ShortestEdge edge -> {
                int shorter = Math.min(picture.width(), picture.height());
                int longer = Math.max(picture.width(), picture.height());
                // Truncated, not rounded: get_resize_output_image_size in image_transforms.py.
                long scaled = (long) ((double) ((long) edge.pixels * longer) / shorter);
                if (scaled * edge.pixels > PictureReader.PILLOW_MAX_PIXELS) {
                    throw new BadInput(
                            "A picture of %d x %d pixels is too long and thin to be resized to a short side of %d"
                                    .formatted(picture.width(), picture.height(), edge.pixels));
                }
                yield picture.width() <= picture.height()
                        ? new Exact((int) scaled, edge.pixels)
                        : new Exact(edge.pixels, (int) scaled);
            }
        };
    }

    /** Where the picture is smaller than the crop, the rest is black: center_crop in image_transforms.py. */
    private Picture centreCropped(Picture picture) {
        int left = Math.floorDiv(picture.width() - cropSize.width, 2);
        int top = Math.floorDiv(picture.height() - cropSize.height, 2);
        return picture.pastedOn(Picture.filled(cropSize.width, cropSize.height, 0, 0, 0), -left, -top);
    }

    private Picture paddedToSquare(Picture picture) {
        int side = Math.max(picture.width(), picture.height());
        if (picture.width() == picture.height()) {
            return picture;
        }
        Picture canvas = Picture.filled(side, side, background(0), background(1), background(2));
        return picture.pastedOn(canvas, (side - picture.width()) / 2, (side - picture.height()) / 2);
    }

    /** {@code int(mean * 255)}: truncated. */
    private int background(int channel) {
        return (int) (imageMean.get(channel) * 255);
    }
}
