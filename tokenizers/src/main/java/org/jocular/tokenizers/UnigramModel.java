package org.jocular.tokenizers;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.stream.IntStream;
import org.jocular.tokenizers.Segmenter.Segment;

/**
 * Scored pieces; {@code models/unigram/model.rs} of huggingface/tokenizers. A run of unknown characters is one unknown
 * piece.
 *
 * @param byteFallback unknown characters become their bytes' {@code <0xNN>}, where all of those are pieces
 */
record UnigramModel(Map<String, Integer> vocabulary, UnigramEncoder encoder, int unknown, boolean byteFallback)
        implements WordModel {

    @Override
    public int[] encode(String word) {
        IntStream.Builder ids = IntStream.builder();
        int unknownFrom = -1;
        for (Segment segment : encoder.segment(word)) {
            if (segment.id() == unknown) {
                unknownFrom = unknownFrom < 0 ? segment.start() : unknownFrom;
                continue;
            }
            if (unknownFrom >= 0) {
                unknown(ids, word.substring(unknownFrom, segment.start()));
                unknownFrom = -1;
            }
            ids.add(segment.id());
        }
        if (unknownFrom >= 0) {
            unknown(ids, word.substring(unknownFrom));
        }
        return ids.build().toArray();
    }

    private void unknown(IntStream.Builder ids, String characters) {
        byte[] bytes = characters.getBytes(StandardCharsets.UTF_8);
        int[] pieces = new int[byteFallback ? bytes.length : 0];
        for (int i = 0; i < pieces.length; i++) {
            pieces[i] = vocabulary.getOrDefault(Vocabulary.bytePiece(bytes[i]), -1);
        }
        if (pieces.length == 0 || IntStream.of(pieces).anyMatch(id -> id < 0)) {
            ids.add(unknown);
            return;
        }
        IntStream.of(pieces).forEach(ids::add);
    }
}
