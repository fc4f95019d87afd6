package org.jocular.vit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads the two formats that reference pixels are kept in; no more of them than is needed here. */
final class References {

    private References() {}

    /** A .npy file of little-endian float32, version 1. */
    static float[] npy(Path file) {
        ByteBuffer data = bytes(file);
        int header = Short.toUnsignedInt(data.getShort(8));
        return floats(data, 10 + header, data.capacity());
    }

    /** The tensor {@code pixel_values} of a safetensors file, F32. */
    static float[] pixelValues(Path file) {
        ByteBuffer data = bytes(file);
        int header = Math.toIntExact(data.getLong(0));
        String json = StandardCharsets.UTF_8.decode(data.slice(8, header)).toString();
        Matcher tensor = Pattern.compile("\"pixel_values\":\\{[^}]*\"data_offsets\":\\[(\\d+), ?(\\d+)]")
                .matcher(json.replace("\": ", "\":"));
        if (!tensor.find()) {
            throw new IllegalArgumentException(file + " has no pixel_values");
        }
        return floats(
                data, 8 + header + Integer.parseInt(tensor.group(1)), 8 + header + Integer.parseInt(tensor.group(2)));
    }

    private static ByteBuffer bytes(Path file) {
        try {
            return ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static float[] floats(ByteBuffer data, int from, int to) {
        float[] values = new float[(to - from) / Float.BYTES];
        data.slice(from, to - from)
                .order(ByteOrder.LITTLE_ENDIAN)
                .asFloatBuffer()
                .get(values);
        return values;
    }
}
