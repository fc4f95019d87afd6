package org.jocular.tokenizers;

import java.nio.file.Path;
import java.text.Normalizer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jocular.tokenizers.AddedTokens.AddedToken;
import org.jocular.tokenizers.PipelineTokenizer.Roles;

/** Reads a {@code vocab.txt} with the JSON files beside it: {@code BertTokenizer} ({@code tokenization_bert.py}). */
final class WordPieceFiles {
    private static final String CONTINUING = "##";
    /** {@code max_input_chars_per_word} of the original, which no file changes. */
    private static final int MAX_CHARACTERS = 100;

    private WordPieceFiles() {}

    /** Without JSON files, as {@code bert-base-uncased}. */
    static Tokenizer load(Path file) {
        Path directory = file.toAbsolutePath().resolveSibling("");
        TokenizerConfig config = TokenizerConfig.read(directory, Family.BERT);
        JsonPart json = JsonPart.readIfThere(directory.resolve("tokenizer_config.json"));
        // Unlike other tokenizers, this one cleans up unless told otherwise.
        boolean cleanUp = json.at("clean_up_tokenization_spaces").flag(true);
        Map<String, Integer> vocabulary = vocabulary(file);
        String unknown = config.role("unk_token");
        Integer unknownId = vocabulary.get(unknown);
        if (unknownId == null) {
            throw new IllegalArgumentException(
                    file + ": no line reads " + unknown + ", expected a WordPiece vocabulary with its unknown token");
        }
        List<AddedToken> added = config.allAdded(vocabulary);
        return new PipelineTokenizer(new PipelineTokenizer.Parts(
                file,
                added,
                normalizer(json),
                (text, atStart) -> BertText.words(text),
                new WordPieceModel(vocabulary, CONTINUING, MAX_CHARACTERS, unknownId),
                Family.BERT.specialTokens(config, role -> config.roleId(role, added)),
                render -> CleanUpDecoder.around(new WordPieceDecoder(render, CONTINUING, false), cleanUp),
                Roles.of(config, added, vocabulary)));
    }

    /** A line is a piece, its number from 0 the id. */
    private static Map<String, Integer> vocabulary(Path file) {
        List<String> lines = TextLines.read(file);
        Map<String, Integer> vocabulary = new HashMap<>();
        for (int id = 0; id < lines.size(); id++) {
            Integer other = lines.get(id).isEmpty() ? null : vocabulary.put(lines.get(id), id);
            if (other != null) {
                throw new IllegalArgumentException(file + ": line " + (id + 1) + " repeats line " + (other + 1) + ", '"
                        + JsonPart.shortened(lines.get(id)) + "'");
            }
        }
        return vocabulary;
    }

    private static UnaryOperator<String> normalizer(JsonPart config) {
        if (!config.at("never_split").items().isEmpty()) {
            throw config.at("never_split").expected("none, since special tokens are never split anyway");
        }
        if (!config.at("do_basic_tokenize").flag(true)) {
            throw config.at("do_basic_tokenize").expected("true");
        }
        boolean lowercase = config.at("do_lower_case").flag(true);
        boolean stripAccents = config.at("strip_accents").flag(lowercase);
        boolean chinese = config.at("tokenize_chinese_chars").flag(true);
        BertText text = new BertText(true, true, chinese, lowercase, stripAccents);
        return stripAccents ? text : raw -> Normalizer.normalize(text.apply(raw), Normalizer.Form.NFC);
    }
}
