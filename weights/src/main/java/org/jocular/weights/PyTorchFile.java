package org.jocular.weights;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import org.jocular.tensor.BadInput;
import org.jocular.tensor.Tensor;
import org.jocular.weights.Pickled.Dictionary;
import org.jspecify.annotations.Nullable;

/**
 * A checkpoint that {@code torch.save} wrote ({@code .bin}, {@code .pth}, {@code .pt}): a zip archive of {@code data.pkl}, which describes
 * the tensors, and {@code data/0}, {@code data/1}, …, their storages. The archive is mapped into memory once and tensors are slices of it,
 * except for transposed and other strided views, which are copied when asked for. Nothing of the file is ever executed.
 *
 * <p>The tensors stand under {@code model}, {@code state_dict} or {@code module}, the first of these that is a dictionary with tensors
 * in it; where none is, at the top level. Whatever else there is (optimiser, epoch, config) is told by {@link #beside()} and not read.
 *
 * @see <a href="https://docs.pytorch.org/docs/stable/notes/serialization.html">the format's description</a>
 */
public final class PyTorchFile implements TensorFile {
    private static final List<String> HOLDERS = List.of("model", "state_dict", "module");
    private static final String PICKLE = "/data.pkl";

    private final Path file;
    private final SequencedMap<String, StridedTensor> tensors;
    private final List<Beside> beside;

    private PyTorchFile(Path file, SequencedMap<String, StridedTensor> tensors, List<Beside> beside) {
        this.file = file;
        this.tensors = tensors;
        this.beside = beside;
    }

    /**
     * Maps {@code file} for the life of {@code arena} and reads what it says about its tensors.
     *
     * @throws BadInput if the file cannot be read, has an older format, or holds anything but tensors and plain values
     */
    public static PyTorchFile open(Path file, Arena arena) {
        MemorySegment mapped;
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            mapped = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
        } catch (IOException e) {
            throw Bad.io(file, "read", e);
        }
        FileKind kind = FileKind.of(mapped, mapped.byteSize());
        if (kind != FileKind.ZIP) {
            throw Bad.file(file, kind.refusal());
        }
        return read(file, ZipArchive.open(file, mapped));
    }

    private static PyTorchFile read(Path file, ZipArchive zip) {
        String root = root(file, zip);
        requireLittleEndian(file, zip.get(root + "/byteorder"));
        MemorySegment pickle = zip.get(root + PICKLE);
        if (pickle == null || pickle.byteSize() > Unpickler.MOST_BYTES) {
            throw Bad.file(
                    file,
                    "has a pickle of %d bytes, expected at most %d"
                            .formatted(pickle == null ? 0 : pickle.byteSize(), Unpickler.MOST_BYTES));
        }
        Pickled top =
                Unpickler.read(file, pickle.toArray(ValueLayout.JAVA_BYTE), key -> zip.get(root + "/data/" + key));
        if (!(top instanceof Dictionary dictionary)) {
            throw Bad.file(file, "holds %s, expected a dictionary of tensors".formatted(top.what()));
        }
        return of(file, dictionary);
    }

    /** The one folder that holds everything; it is named after the file that torch.save was given. */
    private static String root(Path file, ZipArchive zip) {
        List<String> pickles = zip.names().stream()
                .filter(name -> name.endsWith(PICKLE) && name.indexOf('/') == name.length() - PICKLE.length())
                .toList();
        if (pickles.size() != 1) {
            throw Bad.file(
                    file,
                    "is a zip archive with %d entries FOLDER/data.pkl, expected one, as torch.save writes"
                            .formatted(pickles.size()));
        }
        String root = pickles.getFirst().substring(0, pickles.getFirst().length() - PICKLE.length());
        boolean script = zip.names().stream()
                .anyMatch(name -> name.startsWith(root + "/code/") || name.equals(root + "/constants.pkl"));
        if (script) {
            throw Bad.file(
                    file,
                    "is a TorchScript program, expected weights alone: save them with torch.save(module.state_dict(), f)");
        }
        return root;
    }

    private static void requireLittleEndian(Path file, @Nullable MemorySegment record) {
        // Older versions wrote no such record, on machines that were all little-endian.
        if (record == null) {
            return;
        }
        byte[] bytes = record.asSlice(0, Math.min(16, record.byteSize())).toArray(ValueLayout.JAVA_BYTE);
        String order = new String(bytes, StandardCharsets.ISO_8859_1);
        if (!order.equals("little")) {
            throw Bad.file(file, "has the byte order %s, expected \"little\"".formatted(Bad.quote(order)));
        }
    }

    private static PyTorchFile of(Path file, Dictionary top) {
        String holder = HOLDERS.stream()
                .filter(name -> top.entries().get(name) instanceof Dictionary inner && holdsTensors(inner))
                .findFirst()
                .orElse(null);
        Dictionary weights = holder != null && top.entries().get(holder) instanceof Dictionary inner ? inner : top;
        if (!weights.entries().isEmpty() && !holdsTensors(weights)) {
            throw Bad.file(
                    file,
                    "holds no tensors at its top level nor under %s, only %s"
                            .formatted(
                                    String.join(", ", HOLDERS),
                                    Bad.shorten(String.join(
                                            ", ",
                                            top.entries().keySet().stream()
                                                    .limit(8)
                                                    .map(Object::toString)
                                                    .toList()))));
        }
        SequencedMap<String, StridedTensor> tensors = new LinkedHashMap<>();
        List<Beside> beside = new ArrayList<>();
        weights.entries().forEach((key, value) -> {
            if (value instanceof StridedTensor tensor && key instanceof String name) {
                tensors.put(name, tensor);
            } else {
                beside.add(new Beside(holder == null ? key.toString() : holder + "." + key, value.what()));
            }
        });
        if (holder != null) {
            top.entries().forEach((key, value) -> {
                if (!key.equals(holder)) {
                    beside.add(new Beside(key.toString(), value.what()));
                }
            });
        }
        return new PyTorchFile(file, tensors, List.copyOf(beside));
    }

    private static boolean holdsTensors(Dictionary dictionary) {
        return dictionary.entries().entrySet().stream()
                .anyMatch(entry -> entry.getKey() instanceof String && entry.getValue() instanceof StridedTensor);
    }

    @Override
    public Path file() {
        return file;
    }

    /** All tensors in the order of the dictionary. */
    @Override
    public List<TensorInfo> tensors() {
        return tensors.entrySet().stream()
                .map(entry -> entry.getValue().info(entry.getKey(), file))
                .toList();
    }

    @Override
    public Tensor tensor(String name, Arena arena) {
        StridedTensor tensor = tensors.get(name);
        if (tensor == null) {
            throw Bad.file(file, "has no tensor " + Bad.quote(name));
        }
        return tensor.tensor(arena);
    }

    @Override
    public List<Beside> beside() {
        return beside;
    }
}
