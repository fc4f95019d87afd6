package org.jocular.weights;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import org.jocular.tensor.BadInput;
import org.jocular.tensor.Tensor;

/**
 * One safetensors file, mapped into memory once: eight bytes of header length (little-endian), a JSON header, the tensors' data.
 * Tensors are slices of the mapping, so opening reads the header alone and loading copies nothing.
 *
 * <p>Format and refusals follow the reference, {@code safetensors/src/tensor.rs}.
 */
public final class Safetensors implements TensorFile {
    private static final ValueLayout.OfLong LENGTH = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final Path file;
    private final SafetensorsHeader header;
    private final MemorySegment data;

    private Safetensors(Path file, SafetensorsHeader header, MemorySegment data) {
        this.file = file;
        this.header = header;
        this.data = data;
    }

    /**
     * Maps {@code file} for the life of {@code arena} and checks its header.
     *
     * @throws BadInput if the file cannot be read or is not exactly what the format allows
     */
    public static Safetensors open(Path file, Arena arena) {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            long size = channel.size();
            if (size < Long.BYTES) {
                throw Bad.file(
                        file, "has %d bytes, too small for a safetensors file, which starts with 8".formatted(size));
            }
            MemorySegment mapped = channel.map(FileChannel.MapMode.READ_ONLY, 0, size, arena);
            long length = mapped.get(LENGTH, 0);
            if (Long.compareUnsigned(length, SafetensorsHeader.MAX_BYTES) > 0) {
                throw Bad.file(
                        file,
                        "names a header of %s bytes, too large: at most %d are allowed"
                                .formatted(Long.toUnsignedString(length), SafetensorsHeader.MAX_BYTES));
            }
            if (length > size - Long.BYTES) {
                throw Bad.file(
                        file,
                        "names a header of %d bytes, but only %d follow: it is cut short or no safetensors file"
                                .formatted(length, size - Long.BYTES));
            }
            byte[] json = mapped.asSlice(Long.BYTES, length).toArray(ValueLayout.JAVA_BYTE);
            MemorySegment data = mapped.asSlice(Long.BYTES + length);
            return new Safetensors(file, SafetensorsHeader.parse(file, json, data.byteSize()), data);
        } catch (IOException e) {
            throw Bad.io(file, "read", e);
        }
    }

    @Override
    public Path file() {
        return file;
    }

    /** The strings under {@code __metadata__}; empty where there are none. */
    public Map<String, String> metadata() {
        return Map.copyOf(header.metadata());
    }

    /** All tensors in the order of their data. */
    @Override
    public List<TensorInfo> tensors() {
        return header.tensors().values().stream()
                .map(SafetensorsHeader.Entry::info)
                .toList();
    }

    public boolean has(String name) {
        return header.tensors().containsKey(name);
    }

    @Override
    public Tensor tensor(String name, Arena arena) {
        return tensor(name);
    }

    /**
     * A tensor in place; it need not be aligned to its element size.
     *
     * @throws BadInput if there is none of that name, or its type cannot be computed with
     */
    public Tensor tensor(String name) {
        SafetensorsHeader.Entry entry = header.tensors().get(name);
        if (entry == null) {
            throw Bad.file(file, "has no tensor " + Bad.quote(name));
        }
        TensorInfo info = entry.info();
        return new Tensor(info.type(), data.asSlice(entry.begin(), info.bytes()), info.sizes());
    }
}
