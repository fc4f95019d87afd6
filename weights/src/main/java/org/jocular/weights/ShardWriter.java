package org.jocular.weights;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jocular.tensor.BadInput;
import org.jocular.tensor.Tensor;
import org.jocular.weights.SafetensorsWriter.Source;
import org.jocular.weights.SafetensorsWriter.Spec;
import tools.jackson.core.util.DefaultIndenter;
import tools.jackson.core.util.DefaultPrettyPrinter;
import tools.jackson.databind.json.JsonMapper;

/**
 * Writes a model into a directory as transformers does: {@code model.safetensors} where it fits into one shard, otherwise
 * {@code model-00001-of-0000n.safetensors} and so on with {@code model.safetensors.index.json}.
 */
public final class ShardWriter {
    private ShardWriter() {}

    /** Writes tensors that are in memory, with {@link SafetensorsWriter#PYTORCH}. */
    public static List<Path> write(Path directory, long maxShardBytes, Map<String, Tensor> tensors) {
        return write(
                directory,
                maxShardBytes,
                SafetensorsWriter.specs(tensors),
                SafetensorsWriter.PYTORCH,
                SafetensorsWriter.from(tensors));
    }

    /** Writes the tensors of another file, with {@link SafetensorsWriter#PYTORCH}, reading or computing one at a time. */
    public static List<Path> write(Path directory, long maxShardBytes, TensorFile tensors) {
        return write(
                directory,
                maxShardBytes,
                SafetensorsWriter.specs(tensors),
                SafetensorsWriter.PYTORCH,
                SafetensorsWriter.from(tensors));
    }

    /**
     * Writes all shards, then the index. Tensors are placed in the order of the list; one that is larger than a shard has a shard of its
     * own. The directory is made where there is none.
     *
     * @param maxShardBytes most bytes of tensors in a file
     * @return the files, the index last
     * @throws BadInput if the directory holds a model already or cannot be written to
     */
    public static List<Path> write(
            Path directory, long maxShardBytes, List<Spec> tensors, Map<String, String> metadata, Source source) {
        SafetensorsWriter.checkNames(tensors);
        List<List<Spec>> shards = shards(maxShardBytes, tensors);
        List<Path> written = new ArrayList<>();
        Deque<PartialFile> partials = new ArrayDeque<>();
        boolean complete = false;
        try {
            Files.createDirectories(directory);
            refuseOtherModel(directory);
            for (int i = 0; i < shards.size(); i++) {
                PartialFile partial = new PartialFile(directory.resolve(name(i, shards.size())));
                partials.add(partial);
                SafetensorsWriter.fill(partial, shards.get(i), metadata, source);
            }
            if (shards.size() > 1) {
                PartialFile index = new PartialFile(directory.resolve(TensorFiles.INDEX));
                partials.add(index);
                index.write(ByteBuffer.wrap(index(shards)));
                index.finish();
            }
            for (PartialFile partial : partials) {
                partial.publish();
                written.add(partial.target());
            }
            complete = true;
            return List.copyOf(written);
        } catch (IOException e) {
            throw Bad.io(directory, "written", e);
        } finally {
            partials.forEach(PartialFile::close);
            if (!complete) {
                written.forEach(ShardWriter::delete);
            }
        }
    }

    private static List<List<Spec>> shards(long maxShardBytes, List<Spec> tensors) {
        List<List<Spec>> shards = new ArrayList<>();
        List<Spec> shard = new ArrayList<>();
        long bytes = 0;
        for (Spec tensor : tensors) {
            if (!shard.isEmpty() && bytes + tensor.bytes() > maxShardBytes) {
                shards.add(shard);
                shard = new ArrayList<>();
                bytes = 0;
            }
            shard.add(tensor);
            bytes += tensor.bytes();
        }
        shards.add(shard);
        return shards;
    }

    private static String name(int shard, int shards) {
        return shards == 1 ? TensorFiles.SINGLE : "model-%05d-of-%05d.safetensors".formatted(shard + 1, shards);
    }

    private static byte[] index(List<List<Spec>> shards) {
        Map<String, String> weightMap = new TreeMap<>();
        long total = 0;
        for (int i = 0; i < shards.size(); i++) {
            for (Spec tensor : shards.get(i)) {
                weightMap.put(tensor.name(), name(i, shards.size()));
                total += tensor.bytes();
            }
        }
        Map<String, Object> index = new TreeMap<>();
        index.put("metadata", Map.of("total_size", total));
        index.put("weight_map", weightMap);
        DefaultPrettyPrinter lines = new DefaultPrettyPrinter().withObjectIndenter(new DefaultIndenter("  ", "\n"));
        return JsonMapper.shared().writer().with(lines).writeValueAsBytes(index);
    }

    /** A stale single file or index beside new shards would be read instead of them. */
    private static void refuseOtherModel(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            files.map(file -> file.getFileName().toString())
                    .filter(name -> name.matches("model.*\\.safetensors(\\.index\\.json)?"))
                    .sorted()
                    .findFirst()
                    .ifPresent(name -> {
                        throw Bad.file(directory, "holds %s already, expected no model".formatted(Bad.quote(name)));
                    });
        }
    }

    private static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw Bad.io(file, "deleted", e);
        }
    }
}
