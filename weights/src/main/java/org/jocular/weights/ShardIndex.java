package org.jocular.weights;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;
import java.util.TreeMap;
import org.jocular.tensor.BadInput;

/**
 * {@code model.safetensors.index.json} or {@code pytorch_model.bin.index.json}: which shard holds which tensor.
 *
 * @param file     the index itself
 * @param shardOf tensor name to file name, in the order of the file
 */
record ShardIndex(Path file, SequencedMap<String, String> shardOf) {
    /** @throws BadInput if there is no weight map, or it names a file outside the index's own folder */
    static ShardIndex read(Path file) {
        Fields weightMap = JsonFile.read(file).object("weight_map");
        SequencedMap<String, String> shardOf = new LinkedHashMap<>();
        for (String tensor : weightMap.names()) {
            String shard = weightMap.text(tensor);
            if (!isFileName(shard)) {
                throw Bad.file(
                        file,
                        "places tensor %s in %s, expected the name of a file in the same folder"
                                .formatted(Bad.quote(tensor), Bad.quote(shard)));
            }
            shardOf.put(tensor, shard);
        }
        if (shardOf.isEmpty()) {
            throw Bad.file(file, "has an empty weight_map");
        }
        return new ShardIndex(file, shardOf);
    }

    private static boolean isFileName(String shard) {
        try {
            return Path.of(shard).getNameCount() == 1 && !shard.matches("\\.{0,2}|.*[/\\\\].*");
        } catch (InvalidPathException e) {
            return false;
        }
    }

    /** Each shard by name, with the first tensor that the index places there. */
    Map<String, String> shards() {
        Map<String, String> shards = new TreeMap<>();
        shardOf.forEach((tensor, shard) -> shards.putIfAbsent(shard, tensor));
        return shards;
    }
}
