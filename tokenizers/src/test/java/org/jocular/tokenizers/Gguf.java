package org.jocular.tokenizers;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Reads the settings at the beginning of a GGUF file, among them vocabularies; {@code docs/gguf.md} of ggml-org/ggml. */
final class Gguf {
    private static final int STRING = 8;
    private static final int ARRAY = 9;

    private final ByteBuffer bytes;

    private Gguf(byte[] bytes) {
        this.bytes = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    static Map<String, Object> settings(Path file) throws IOException {
        Gguf gguf = new Gguf(Files.readAllBytes(file));
        int magic = gguf.bytes.getInt();
        int version = gguf.bytes.getInt();
        if (magic != 0x46554747 || version < 2) {
            throw new IOException(file + ": not GGUF version 2 or 3");
        }
        gguf.bytes.getLong(); // number of tensors
        long count = gguf.bytes.getLong();
        Map<String, Object> settings = new HashMap<>();
        for (long i = 0; i < count; i++) {
            String key = gguf.string();
            settings.put(key, gguf.value(gguf.bytes.getInt()));
        }
        return settings;
    }

    private String string() {
        byte[] text = new byte[(int) bytes.getLong()];
        bytes.get(text);
        return new String(text, StandardCharsets.UTF_8);
    }

    private Object value(int type) {
        return switch (type) {
            case 0, 1, 7 -> bytes.get();
            case 2, 3 -> bytes.getShort();
            case 4, 5 -> bytes.getInt();
            case 6 -> bytes.getFloat();
            case 10, 11 -> bytes.getLong();
            case 12 -> bytes.getDouble();
            case STRING -> string();
            case ARRAY -> {
                int element = bytes.getInt();
                long length = bytes.getLong();
                List<Object> values = new ArrayList<>();
                for (long i = 0; i < length; i++) {
                    values.add(value(element));
                }
                yield values;
            }
            default -> throw new IllegalStateException("GGUF value type " + type);
        };
    }
}
