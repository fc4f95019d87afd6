package org.jocular.tokenizers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The parts of a {@code tokenizer.json}, one by one, and what is refused. */
class TokenizerJsonTest {
    /** With ' for " and a for letters of words, so that the tables below can be read. */
    private static final String BPE = "'model': {'type': 'BPE', 'vocab': {'a': 0, 'b': 1, 'ab': 2, '▁': 3, '▁a': 4,"
            + " 'Ġ': 5, '<0x0A>': 6, '?': 7, 'é': 8}, 'merges': ['a b', '▁ a'], 'unk_token': '?'}";

    private static final String UNIGRAM = "'model': {'type': 'Unigram', 'unk_id': 0, 'vocab':"
            + " [['?', 0], ['a', -2], ['b', -2.5], ['ab', -4], ['▁', -1], ['▁a', -9]]}";

    @TempDir
    private Path directory;

    private Tokenizer tokenizer(String json) throws IOException {
        Path file = directory.resolve("tokenizer.json");
        Files.writeString(file, "{" + json.replace('\'', '"') + "}");
        return Tokenizers.load(file);
    }

    private static String pieces(Tokenizer tokenizer, String text) {
        return IntStream.of(tokenizer.encode(text)).mapToObj(tokenizer::piece).collect(Collectors.joining("|"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '"',
            value = {
                "'type': 'Lowercase'; ABé; ab|é",
                "'type': 'NFC'; ae\u0301; a|é",
                "'type': 'NFKD'; ａ; a",
                "'type': 'Prepend', 'prepend': '▁'; ab; ▁|ab",
                "'type': 'Replace', 'pattern': {'String': 'x'}, 'content': 'ab'; axb; a|ab|b",
                "'type': 'Replace', 'pattern': {'Regex': ' {2,}'}, 'content': '▁'; a  b   a; a|▁|b|▁a",
                "'type': 'Strip', 'strip_left': false, 'strip_right': true; \" \ta \t\"; ?|?|a",
                "'type': 'BertNormalizer', 'lowercase': false; \"A\u0000é\"; ?|é",
                "'type': 'BertNormalizer'; A\u0000é; a|?",
                "'type': 'Sequence', 'normalizers': [{'type': 'Lowercase'}, {'type': 'Prepend', 'prepend': '▁'}]; A; ▁a",
            })
    void normalizers(String normalizer, String text, String expected) throws IOException {
        assertThat(pieces(tokenizer("'normalizer': {" + normalizer + "}, " + BPE), text))
                .isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '"',
            value = {
                "'type': 'BertPreTokenizer'; a?b; a|?|b",
                "'type': 'ByteLevel', 'add_prefix_space': true; ab a; Ġ|ab|Ġ|a",
                "'type': 'ByteLevel', 'add_prefix_space': false; ab a; ab|Ġ|a",
                "'type': 'Metaspace', 'prepend_scheme': 'first'; ab a; ▁|ab|▁a",
                "'type': 'Metaspace', 'add_prefix_space': false; ab a; ab|▁a",
            })
    void preTokenizers(String preTokenizer, String text, String expected) throws IOException {
        assertThat(pieces(tokenizer("'pre_tokenizer': {" + preTokenizer + "}, " + BPE), text))
                .isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '"',
            value = {
                "'type': 'BertProcessing', 'sep': ['x', 7], 'cls': ['y', 8]; 8, 0, 7",
                "'type': 'RobertaProcessing', 'sep': ['x', 7], 'cls': ['y', 8], 'trim_offsets': true; 8, 0, 7",
                "'type': 'ByteLevel'; 0",
                "'type': 'TemplateProcessing', 'single': [{'SpecialToken': {'id': 'x'}}, {'Sequence': {'id': 'A'}}], 'special_tokens': {'x': {'ids': [5, 6]}}; 5, 6, 0",
                "'type': 'Sequence', 'processors': [{'type': 'ByteLevel'}, {'type': 'BertProcessing', 'sep': ['x', 7], 'cls': ['y', 8]}, {'type': 'BertProcessing', 'sep': ['z', 1], 'cls': ['z', 1]}]; 1, 8, 0, 7, 1",
            })
    void postProcessors(String processor, String expected) throws IOException {
        Tokenizer tokenizer = tokenizer("'post_processor': {" + processor + "}, " + BPE);
        assertThat(Arrays.toString(tokenizer.encode("a", true))).isEqualTo("[" + expected + "]");
    }

    @Test
    void unigramTakesTheBestSum() throws IOException {
        Tokenizer tokenizer = tokenizer("'pre_tokenizer': {'type': 'Metaspace'}, " + UNIGRAM);
        assertThat(pieces(tokenizer, "ab")).isEqualTo("▁|ab");
        assertThat(pieces(tokenizer, "a xyz")).as("a run of unknown").isEqualTo("▁|a|▁|?");
        Tokenizer bytes = tokenizer(UNIGRAM.replace("['a', -2]", "['a', -2], ['<0x0A>', -20]")
                .replace("'unk_id'", "'byte_fallback': true, 'unk_id'"));
        assertThat(pieces(bytes, "a\n\nb")).isEqualTo("a|<0x0A>|<0x0A>|b");
        assertThat(pieces(bytes, "a\nx")).as("no piece for x").isEqualTo("a|?");
    }

    @Test
    void addedTokens() throws IOException {
        Tokenizer tokenizer = tokenizer("'normalizer': {'type': 'Lowercase'}, 'added_tokens': ["
                + "{'id': 20, 'content': 'BB', 'normalized': true}, {'id': 21, 'content': 'AA', 'normalized': false},"
                + "{'id': 22, 'content': '<l>', 'lstrip': true, 'special': true}], " + BPE);
        assertThat(tokenizer.encode("bbaaAA \u0085<l>")).containsExactly(20, 0, 0, 21, 22);
        assertThat(tokenizer.decode(new int[] {21, 22, 0}, true)).isEqualTo("AAa");
        assertThat(tokenizer.vocabSize()).isEqualTo(23);
    }

    /** Nothing is known of what is not in this list, and a guess would be silent: wrong ids, fluent answers. */
    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '"',
            value = {
                "\"\"; model.vocab is not there, expected an object with pieces and their ids",
                "'model': 3; model.vocab is not there, expected an object with pieces and their ids",
                "'model': {'type': 'WordLevel'}; model.type is 'WordLevel', expected BPE, WordPiece or Unigram",
                "'model': {'vocab': {'a': 2147483648}}; model.vocab.a is 2147483648, expected an id from 0 to 16777216",
                "'model': {'vocab': {'a': 0}, 'merges': ['a b']}; model.merges[0] is 'a b', expected two pieces of the vocabulary whose concatenation is one too",
                "'model': {'vocab': {'a': 0}, 'merges': [['a']]}; model.merges[0] is ['a'], expected two pieces of the vocabulary whose concatenation is one too",
                "'model': {'vocab': {'a': 0}, 'dropout': 0.1}; model.dropout is 0.1, expected null, since ids must not depend on chance",
                "'model': {'vocab': {'a': 0}, 'unk_token': 'x'}; model.unk_token is 'x', expected a piece of the vocabulary",
                "'model': {'vocab': {'a': 0}, 'byte_fallback': 1}; model.byte_fallback is 1, expected true or false",
                "'model': {'type': 'WordPiece', 'vocab': {'a': 0}}; model.unk_token is not there, expected a piece of the vocabulary",
                "'model': {'type': 'WordPiece', 'vocab': {'a': 0}, 'unk_token': 'a', 'max_input_chars_per_word': 2147483647}; expected a whole number from 1 to 1000",
                "'model': {'type': 'Unigram', 'vocab': {}}; model.vocab is {}, expected an array",
                "'model': {'type': 'Unigram', 'vocab': [['a']], 'unk_id': 0}; model.vocab[0] is ['a'], expected a piece and its score",
                "'model': {'type': 'Unigram', 'vocab': [['a', 0], ['a', 0]], 'unk_id': 0}; model.vocab[1] is ['a',0], expected a piece that is not there already",
                "'model': {'type': 'Unigram', 'vocab': [['a', 0]]}; model.unk_id is not there, expected a whole number from 0 to 0",
            })
    void models(String json, String end) {
        refused(json, end);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '"',
            value = {
                "'normalizer': {'type': 'Sequence', 'normalizers': [{'type': 'NFC'}, {'type': 'Nmt'}]}; normalizer.normalizers[1].type is 'Nmt', expected Sequence, Prepend, Replace, NFC, NFD, NFKC, NFKD, Lowercase, Strip, BertNormalizer or Precompiled",
                "'normalizer': {'type': 'Replace', 'pattern': {'Regex': '(a+)+$'}, 'content': ''}; normalizer.pattern.Regex is '(a+)+$', expected \\s+ or ␣{2,}, the only patterns known here",
                "'normalizer': {'type': 'Replace', 'pattern': {'String': ''}, 'content': ''}; normalizer.pattern is {'String':''}, expected a String that is not empty",
                "'normalizer': {'type': 'Prepend', 'prepend': 'aaaaaaaaaaaaaaaaaaaa'}; expected at most 16 characters",
                "'normalizer': {'type': 'Precompiled', 'precompiled_charsmap': '%%%'}; normalizer.precompiled_charsmap is '%%%', expected base64",
                "'normalizer': {'type': 'Precompiled', 'precompiled_charsmap': 'AAAA'}; precompiled_charsmap has 3 bytes, expected at least 4",
                "'normalizer': {'type': 'Precompiled', 'precompiled_charsmap': '/////w=='}; precompiled_charsmap claims a trie of 4294967295 bytes, expected a multiple of 1024 within 0",
                "'pre_tokenizer': {'type': 'Digits'}; pre_tokenizer.type is 'Digits', expected null, Sequence, Metaspace, ByteLevel, BertPreTokenizer or Split",
                "'pre_tokenizer': {'type': 'Split', 'pattern': {'Regex': '(.*)*x'}, 'behavior': 'Isolated'}; pre_tokenizer.pattern.Regex is '(.*)*x', expected the pattern of GPT-2 or CLIP, the only ones known here",
                "'pre_tokenizer': {'type': 'Metaspace', 'replacement': '_'}; pre_tokenizer.replacement is '_', expected ▁",
                "'post_processor': {'type': 'Magic'}; post_processor.type is 'Magic', expected null, Sequence, TemplateProcessing, BertProcessing, RobertaProcessing or ByteLevel",
                "'post_processor': {'type': 'TemplateProcessing', 'single': []}; post_processor.single is [], expected a template with one Sequence",
                "'post_processor': {'type': 'TemplateProcessing', 'single': [{'SpecialToken': {'id': 'x'}}]}; post_processor.special_tokens.x.ids is not there, expected the ids of a token that the template names",
                "'post_processor': {'type': 'BertProcessing', 'sep': ['x'], 'cls': ['y', 8]}; post_processor.sep[1] is not there, expected a whole number from 0 to 16777216",
                "'decoder': {'type': 'CTC'}; decoder.type is 'CTC', expected null, Sequence, Replace, ByteFallback, Fuse, Strip, Metaspace, ByteLevel or WordPiece",
                "'added_tokens': [{'id': 20}]; added_tokens[0].content is not there, expected a token: a string, or an object with content",
                "'added_tokens': [{'id': 20, 'content': 'x'}, {'id': 20, 'content': 'y'}]; added_tokens[1] is {'id':20,'content':'y'}, expected an added token with an id of its own",
                "'added_tokens': {'x': 20}; added_tokens is {'x':20}, expected an array",
            })
    void parts(String json, String end) {
        refused(json + ", " + BPE, end.replace('␣', ' '));
    }

    private void refused(String json, String end) {
        assertThatThrownBy(() -> tokenizer(json))
                .isInstanceOf(IllegalArgumentException.class)
                .message()
                .startsWith(directory.resolve("tokenizer.json") + ": ")
                .endsWith(end.replace('\'', '"'))
                .doesNotContain("\n");
    }

    /** Thirty doublings would make a gigabyte of a letter, and a thousand brackets use up the stack. */
    @Test
    void bombs() throws IOException {
        String doubling = "{'type': 'Replace', 'pattern': {'String': 'a'}, 'content': 'aa'}";
        String thirty = IntStream.range(0, 30).mapToObj(i -> doubling).collect(Collectors.joining(", "));
        Tokenizer tokenizer = tokenizer("'normalizer': {'type': 'Sequence', 'normalizers': [" + thirty + "]}, " + BPE);
        assertThatThrownBy(() -> tokenizer.encode("a"))
                .hasMessageEndingWith("normalizer makes 8192 characters of 1, expected at most 64 times as many");
        String nested = "{'type': 'Sequence', 'normalizers': [".repeat(1000) + "]}".repeat(1000);
        refused("'normalizer': " + nested + ", " + BPE, "");
    }
}
