package org.jocular.tokenizers;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jocular.tokenizers.AddedTokens.AddedToken;
import org.jocular.tokenizers.PipelineTokenizer.Parts;
import org.jocular.tokenizers.PipelineTokenizer.Roles;

/**
 * Reads a {@code vocab.json} with the {@code merges.txt} and the JSON files beside it: {@code GPT2Tokenizer}, which is
 * OPT's too, and {@code CLIPTokenizer}.
 */
final class BytePairFiles {
    private static final String CLIP_END_OF_WORD = "</w>";
    private static final List<String> CLASSES = List.of("", "GPT2Tokenizer", "CLIPTokenizer");

    private BytePairFiles() {}

    /** Whether {@code file} bears one of the names that {@link #merges} knows. */
    static boolean isVocabulary(Path file) {
        String name = String.valueOf(file.getFileName());
        return name.endsWith("vocab.json") || name.equals("encoder.json");
    }

    /** {@code NAMEvocab.json} has {@code NAMEmerges.txt}; openai/gpt-2: {@code encoder.json}, {@code vocab.bpe}. */
    static Path merges(Path vocabulary) {
        String name = String.valueOf(vocabulary.getFileName());
        return vocabulary.resolveSibling(
                name.equals("encoder.json") ? "vocab.bpe" : name.replaceFirst("vocab\\.json$", "merges.txt"));
    }

    /** What the JSON files do not say, the vocabulary's special tokens tell: {@link Family}. */
    static Tokenizer load(Path file) {
        Path directory = file.toAbsolutePath().resolveSibling("");
        Map<String, Integer> vocabulary = JsonPart.read(file).vocabulary();
        MergeBpe merges = readMerges(merges(file), vocabulary);
        Family family = family(directory, vocabulary);
        TokenizerConfig config = TokenizerConfig.read(directory, family);
        if (config.addPrefixSpace()) {
            throw JsonPart.read(directory.resolve("tokenizer_config.json"))
                    .at("add_prefix_space")
                    .expected("false");
        }
        List<AddedToken> added = config.allAdded(vocabulary);
        Roles roles = Roles.of(config, added, vocabulary);
        boolean clip = family == Family.CLIP;
        GptWords words = clip ? GptWords.CLIP : GptWords.GPT2;
        return new PipelineTokenizer(new Parts(
                file,
                added,
                clip ? ClipText::prepared : text -> text,
                (text, atStart) ->
                        words.words(text).stream().map(ByteLevel::spell).toList(),
                new MergeBpeModel(vocabulary, merges, false, false, false, clip ? CLIP_END_OF_WORD : "", roles.unk()),
                family.specialTokens(config, role -> config.roleId(role, added)),
                render -> CleanUpDecoder.around(decoder(new ByteLevel.Decoder(render), clip), config.cleanUp()),
                roles));
    }

    private static StreamDecoder decoder(StreamDecoder bytes, boolean clip) {
        return clip ? new DeferredDecoder(bytes, text -> ClipText.decoded(text, CLIP_END_OF_WORD)) : bytes;
    }

    private static Family family(Path directory, Map<String, Integer> vocabulary) {
        String name = TokenizerConfig.tokenizerClass(directory);
        if (!CLASSES.contains(name)) {
            throw JsonPart.read(directory.resolve("tokenizer_config.json"))
                    .at("tokenizer_class")
                    .expected("GPT2Tokenizer or CLIPTokenizer beside a vocab.json");
        }
        if (name.equals("CLIPTokenizer") || (name.isEmpty() && vocabulary.containsKey("<|startoftext|>"))) {
            return Family.CLIP;
        }
        // The class of OPT's tokenizer is GPT-2's; what makes it OPT's lies in the JSON files, if they are there.
        boolean bare = !Files.exists(directory.resolve("tokenizer_config.json"));
        return bare && vocabulary.containsKey("</s>") ? Family.OPT : Family.GPT2;
    }

    private static MergeBpe readMerges(Path file, Map<String, Integer> vocabulary) {
        List<String> lines = TextLines.read(file);
        MergeBpe merges = new MergeBpe();
        int count = 0;
        for (int i = lines.getFirst().startsWith("#version") ? 1 : 0; i < lines.size(); i++) {
            if (lines.get(i).isBlank()) {
                continue;
            }
            String[] pair = lines.get(i).strip().split(" ", -1);
            if (pair.length != 2 || !merges.add(count++, pair[0], pair[1], vocabulary)) {
                throw new IllegalArgumentException(
                        file + ": line " + (i + 1) + " is '" + JsonPart.shortened(lines.get(i))
                                + "', expected two pieces of the vocabulary whose concatenation is one too");
            }
        }
        if (count == 0) {
            throw new IllegalArgumentException(file + ": no merges in it");
        }
        return merges;
    }
}
