package org.jocular.tokenizers;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/** {@code model} of a {@code tokenizer.json}; {@code models} of huggingface/tokenizers. */
final class JsonModels {
    /** Longer words than this are none; the default is 100. */
    private static final int MAX_WORD = 1000;

    private JsonModels() {}

    static WordModel read(JsonPart part) {
        // Files of long ago leave the type out.
        String type = part.at("type").isThere()
                ? part.type()
                : part.at("vocab").node().isArray() ? "Unigram" : "BPE";
        return switch (type) {
            case "BPE" -> mergeBpe(part);
            case "WordPiece" -> wordPiece(part);
            case "Unigram" -> unigram(part);
            default -> throw part.at("type").expected("BPE, WordPiece or Unigram");
        };
    }

    private static MergeBpeModel mergeBpe(JsonPart part) {
        JsonPart dropout = part.at("dropout");
        if (dropout.isThere() && dropout.node().asDouble(1) != 0) {
            throw dropout.expected("null, since ids must not depend on chance");
        }
        JsonPart continuing = part.at("continuing_subword_prefix");
        if (!continuing.string("").isEmpty()) {
            throw continuing.expected("none");
        }
        Map<String, Integer> vocabulary = part.at("vocab").vocabulary();
        MergeBpe merges = merges(part.at("merges"), vocabulary);
        return new MergeBpeModel(
                vocabulary,
                merges,
                part.at("byte_fallback").flag(false),
                part.at("fuse_unk").flag(false),
                part.at("ignore_merges").flag(false),
                part.at("end_of_word_suffix").string(""),
                unknown(part.at("unk_token"), vocabulary));
    }

    /** {@code "a b"}, or {@code ["a", "b"]} since version 0.20, where pieces may hold spaces. */
    private static MergeBpe merges(JsonPart part, Map<String, Integer> vocabulary) {
        MergeBpe merges = new MergeBpe();
        int rank = 0;
        for (JsonNode merge : part.node()) {
            String[] pair = merge.isArray()
                    ? new String[] {merge.path(0).asString(""), merge.path(1).asString("")}
                    : merge.asString("").split(" ", -1);
            boolean two = merge.isArray() ? merge.size() == 2 : pair.length == 2;
            if (!two || !merges.add(rank, pair[0], pair[1], vocabulary)) {
                throw part.at(rank).expected("two pieces of the vocabulary whose concatenation is one too");
            }
            rank++;
        }
        return merges;
    }

    private static int unknown(JsonPart token, Map<String, Integer> vocabulary) {
        if (token.string("").isEmpty()) {
            return -1;
        }
        Integer id = vocabulary.get(token.string());
        if (id == null) {
            throw token.expected("a piece of the vocabulary");
        }
        return id;
    }

    private static WordPieceModel wordPiece(JsonPart part) {
        Map<String, Integer> vocabulary = part.at("vocab").vocabulary();
        int unknown = unknown(part.at("unk_token"), vocabulary);
        if (unknown < 0) {
            throw part.at("unk_token").expected("a piece of the vocabulary");
        }
        JsonPart longest = part.at("max_input_chars_per_word");
        return new WordPieceModel(
                vocabulary,
                part.at("continuing_subword_prefix").string("##"),
                longest.isThere() ? longest.number(1, MAX_WORD) : 100,
                unknown);
    }

    private static UnigramModel unigram(JsonPart part) {
        List<JsonPart> entries = part.at("vocab").items();
        if (entries.isEmpty()) {
            throw part.at("vocab").expected("an array of pieces and their scores");
        }
        Map<String, Integer> vocabulary = new HashMap<>();
        double[] scores = new double[entries.size()];
        for (int id = 0; id < scores.length; id++) {
            JsonPart entry = entries.get(id);
            String piece = entry.at(0).string();
            scores[id] = entry.at(1).node().isNumber() ? entry.at(1).node().doubleValue() : Double.NaN;
            if (piece.isEmpty() || entry.node().size() != 2 || !Double.isFinite(scores[id])) {
                throw entry.expected("a piece and its score");
            }
            if (vocabulary.put(piece, id) != null) {
                throw entry.expected("a piece that is not there already");
            }
        }
        int unknown = part.at("unk_id").number(0, scores.length - 1);
        UnigramEncoder encoder = UnigramEncoder.ofJson(vocabulary, scores, unknown);
        return new UnigramModel(
                vocabulary, encoder, unknown, part.at("byte_fallback").flag(false));
    }
}
