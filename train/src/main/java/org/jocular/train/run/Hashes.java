package org.jocular.train.run;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jocular.tensor.BadInput;
import tools.jackson.databind.json.JsonMapper;

/** SHA-256 in hexadecimal, of each file once. */
final class Hashes {
    /** What decides what a model is; a README does not. */
    private static final List<String> OF_MODELS =
            List.of(".json", ".model", ".txt", ".safetensors", ".bin", ".pth", ".jinja");

    private final Map<Path, String> known = new HashMap<>();

    /** Of a file's bytes. */
    String of(Path file) {
        String hash = known.get(file);
        if (hash == null) {
            hash = read(file);
            known.put(file, hash);
        }
        return hash;
    }

    private static String read(Path file) {
        if (!Files.isRegularFile(file)) {
            throw new BadInput("the file %s is missing".formatted(file));
        }
        MessageDigest digest = digest();
        byte[] block = new byte[1 << 20];
        try (InputStream in = Files.newInputStream(file)) {
            for (int n = in.read(block); n >= 0; n = in.read(block)) {
                digest.update(block, 0, n);
            }
        } catch (IOException e) {
            throw new BadInput("%s cannot be read: %s".formatted(file, e.getMessage()), e);
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    /** Of a model: a file, or all files of a directory that are part of one. */
    String ofModel(Path path) {
        if (!Files.isDirectory(path)) {
            return of(path);
        }
        SequencedMap<String, String> hashes = new TreeMap<>();
        try (Stream<Path> files = Files.walk(path)) {
            files.filter(file -> OF_MODELS.stream().anyMatch(file.toString()::endsWith))
                    .filter(Files::isRegularFile)
                    .filter(file -> !file.endsWith(StageFolder.RESULT))
                    .forEach(file -> hashes.put(path.relativize(file).toString(), of(file)));
        } catch (IOException e) {
            throw new BadInput("%s cannot be read: %s".formatted(path, e.getMessage()), e);
        }
        return ofValue(hashes);
    }

    /** Of a value's JSON; maps must have an order. */
    static String ofValue(Object value) {
        byte[] bytes = JsonMapper.shared().writeValueAsString(value).getBytes(StandardCharsets.UTF_8);
        return HexFormat.of().formatHex(digest().digest(bytes));
    }

    private static MessageDigest digest() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every JDK has SHA-256", e);
        }
    }
}
