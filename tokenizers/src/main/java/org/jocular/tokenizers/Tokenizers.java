package org.jocular.tokenizers;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Finds out what kind of tokenizer lies at a path, and reads it. */
public final class Tokenizers {
    private Tokenizers() {}

    /**
     * Reads a tokenizer.
     *
     * @param path a directory as the hub has it: {@code tokenizer.model} with its added tokens and special tokens; or one
     *     file: a {@code .model} is the SentencePiece model alone, in which nothing but pieces is recognised
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
        throw new IllegalArgumentException(path + ": not a known kind of tokenizer, expected *.model");
    }

    private static Tokenizer loadDirectory(Path directory) {
        Path model = directory.resolve("tokenizer.model");
        if (Files.exists(model)) {
            return LlamaTokenizer.load(model, sentencePiece(model));
        }
        throw new IllegalArgumentException(directory + ": no tokenizer here, expected tokenizer.model");
    }

    private static SentencePieceTokenizer sentencePiece(Path file) {
        return new SentencePieceTokenizer(SentencePieceModel.parse(file.toString(), readBytes(file)));
    }

    static byte[] readBytes(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new UncheckedIOException(file + ": cannot be read", e);
        }
    }
}
