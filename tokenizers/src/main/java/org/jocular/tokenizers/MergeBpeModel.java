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
 * @param endOfWord goes behind the last character of a word ({@code </w>} in CLIP); may be empty
 * @param unknown -1 where unknown characters vanish
 */
record MergeBpeModel(
        Map<String, Integer> vocabulary,
        MergeBpe merges,
        boolean byteFallback,
        boolean fuseUnknown,
        boolean wholeFirst,
        String endOfWord,
        int unknown)
        implements WordModel {

    @Override
    public int[] encode(String word) {
        Integer whole = wholeFirst ? vocabulary.get(word) : null;
        if (whole != null) {
            return new int[] {whole};
        }
        IntStream.Builder symbols = IntStream.builder();
        boolean afterUnknown = false;
        for (int at = 0; at < word.length(); ) {
            int end = word.offsetByCodePoints(at, 1);
            int[] ids = character(word.substring(at, end), end == word.length() ? endOfWord : "");
            if (ids != null) {
                IntStream.of(ids).forEach(symbols::add);
            } else if (unknown >= 0 && !(fuseUnknown && afterUnknown)) {
                symbols.add(unknown);
            }
            afterUnknown = ids == null;
            at = end;
        }
        return merges.merge(symbols.build().toArray());
    }

    /** Null for an unknown one. */
    private int @Nullable [] character(String character, String suffix) {
        Integer id = vocabulary.get(character + suffix);
        if (id != null) {
            return new int[] {id};
        }
        if (!byteFallback) {
            return null;
        }
        byte[] bytes = character.getBytes(StandardCharsets.UTF_8);
        int[] ids = new int[bytes.length];
        for (int i = 0; i < bytes.length; i++) {
            Integer piece = vocabulary.get(Vocabulary.bytePiece(bytes[i]));
            if (piece == null) {
                return null;
            }
            ids[i] = piece;
        }
        return ids;
    }
}
