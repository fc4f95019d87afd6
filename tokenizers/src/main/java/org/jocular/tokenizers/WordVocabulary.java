package org.jocular.tokenizers;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SequencedSet;
import java.util.Set;
import java.util.stream.Stream;
import org.jocular.tokenizers.SentencePieceModel.Algorithm;
import org.jocular.tokenizers.SentencePieceModel.PieceType;
import tools.jackson.core.util.DefaultIndenter;
import tools.jackson.core.util.DefaultPrettyPrinter;
import tools.jackson.databind.json.JsonMapper;

/**
 * A vocabulary of whole words, for models so small that a hundred are enough, written in the files of the hub's
 * tokenizers: a word is one id, and a word that is not there is the unknown token, never made of others.
 *
 * @param marks texts that are tokens wherever they stand, {@code <image>} for one; their ids are 3 and following
 * @param words as they are when {@code replacements} is through; their ids follow
 * @param replacements what {@link #sentencePiece} makes of a text before it is cut at spaces, the longest rule first
 */
public record WordVocabulary(List<String> marks, List<String> words, Map<String, String> replacements) {
    private static final List<String> LLAMA_SPECIAL = List.of("<unk>", "<s>", "</s>");
    private static final List<String> BERT_SPECIAL = List.of("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "[DEC]");
    /** As {@link WordPieceFiles} reads it where the files do not say otherwise. */
    private static final BertText BERT_TEXT = new BertText(true, true, true, true, true);

    private static final JsonMapper JSON = JsonMapper.builder()
            .defaultPrettyPrinter(new DefaultPrettyPrinter()
                    .withObjectIndenter(DefaultIndenter.SYSTEM_LINEFEED_INSTANCE.withLinefeed("\n")))
            .build();

    /**
     * Checks that every word is found.
     *
     * @throws IllegalArgumentException if a word is there twice, has a space in it, or would never come out of the
     *     replacements (a capital letter that becomes a small one)
     */
    public WordVocabulary {
        marks = List.copyOf(marks);
        words = List.copyOf(words);
        replacements = Map.copyOf(replacements);
        Set<String> seen = new HashSet<>(LLAMA_SPECIAL);
        for (String piece : Stream.concat(marks.stream(), words.stream()).toList()) {
            if (piece.isBlank() || piece.chars().anyMatch(GptWords::isSpace)) {
                throw new IllegalArgumentException("a word of the vocabulary is '" + piece + "', expected no spaces");
            }
            if (!seen.add(piece)) {
                throw new IllegalArgumentException("the word '" + piece + "' is in the vocabulary twice");
            }
        }
        Tokenizer tokenizer = tokenizer(model(marks, words, replacements));
        for (int i = 0; i < words.size(); i++) {
            int[] ids = tokenizer.encode(words.get(i));
            if (ids.length != 1 || ids[0] != LLAMA_SPECIAL.size() + marks.size() + i) {
                throw new IllegalArgumentException(
                        "the word '" + words.get(i) + "' would never be found: the replacements change it");
            }
        }
    }

    /**
     * Small letters for capital ones, spaces around signs that end or divide sentences, and a space for a question mark:
     * what people write becomes words, whichever way they write it.
     */
    public static Map<String, String> plainText() {
        Map<String, String> rules = new LinkedHashMap<>();
        for (char letter = 'A'; letter <= 'Z'; letter++) {
            rules.put(String.valueOf(letter), String.valueOf((char) (letter - 'A' + 'a')));
        }
        Stream.of("?", "\n", "\r", "\t").forEach(sign -> rules.put(sign, " "));
        Stream.of(".", ",", ":", ";", "!").forEach(sign -> rules.put(sign, " " + sign + " "));
        return rules;
    }

    /**
     * A SentencePiece {@code .model}: {@code <unk> <s> </s>}, the marks, the words. Its type is WORD, not UNIGRAM: in a
     * unigram model a piece is chosen whatever follows it, so that "another" begins with the word "an" where there is
     * one, and no scores can help that.
     */
    public byte[] sentencePiece() {
        return model(marks, words, replacements);
    }

    /** Writes {@code tokenizer.model} and {@code tokenizer_config.json} of a {@code LlamaTokenizer}. */
    public void writeLlama(Path directory) {
        Map<String, Object> config = new LinkedHashMap<>();
        config.put("added_tokens_decoder", added(LLAMA_SPECIAL));
        config.put("additional_special_tokens", marks);
        config.put("bos_token", "<s>");
        config.put("eos_token", "</s>");
        config.put("unk_token", "<unk>");
        config.put("add_bos_token", true);
        config.put("add_eos_token", false);
        // "one . two" reads "one. two".
        config.put("clean_up_tokenization_spaces", true);
        config.put("legacy", true);
        config.put("tokenizer_class", "LlamaTokenizer");
        write(directory, "tokenizer.model", sentencePiece());
        writeConfig(directory, config);
    }

    /**
     * Writes {@code vocab.txt} and {@code tokenizer_config.json} of a {@code BertTokenizer} as InstructBLIP's Q-Former
     * has it: {@code [DEC]} is there, texts that are too long lose their beginning. BERT makes words of its own: it
     * lower-cases, and each sign is one, so that "(a)" becomes three and "?" is in the vocabulary too.
     */
    public void writeBert(Path directory) {
        Map<String, Object> config = new LinkedHashMap<>();
        config.put("added_tokens_decoder", added(BERT_SPECIAL));
        config.put("additional_special_tokens", marks);
        config.put("bos_token", "[DEC]");
        config.put("cls_token", "[CLS]");
        config.put("mask_token", "[MASK]");
        config.put("pad_token", "[PAD]");
        config.put("sep_token", "[SEP]");
        config.put("unk_token", "[UNK]");
        config.put("clean_up_tokenization_spaces", true);
        config.put("do_basic_tokenize", true);
        config.put("do_lower_case", true);
        config.put("tokenize_chinese_chars", true);
        config.put("tokenizer_class", "BertTokenizer");
        config.put("truncation_side", "left");
        String lines = String.join("\n", bertPieces()) + "\n";
        write(directory, "vocab.txt", lines.getBytes(StandardCharsets.UTF_8));
        writeConfig(directory, config);
    }

    private List<String> bertPieces() {
        SequencedSet<String> pieces = new LinkedHashSet<>(BERT_SPECIAL);
        pieces.addAll(marks);
        words.forEach(word -> pieces.addAll(BertText.words(BERT_TEXT.apply(word))));
        // Signs that the replacements know are signs that people write.
        replacements.keySet().stream()
                .sorted()
                .map(BERT_TEXT)
                .filter(sign -> sign.codePoints().noneMatch(Character::isLetterOrDigit))
                .forEach(sign -> pieces.addAll(BertText.words(sign)));
        return new ArrayList<>(pieces);
    }

    /** The special tokens of a tokenizer and the marks behind them, each found wherever it stands in a text. */
    private Map<String, Object> added(List<String> special) {
        Map<String, Object> tokens = new LinkedHashMap<>();
        Stream.concat(special.stream(), marks.stream()).forEach(content -> {
            Map<String, Object> token = new LinkedHashMap<>();
            token.put("content", content);
            for (String flag : List.of("lstrip", "normalized", "rstrip", "single_word")) {
                token.put(flag, false);
            }
            token.put("special", true);
            tokens.put(String.valueOf(tokens.size()), token);
        });
        return tokens;
    }

    /** {@code sentencepiece_model.proto} of google/sentencepiece, in the order of {@link SentencePieceModel#parse}. */
    private static byte[] model(List<String> marks, List<String> words, Map<String, String> replacements) {
        ProtobufWriter model = new ProtobufWriter();
        for (String special : LLAMA_SPECIAL) {
            piece(model, special, special.equals("<unk>") ? PieceType.UNKNOWN : PieceType.CONTROL);
        }
        marks.forEach(mark -> piece(model, mark, PieceType.USER_DEFINED));
        words.forEach(word -> piece(model, Normalizer.SPACE_SYMBOL + word, PieceType.NORMAL));
        ProtobufWriter trainer = new ProtobufWriter()
                .int32(3, Algorithm.WORD.ordinal() + 1)
                .int32(4, LLAMA_SPECIAL.size() + marks.size() + words.size());
        marks.forEach(mark -> trainer.string(31, mark));
        trainer.int32(40, 0).int32(41, 1).int32(42, 2).int32(43, -1); // unk, bos, eos, pad
        ProtobufWriter normalizer = new ProtobufWriter()
                .string(1, "words")
                .bytes(2, CharsMapWriter.write(replacements))
                .bool(3, true) // add_dummy_prefix
                .bool(4, true) // remove_extra_whitespaces
                .bool(5, true); // escape_whitespaces
        return model.message(2, trainer).message(3, normalizer).toByteArray();
    }

    /** All words are as good: a model of type WORD does not compare scores. */
    private static void piece(ProtobufWriter model, String text, PieceType type) {
        model.message(1, new ProtobufWriter().string(1, text).float32(2, 0).int32(3, type.ordinal() + 1));
    }

    private static Tokenizer tokenizer(byte[] model) {
        return new SentencePieceTokenizer(SentencePieceModel.parse("word vocabulary", model));
    }

    private static void writeConfig(Path directory, Map<String, Object> config) {
        String json = JSON.writerWithDefaultPrettyPrinter().writeValueAsString(config) + "\n";
        write(directory, "tokenizer_config.json", json.getBytes(StandardCharsets.UTF_8));
    }

    private static void write(Path directory, String name, byte[] bytes) {
        try {
            Files.createDirectories(directory);
            Files.write(directory.resolve(name), bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(directory.resolve(name) + ": cannot be written: " + e.getMessage(), e);
        }
    }
}
