package org.jocular.vit;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;

/**
 * The large constant tables of VP8, in the reading order of RFC 6386.
 *
 * @param coefficients probabilities [4 types][8 bands][3 contexts][11]
 * @param coefficientUpdates how probable it is that a frame brings its own, likewise
 * @param modes probabilities of 4 x 4 modes [10 above][10 left][9]
 * @param dcSteps quantiser steps by index
 * @param acSteps likewise
 */
@SuppressWarnings("ArrayRecordComponent") // never compared, read in the innermost loops
record Vp8Tables(int[] coefficients, int[] coefficientUpdates, int[] modes, int[] dcSteps, int[] acSteps) {

    static Vp8Tables load() {
        try (InputStream in = Vp8Tables.class.getResourceAsStream("vp8-tables.txt")) {
            if (in == null) {
                throw new IllegalStateException("vp8-tables.txt is not in the jar");
            }
            String text = new String(in.readAllBytes(), StandardCharsets.US_ASCII);
            List<int[]> tables = Stream.of(text.replaceAll("#.*", "").strip().split("\n\\s*\n"))
                    .map(table -> Stream.of(table.strip().split("\\s+"))
                            .mapToInt(Integer::parseInt)
                            .toArray())
                    .toList();
            return new Vp8Tables(tables.get(0), tables.get(1), tables.get(2), tables.get(3), tables.get(4));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
