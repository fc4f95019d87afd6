package org.jocular.tokenizers;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Finds out what kind of tokenizer lies at a path, and reads it. */
public final class Tokenizers {
    /** Files of the slow tokenizers in huggingface/transformers, most telling first, then the fast one's. */
    private static final List<String> NAMES =
            List.of("tokenizer.model", "spiece.model", "vocab.json", "vocab.txt", "tokenizer.json");

    private Tokenizers() {}

    /**
     * Reads a tokenizer.
     *
     * <p>Of a directory as the hub has it, the file that the {@code tokenizer_class} in {@code tokenizer_config.json}
     * reads; where no such class is named, or its file is not there, the first of these:
     *
     * <ol>
     *   <li>{@code tokenizer.model}: SentencePiece, with LLaMA's special tokens
     *   <li>{@code spiece.model}: SentencePiece, with T5's special tokens
     *   <li>{@code vocab.json} with {@code merges.txt}: byte-level BPE of GPT-2, OPT or CLIP
     *   <li>{@code vocab.txt}: WordPiece of BERT
     *   <li>{@code tokenizer.json}: any of these. It comes last because the others give the ids of the slow tokenizers
     *       of transformers, from which the fast one differs in places
     * </ol>
     *
     * <p>Of a file, its name tells the kind: {@code *.model} is the SentencePiece model alone, in which nothing but
     * pieces is recognised; {@code *vocab.json} (with {@code *merges.txt} beside it; {@code encoder.json} with {@code
     * vocab.bpe}) and {@code *vocab.txt} are read with the JSON files beside them; any other {@code *.json} is a {@code
     * tokenizer.json}.
     *
     * @throws IllegalArgumentException if there is no tokenizer that can be read, in one sentence
     */
    public static Tokenizer load(Path path) {
        if (Files.isDirectory(path)) {
            return loadDirectory(path);
        }
        if (!Files.exists(path)) {
            throw new IllegalArgumentException(path + ": no such file or directory");
        }
        String name = String.valueOf(path.getFileName());
        if (name.endsWith(".model")) {
            return sentencePiece(path);
        }
        if (BytePairFiles.isVocabulary(path)) {
            return BytePairFiles.load(path);
        }
        if (name.endsWith(".json")) {
            return TokenizerJson.load(path);
        }
        if (name.endsWith("vocab.txt")) {
            return WordPieceFiles.load(path);
        }
        throw new IllegalArgumentException(
                path
                        + ": not a known kind of tokenizer, expected *.model, *.json, vocab.json with merges.txt, or vocab.txt");
    }

    private static Tokenizer loadDirectory(Path directory) {
        String named = fileOf(TokenizerConfig.tokenizerClass(directory));
        if (isThere(directory, named)) {
            return load(directory, named);
        }
        for (String name : NAMES) {
            if (isThere(directory, name)) {
                return load(directory, name);
            }
        }
        throw new IllegalArgumentException(directory + ": no tokenizer here, expected tokenizer.model, spiece.model,"
                + " vocab.json with merges.txt, vocab.txt or tokenizer.json");
    }

    /** Empty for a class that is not known here. */
    private static String fileOf(String tokenizerClass) {
        return switch (tokenizerClass) {
            case "LlamaTokenizer" -> "tokenizer.model";
            case "T5Tokenizer" -> "spiece.model";
            case "GPT2Tokenizer", "CLIPTokenizer" -> "vocab.json";
            case "BertTokenizer" -> "vocab.txt";
            case "PreTrainedTokenizer" -> "tokenizer.json"; // no slow one exists
            default -> "";
        };
    }

    private static boolean isThere(Path directory, String name) {
        Path file = directory.resolve(name);
        return Files.isRegularFile(file) && (!name.equals("vocab.json") || Files.exists(BytePairFiles.merges(file)));
    }

    private static Tokenizer load(Path directory, String name) {
        Path file = directory.resolve(name);
        return switch (name) {
            case "tokenizer.model" -> HubTokenizer.load(file, sentencePiece(file), Family.LLAMA);
            case "spiece.model" -> HubTokenizer.load(file, sentencePiece(file), Family.T5);
            default -> load(file);
        };
    }

    private static SentencePieceTokenizer sentencePiece(Path file) {
        return new SentencePieceTokenizer(SentencePieceModel.parse(file.toString(), readBytes(file)));
    }

    static byte[] readBytes(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new IllegalArgumentException(file + ": cannot be read: " + e.getMessage(), e);
        }
    }
}
