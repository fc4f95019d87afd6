package org.jocular.tokenizers;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A vocabulary with merges; {@code models/bpe/model.rs} of huggingface/tokenizers.
 *
 * @param byteFallback a character without a piece becomes its bytes' {@code <0xNN>}
 * @param fuseUnknown a run of unknown characters is one unknown piece
 * @param wholeFirst a word that is a piece is taken as it is ({@code ignore_merges})
 * @param unknown -1 where unknown characters vanish
 */
record MergeBpeModel(
        Map<String, Integer> vocabulary,
        MergeBpe merges,
        boolean byteFallback,
        boolean fuseUnknown,
        boolean wholeFirst,
        int unknown) {

    int[] encode(String word) {
        Integer whole = wholeFirst ? vocabulary.get(word) : null;
        if (whole != null) {
            return new int[] {whole};
        }
        IntStream.Builder symbols = IntStream.builder();
        boolean afterUnknown = false;
        for (int codePoint : word.codePoints().toArray()) {
            int[] ids = character(Character.toString(codePoint));
            if (ids != null) {
                IntStream.of(ids).forEach(symbols::add);
            } else if (unknown >= 0 && !(fuseUnknown && afterUnknown)) {
                symbols.add(unknown);
            }
            afterUnknown = ids == null;
        }
        return merges.merge(symbols.build().toArray());
    }

    /** Null for an unknown one. */
    private int @Nullable [] character(String character) {
        Integer id = vocabulary.get(character);
        if (id != null) {
            return new int[] {id};
        }
        if (!byteFallback) {
            return null;
        }
        byte[] bytes = character.getBytes(StandardCharsets.UTF_8);
        int[] ids = new int[bytes.length];
        for (int i = 0; i < bytes.length; i++) {
            Integer piece = vocabulary.get("<0x%02X>".formatted(bytes[i] & 0xFF));
            if (piece == null) {
                return null;
            }
            ids[i] = piece;
        }
        return ids;
    }
}
