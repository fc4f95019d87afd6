package org.jocular.weights;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jocular.tensor.BadInput;
import org.jocular.tensor.DType;
import org.jocular.tensor.Tensor;
import tools.jackson.databind.json.JsonMapper;

/**
 * Writes safetensors files: names, types and shapes first, then the data in any number of pieces, so that neither a tensor nor the file
 * need fit into memory. A file appears under its name only once it is whole; after a failure nothing stays behind.
 */
public final class SafetensorsWriter {
    /** What transformers writes, and asks for when it reads. */
    public static final Map<String, String> PYTORCH = Map.of("format", "pt");

    private SafetensorsWriter() {}

    /** A tensor to be written. */
    public record Spec(String name, DType dtype, List<Long> shape) {
        public Spec {
            shape = List.copyOf(shape);
        }

        /** The name, type and shape of {@code tensor}. */
        public static Spec of(String name, Tensor tensor) {
            return new Spec(
                    name, tensor.dtype(), Arrays.stream(tensor.shape()).boxed().toList());
        }

        public long bytes() {
            return shape.stream().reduce((long) dtype.bytes(), Math::multiplyExact);
        }
    }

    /** Gives the data of one tensor after the other. */
    @FunctionalInterface
    public interface Source {
        /** Puts all bytes of {@code tensor} into {@code sink}. Tensors come in the order of the file, not of the list. */
        void write(Spec tensor, Sink sink) throws IOException;
    }

    /** Takes the data of one tensor. */
    @FunctionalInterface
    public interface Sink {
        /** The next bytes, little-endian; memory of any kind and size. */
        void put(MemorySegment bytes) throws IOException;
    }

    /** Writes tensors that are in memory, with {@link #PYTORCH}. */
    public static void write(Path file, Map<String, Tensor> tensors) {
        write(file, specs(tensors), PYTORCH, from(tensors));
    }

    /**
     * Writes the tensors of another file, with {@link #PYTORCH}, reading or computing one at a time.
     *
     * @throws BadInput if one of them cannot be computed with, or the file cannot be written
     */
    public static void write(Path file, TensorFile tensors) {
        write(file, specs(tensors), PYTORCH, from(tensors));
    }

    /**
     * Writes one file.
     *
     * @param metadata the strings under {@code __metadata__}; left out where empty
     * @throws BadInput if the file cannot be written
     */
    public static void write(Path file, List<Spec> tensors, Map<String, String> metadata, Source source) {
        checkNames(tensors);
        try (PartialFile partial = new PartialFile(file)) {
            fill(partial, tensors, metadata, source);
            partial.publish();
        } catch (IOException e) {
            throw Bad.io(file, "written", e);
        }
    }

    /** Tensors in memory as specs, in the order of the map. */
    static List<Spec> specs(Map<String, Tensor> tensors) {
        return tensors.entrySet().stream()
                .map(entry -> Spec.of(entry.getKey(), entry.getValue()))
                .toList();
    }

    static Source from(Map<String, Tensor> tensors) {
        return (spec, sink) -> {
            Tensor tensor = tensors.get(spec.name());
            if (tensor == null) {
                throw new IllegalArgumentException("no tensor " + spec.name());
            }
            sink.put(tensor.data());
        };
    }

    /** All tensors of {@code file}, in its order. */
    static List<Spec> specs(TensorFile file) {
        return file.tensors().stream()
                .map(info -> new Spec(info.name(), info.type(), info.shape()))
                .toList();
    }

    static Source from(TensorFile file) {
        return (spec, sink) -> {
            try (Arena arena = Arena.ofConfined()) {
                sink.put(file.tensor(spec.name(), arena).data());
            }
        };
    }

    static void checkNames(List<Spec> tensors) {
        Set<String> names = new HashSet<>();
        for (Spec tensor : tensors) {
            if (!names.add(tensor.name()) || tensor.name().equals(SafetensorsHeader.METADATA)) {
                throw new IllegalArgumentException("a tensor cannot be named " + tensor.name() + " here");
            }
        }
    }

    /** Header and data, on the disk but not yet under the file's name. */
    static void fill(PartialFile file, List<Spec> tensors, Map<String, String> metadata, Source source)
            throws IOException {
        // As the reference does (tensor.rs, prepare): large types first, so that every tensor is aligned to its element
        // size.
        List<Spec> ordered = tensors.stream()
                .sorted(Comparator.comparingInt((Spec tensor) -> rank(tensor.dtype()))
                        .thenComparing(Spec::name))
                .toList();
        file.write(header(file.target(), ordered, metadata));
        for (Spec tensor : ordered) {
            Counter counter = new Counter(file, tensor);
            source.write(tensor, counter);
            if (counter.left != 0) {
                throw new IllegalStateException(
                        "%d of %d bytes of %s were not written".formatted(counter.left, tensor.bytes(), tensor.name()));
            }
        }
        file.finish();
    }

    /** Refuses more bytes than the header promised. */
    private static final class Counter implements Sink {
        private final PartialFile file;
        private final Spec tensor;
        private long left;

        Counter(PartialFile file, Spec tensor) {
            this.file = file;
            this.tensor = tensor;
            this.left = tensor.bytes();
        }

        @Override
        public void put(MemorySegment bytes) throws IOException {
            if (bytes.byteSize() > left) {
                throw new IllegalStateException("more than %d bytes for %s".formatted(tensor.bytes(), tensor.name()));
            }
            file.write(bytes);
            left -= bytes.byteSize();
        }
    }

    /** Length and JSON, padded with spaces so that the data begins at a multiple of 8. */
    private static ByteBuffer header(Path file, List<Spec> ordered, Map<String, String> metadata) {
        Map<String, Object> header = new LinkedHashMap<>();
        if (!metadata.isEmpty()) {
            header.put(SafetensorsHeader.METADATA, metadata);
        }
        long offset = 0;
        for (Spec tensor : ordered) {
            long end = Math.addExact(offset, tensor.bytes());
            Map<String, Object> fields = new LinkedHashMap<>();
            fields.put("dtype", tensor.dtype().name());
            fields.put("shape", tensor.shape());
            fields.put("data_offsets", List.of(offset, end));
            header.put(tensor.name(), fields);
            offset = end;
        }
        byte[] json = JsonMapper.shared().writeValueAsBytes(header);
        int padded = (json.length + 7) / 8 * 8;
        if (padded > SafetensorsHeader.MAX_BYTES) {
            throw Bad.file(
                    file,
                    "would need a header of %d bytes, more than %d".formatted(padded, SafetensorsHeader.MAX_BYTES));
        }
        byte[] padding = new byte[padded - json.length];
        Arrays.fill(padding, (byte) ' ');
        return ByteBuffer.allocate(Long.BYTES + padded)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(padded)
                .put(json)
                .put(padding)
                .flip();
    }

    /** Place in the reference's order of types (tensor.rs, Dtype), largest alignment first. */
    private static int rank(DType dtype) {
        return switch (dtype) {
            case I64 -> 0;
            case F64 -> 1;
            case F32 -> 2;
            case I32 -> 3;
            case BF16 -> 4;
            case F16 -> 5;
            case I16 -> 6;
            case I8 -> 7;
            case U8 -> 8;
            case BOOL -> 9;
        };
    }
}
