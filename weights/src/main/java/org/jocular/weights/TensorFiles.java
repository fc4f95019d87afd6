package org.jocular.weights;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jocular.tensor.BadInput;

/** Which files a model's weights lie in, and of what format each is. */
final class TensorFiles {
    static final String SINGLE = "model.safetensors";
    static final String INDEX = "model.safetensors.index.json";
    private static final String SINGLE_PICKLE = "pytorch_model.bin";
    private static final String INDEX_OF_PICKLES = "pytorch_model.bin.index.json";

    private TensorFiles() {}

    /**
     * The file itself, or what a directory holds: the first of {@code model.safetensors}, {@code model.safetensors.index.json} with its
     * shards, {@code pytorch_model.bin}, {@code pytorch_model.bin.index.json} with its shards. That is transformers' order
     * (modeling_utils.py).
     *
     * @throws BadInput naming what is missing, broken or contradicts the index
     */
    static List<TensorFile> at(Path path, Arena arena) {
        if (!Files.isDirectory(path)) {
            return List.of(open(path, arena));
        }
        for (String name : List.of(SINGLE, INDEX, SINGLE_PICKLE, INDEX_OF_PICKLES)) {
            Path file = path.resolve(name);
            if (Files.exists(file)) {
                return name.endsWith(".json")
                        ? sharded(path, ShardIndex.read(file), arena)
                        : List.of(open(file, arena));
            }
        }
        throw Bad.file(
                path,
                "has neither %s nor %s, nor the same in PyTorch's format: %s or %s"
                        .formatted(SINGLE, INDEX, SINGLE_PICKLE, INDEX_OF_PICKLES));
    }

    /** A file by its content: names are no guide, {@code .bin} least of all. */
    static TensorFile open(Path file, Arena arena) {
        return switch (kind(file)) {
            case SAFETENSORS -> Safetensors.open(file, arena);
            case ZIP, PICKLE, TAR, LFS_POINTER -> PyTorchFile.open(file, arena);
            // Broken beyond recognition: the name at least tells which format's error helps.
            case UNKNOWN ->
                file.toString().matches(".*\\.(bin|pth|pt)")
                        ? PyTorchFile.open(file, arena)
                        : Safetensors.open(file, arena);
        };
    }

    private static FileKind kind(Path file) {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            ByteBuffer start = ByteBuffer.allocate(FileKind.BYTES);
            while (start.hasRemaining() && channel.read(start) >= 0) {
                continue;
            }
            return FileKind.of(MemorySegment.ofBuffer(start.flip()), channel.size());
        } catch (IOException e) {
            throw Bad.io(file, "read", e);
        }
    }

    private static List<TensorFile> sharded(Path directory, ShardIndex index, Arena arena) {
        String indexName = index.file().getFileName().toString();
        List<TensorFile> shards = new ArrayList<>();
        Set<String> found = new HashSet<>();
        index.shards().forEach((shard, aTensor) -> {
            Path path = directory.resolve(shard);
            if (!Files.exists(path)) {
                throw Bad.file(
                        index.file(),
                        "places tensor %s in %s, which is missing".formatted(Bad.quote(aTensor), Bad.quote(shard)));
            }
            TensorFile file = open(path, arena);
            for (TensorInfo info : file.tensors()) {
                String place = index.shardOf().get(info.name());
                if (!shard.equals(place)) {
                    throw Bad.file(
                            path,
                            "has tensor %s, which %s %s"
                                    .formatted(
                                            Bad.quote(info.name()),
                                            indexName,
                                            place == null ? "does not name" : "places in " + Bad.quote(place)));
                }
                found.add(info.name());
            }
            shards.add(file);
        });
        index.shardOf().forEach((tensor, shard) -> {
            if (!found.contains(tensor)) {
                throw Bad.file(
                        directory.resolve(shard),
                        "lacks tensor %s, which %s places there".formatted(Bad.quote(tensor), indexName));
            }
        });
        return List.copyOf(shards);
    }
}
