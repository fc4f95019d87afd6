package org.jocular.vit;

import org.jocular.tensor.BadInput;
import org.jocular.weights.PreprocessorConfig;
import org.jocular.weights.PreprocessorConfig.Exactly;
import org.jocular.weights.PreprocessorConfig.ShortestEdge;

/**
 * From a picture to {@code pixel_values}, as {@code preprocessor_config.json} says. Does what CLIPImageProcessor and BlipImageProcessor of
 * Hugging Face transformers do (slow versions, which the published scores were made with), and the padding of the original LLaVA 1.5.
 *
 * @param imageAspectRatio LLaVA's setting of that name, done first
 * @param config all further steps; a {@link Picture} is RGB already, so {@code do_convert_rgb} changes nothing
 */
public record ImageProcessor(AspectRatio imageAspectRatio, PreprocessorConfig config) {

    /** What comes before the resize. */
    public enum AspectRatio {
        /** Nothing. */
        KEEP,
        /** Pads to a square with the mean colour: {@code expand2square} in LLaVA's mm_utils.py. */
        PAD
    }

    /** CLIP: shortest edge, then centre crop; also LLaVA v1, and LLaVA 1.5 as Hugging Face converted it. */
    public static ImageProcessor clip(int size) {
        return new ImageProcessor(AspectRatio.KEEP, PreprocessorConfig.clip(size));
    }

    /** BLIP-2, InstructBLIP, MiniGPT-4 and mPLUG-Owl: straight to a square. */
    public static ImageProcessor blip(int size) {
        return new ImageProcessor(AspectRatio.KEEP, PreprocessorConfig.blip(size));
    }

    /** LLaVA 1.5 in its original repository: padded to a square, then as CLIP. */
    public static ImageProcessor llavaPad(int size) {
        return new ImageProcessor(AspectRatio.PAD, PreprocessorConfig.clip(size));
    }

    /** The model's input, (3, height, width) of {@link #prepared}, row-major. */
    public float[] pixelValues(Picture picture) {
        return normalised(prepared(picture));
    }

    /** The 8-bit picture that is normalised: padded, resized and cropped. */
    public Picture prepared(Picture picture) {
        Picture out = imageAspectRatio == AspectRatio.PAD ? paddedToSquare(picture) : picture;
        if (config.doResize()) {
            Exactly target = targetSize(out);
            out = Resize.resize(out, target.width(), target.height(), Resize.Filter.ofPillowCode(config.resample()));
        }
        return config.doCenterCrop() ? centreCropped(out) : out;
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
        float mean = config.imageMean().get(channel).floatValue();
        float std = config.imageStd().get(channel).floatValue();
        float[] values = new float[256];
        for (int sample = 0; sample < 256; sample++) {
            float value = config.doRescale() ? (float) (sample * config.rescaleFactor()) : sample;
            values[sample] = config.doNormalize() ? (value - mean) / std : value;
        }
        return values;
    }

    private Exactly targetSize(Picture picture) {
        return switch (config.size()) {
            case Exactly exactly -> exactly;
            case ShortestEdge edge -> {
                int shorter = Math.min(picture.width(), picture.height());
                int longer = Math.max(picture.width(), picture.height());
                // Truncated, not rounded: get_resize_output_image_size in image_transforms.py.
                long scaled = (long) ((double) ((long) edge.pixels() * longer) / shorter);
                if (scaled * edge.pixels() > PictureReader.PILLOW_MAX_PIXELS) {
                    throw new BadInput(
                            "A picture of %d x %d pixels is too long and thin to be resized to a short side of %d"
                                    .formatted(picture.width(), picture.height(), edge.pixels()));
                }
                yield picture.width() <= picture.height()
                        ? new Exactly((int) scaled, edge.pixels())
                        : new Exactly(edge.pixels(), (int) scaled);
            }
        };
    }

    /** Where the picture is smaller than the crop, the rest is black: center_crop in image_transforms.py. */
    private Picture centreCropped(Picture picture) {
        int width = config.cropSize().width();
        int height = config.cropSize().height();
        int left = Math.floorDiv(picture.width() - width, 2);
        int top = Math.floorDiv(picture.height() - height, 2);
        return picture.pastedOn(Picture.filled(width, height, 0, 0, 0), -left, -top);
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
        return (int) (config.imageMean().get(channel) * 255);
    }
}
