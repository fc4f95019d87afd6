package org.jocular.vit;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import java.util.Arrays;
import org.jocular.vit.Vp8LoopFilter.Strength;

/** What a VP8 key frame says before its macroblocks; RFC 6386, section 9. */
final class Vp8Header {

    private static final int SEGMENTS = 4;

    final int width;
    final int height;
    /** The first partition: behind the header stand the macroblocks' modes. */
    final BoolDecoder bits;
    /** The coefficients, macroblock rows in turn. */
    final BoolDecoder[] partitions;

    final Vp8Tables tables = Vp8Tables.load();
    /** Whether each macroblock names its segment, by a tree with these probabilities. */
    final boolean segmentMap;

    final int[] segmentTree = {255, 255, 255};
    /** Per segment: luma DC and AC, second-order DC and AC, chroma DC and AC. */
    final int[][] steps = new int[SEGMENTS][];

    final boolean simpleFilter;
    final int filterLevel;
    final int[] probabilities;
    final boolean skips;
    final int skipProbability;

    private final boolean segmented;
    /** Whether a segment's values replace the frame's or are added to them. */
    private boolean absolute = true;

    private final int[] segmentQuantiser = new int[SEGMENTS];
    private final int[] segmentFilter = new int[SEGMENTS];
    private final int sharpness;
    /** What the level changes by: four values by reference frame, four by mode; a key frame uses the first of each. */
    private final int[] filterDeltas = new int[8];

    Vp8Header(PictureBytes in, int from, int end) {
        int tag = in.u16(from, LITTLE_ENDIAN) | in.u8(from + 2) << 16;
        boolean signed = in.u8(from + 3) == 0x9D && in.u8(from + 4) == 0x01 && in.u8(from + 5) == 0x2A;
        if ((tag & 1) != 0 || !signed) {
            throw in.bad("is damaged: its VP8 data does not begin with a key frame");
        }
        width = in.u16(from + 6, LITTLE_ENDIAN) & 0x3FFF;
        height = in.u16(from + 8, LITTLE_ENDIAN) & 0x3FFF;
        in.checkSize(width, height);
        int first = from + 10;
        int second = first + (tag >> 5);
        if (second > end) {
            throw in.truncated();
        }
        bits = new BoolDecoder(in.data(), first, second);
        bits.unsigned(2); // colour space and clamping, which a decoder that always clamps does not need
        segmented = bits.flag();
        segmentMap = segmented && bits.flag();
        if (segmented) {
            readSegments();
        }
        simpleFilter = bits.flag();
        filterLevel = bits.unsigned(6);
        sharpness = bits.unsigned(3);
        boolean hasDeltas = bits.flag();
        if (hasDeltas && bits.flag()) {
            Arrays.setAll(filterDeltas, i -> bits.optionalSigned(6));
        }
        partitions = partitions(in, second, end);
        readQuantisers();
        bits.flag(); // whether the probabilities outlive the frame
        probabilities = readProbabilities();
        skips = bits.flag();
        skipProbability = skips ? bits.unsigned(8) : 0;
    }

    /** How strongly a macroblock is filtered; section 9.6. */
    Strength strength(int segment, boolean subblocks) {
        int level = segmented ? segmentFilter[segment] + (absolute ? 0 : filterLevel) : filterLevel;
        level += filterDeltas[0] + (subblocks ? filterDeltas[4] : 0);
        return Strength.of(Math.clamp(level, 0, 63), sharpness);
    }

    private void readSegments() {
        if (bits.flag()) {
            absolute = bits.flag();
            Arrays.setAll(segmentQuantiser, i -> bits.optionalSigned(7));
            Arrays.setAll(segmentFilter, i -> bits.optionalSigned(6));
        }
        if (segmentMap) {
            Arrays.setAll(segmentTree, i -> bits.flag() ? bits.unsigned(8) : 255);
        }
    }

    private BoolDecoder[] partitions(PictureBytes in, int from, int end) {
        BoolDecoder[] parts = new BoolDecoder[1 << bits.unsigned(2)];
        int sizes = from;
        int start = from + 3 * (parts.length - 1);
        if (start >= end) {
            throw in.truncated();
        }
        for (int i = 0; i < parts.length; i++, sizes += 3) {
            int stop = end;
            if (i < parts.length - 1) {
                stop = Math.min(end, start + (in.u16(sizes, LITTLE_ENDIAN) | in.u8(sizes + 2) << 16));
            }
            parts[i] = new BoolDecoder(in.data(), start, stop);
            start = stop;
        }
        return parts;
    }

    private void readQuantisers() {
        int base = bits.unsigned(7);
        int[] deltas = new int[5]; // luma DC, second-order DC and AC, chroma DC and AC
        Arrays.setAll(deltas, i -> bits.optionalSigned(4));
        for (int segment = 0; segment < SEGMENTS; segment++) {
            int index = base;
            if (segmented) {
                index = segmentQuantiser[segment] + (absolute ? 0 : base);
            }
            steps[segment] = new int[] {
                tables.dcSteps()[Math.clamp(index + deltas[0], 0, 127)],
                tables.acSteps()[Math.clamp(index, 0, 127)],
                2 * tables.dcSteps()[Math.clamp(index + deltas[1], 0, 127)],
                Math.max(8, tables.acSteps()[Math.clamp(index + deltas[2], 0, 127)] * 155 / 100),
                tables.dcSteps()[Math.clamp(index + deltas[3], 0, 117)],
                tables.acSteps()[Math.clamp(index + deltas[4], 0, 127)]
            };
        }
    }

    private int[] readProbabilities() {
        int[] read = tables.coefficients().clone();
        for (int i = 0; i < read.length; i++) {
            if (bits.bit(tables.coefficientUpdates()[i]) == 1) {
                read[i] = bits.unsigned(8);
            }
        }
        return read;
    }
}
