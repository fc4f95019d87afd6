package org.jocular.tokenizers;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jocular.tokenizers.HubTokenizer.Family;

/** Finds out what kind of tokenizer lies at a path, and reads it. */
public final class Tokenizers {
    private Tokenizers() {}

    /**
     * Reads a tokenizer.
     *
     * @param path a directory as the hub has it: {@code tokenizer.model} (LLaMA) or {@code spiece.model} (T5) with its added tokens and special tokens, or
     *     {@code tokenizer.json}; or one file: a {@code .model} is the SentencePiece model alone, in which nothing but
     *     pieces is recognised, a {@code .json} is read as {@code tokenizer.json}
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
        if (name.endsWith(".json")) {
            return TokenizerJson.load(path);
        }
        throw new IllegalArgumentException(path + ": not a known kind of tokenizer, expected *.model or *.json");
    }

    private static Tokenizer loadDirectory(Path directory) {
        Path llama = directory.resolve("tokenizer.model");
        if (Files.exists(llama)) {
            return HubTokenizer.load(llama, sentencePiece(llama), Family.LLAMA);
        }
        Path t5 = directory.resolve("spiece.model");
        if (Files.exists(t5)) {
            return HubTokenizer.load(t5, sentencePiece(t5), Family.T5);
        }
        Path json = directory.resolve("tokenizer.json");
        if (Files.exists(json)) {
            return TokenizerJson.load(json);
        }
        throw new IllegalArgumentException(
                directory + ": no tokenizer here, expected tokenizer.model, spiece.model or tokenizer.json");
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
