package org.jocular.tokenizers;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import org.jocular.tokenizers.AddedTokens.AddedToken;
import org.jocular.tokenizers.PieceDecoder.LeadingSpace;
import org.jocular.tokenizers.PipelineTokenizer.Parts;
import org.jocular.tokenizers.PipelineTokenizer.Roles;

/**
 * Reads {@code tokenizer.json} of huggingface/tokenizers, as far as LLaMA, T5, GPT-2, OPT, CLIP and BERT use its parts.
 * Its {@code truncation} and {@code padding} do not count: transformers switches both off unless a caller asks for
 * them.
 */
final class TokenizerJson {
    private static final String DECODERS =
            "null, Sequence, Replace, ByteFallback, Fuse, Strip, Metaspace, ByteLevel or WordPiece";

    private TokenizerJson() {}

    /** Which special token is the beginning, the end and so on, the JSON files beside it say. */
    static Tokenizer load(Path file) {
        JsonPart root = JsonPart.read(file);
        WordModel model = JsonModels.read(root.at("model"));
        TokenizerConfig config = TokenizerConfig.read(file.toAbsolutePath().resolveSibling(""), family(model));
        List<AddedToken> added = added(root.at("added_tokens"), config);
        Rendered.Decoding decoding = decoding(root.at("decoder"), model);
        return new PipelineTokenizer(new Parts(
                file,
                added,
                JsonNormalizers.read(root.at("normalizer")),
                JsonPreTokenizers.read(root.at("pre_tokenizer")),
                model,
                JsonPostProcessors.read(root.at("post_processor")).withTruncateLeft(config.truncateLeft()),
                render -> CleanUpDecoder.around(decoding.open(render), config.cleanUp()),
                Roles.of(config, added, model.vocabulary())));
    }

    /** Names of special tokens that no file beside the {@code tokenizer.json} gives. */
    private static Family family(WordModel model) {
        return switch (model) {
            case UnigramModel unigram -> Family.T5;
            case WordPieceModel wordPiece -> Family.BERT;
            case MergeBpeModel bpe ->
                bpe.vocabulary().containsKey("<|startoftext|>")
                        ? Family.CLIP
                        : bpe.vocabulary().containsKey("<s>")
                                ? bpe.byteFallback() ? Family.LLAMA : Family.OPT
                                : Family.GPT2;
        };
    }

    /** Those of this file, and those that only {@code tokenizer_config.json} knows. */
    private static List<AddedToken> added(JsonPart part, TokenizerConfig config) {
        Map<Integer, AddedToken> added = new HashMap<>();
        for (JsonPart item : part.items()) {
            int id = item.at("id").id();
            if (added.put(id, TokenizerConfig.addedToken(id, item)) != null) {
                throw item.expected("an added token with an id of its own");
            }
        }
        for (AddedToken token : config.addedTokens()) {
            added.putIfAbsent(token.id(), token);
        }
        return List.copyOf(added.values());
    }

    private static Rendered.Decoding decoding(JsonPart part, WordModel model) {
        JsonPart only = onlyStep(part);
        return switch (only.type()) {
            case "ByteLevel" -> {
                String endOfWord = model instanceof MergeBpeModel bpe ? bpe.endOfWord() : "";
                yield endOfWord.isEmpty()
                        ? ByteLevel.Decoder::new
                        // CLIPTokenizerFast does this in Python.
                        : render -> new DeferredDecoder(
                                new ByteLevel.Decoder(render), text -> ClipText.decoded(text, endOfWord));
            }
            case "WordPiece" -> {
                String continuing = only.at("prefix").string("##");
                boolean cleanUp = only.at("cleanup").flag(true);
                yield render -> new WordPieceDecoder(render, continuing, cleanUp);
            }
            default -> {
                LeadingSpace leadingSpace = leadingSpace(part);
                boolean bytes = byteFallback(model);
                yield render -> new PieceDecoder(spaced(render, bytes), leadingSpace);
            }
        };
    }

    private static JsonPart onlyStep(JsonPart part) {
        List<JsonPart> steps =
                part.type().equals("Sequence") ? part.at("decoders").items() : List.of();
        return steps.size() == 1 ? steps.getFirst() : part;
    }

    private static boolean byteFallback(WordModel model) {
        return switch (model) {
            case MergeBpeModel bpe -> bpe.byteFallback();
            case UnigramModel unigram -> unigram.byteFallback();
            case WordPieceModel wordPiece -> false;
        };
    }

    /**
     * As SentencePiece decodes, so that it can stream; huggingface/tokenizers itself turns a whole run of byte pieces
     * into U+FFFD when one of them is broken.
     */
    private static IntFunction<Rendered> spaced(IntFunction<Rendered> render, boolean byteFallback) {
        return id -> switch (render.apply(id)) {
            case Rendered.Text piece -> {
                int value = byteFallback ? Vocabulary.byteValue(piece.text()) : -1;
                yield value >= 0
                        ? new Rendered.RawByte((byte) value)
                        : new Rendered.Text(piece.text().replace(Normalizer.SPACE_SYMBOL, ' '));
            }
            case Rendered other -> other;
        };
    }

    private static LeadingSpace leadingSpace(JsonPart part) {
        return switch (part.type()) {
            case "Sequence" -> {
                LeadingSpace found = LeadingSpace.KEEP;
                for (JsonPart step : part.at("decoders").items()) {
                    LeadingSpace next = leadingSpace(step);
                    found = next == LeadingSpace.KEEP ? found : next;
                }
                yield found;
            }
            case "Strip" -> part.at("start").number(0, 1) > 0 ? LeadingSpace.STRIP_ONE : LeadingSpace.KEEP;
            case "Metaspace" ->
                JsonPreTokenizers.prependScheme(part).equals("never") ? LeadingSpace.KEEP : LeadingSpace.STRIP_ONE;
            case "", "Replace", "ByteFallback", "Fuse" -> LeadingSpace.KEEP;
            default -> throw part.at("type").expected(DECODERS);
        };
    }
}
