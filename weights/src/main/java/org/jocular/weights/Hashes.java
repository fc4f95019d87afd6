package org.jocular.weights;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.jocular.tensor.BadInput;
import tools.jackson.databind.json.JsonMapper;

/** SHA-256 in hexadecimal. */
public final class Hashes {
    private Hashes() {}

    /** Of a file's bytes. */
    public static String of(Path file) {
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

    /** Of a value's JSON; maps must have an order. */
    public static String of(Object value) {
        return of(JsonMapper.shared().writeValueAsString(value).getBytes(StandardCharsets.UTF_8));
    }

    /** Of these bytes. */
    public static String of(byte[] bytes) {
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
