package org.jocular.systems.convert;

import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jocular.systems.Sources;
import org.jocular.systems.Sources.Source;
import org.jocular.tensor.BadInput;
import org.jocular.tensor.Tensor;
import org.jocular.weights.Checkpoint;
import org.jocular.weights.Checkpoint.Ignored;
import org.jocular.weights.TensorFile;
import org.jocular.weights.TensorInfo;

/** What a model took from its files, under the hub's names and in one order, whatever layout it had. */
final class HubTensors implements TensorFile {
    /** LLaVA never computes these, but a {@code vision_config} of 24 layers promises them to other programs. */
    private static final Pattern REST_OF_CLIP =
            Pattern.compile("(?:.*\\.)?(vision_model\\.(?:encoder\\.layers\\.\\d+|post_layernorm)\\..+)");

    private final Path directory;
    private final SortedMap<String, Entry> entries = new TreeMap<>(HubTensors::compareNames);
    private final List<LeftOut> leftOut = new ArrayList<>();

    private record Entry(TensorInfo info, TensorFile file, String name) {}

    /** @param directory for messages */
    HubTensors(Path directory, Sources sources) {
        this.directory = directory;
        for (Source source : sources.all()) {
            TensorFile loaded = source.loaded();
            loaded.tensors().forEach(info -> add(info, loaded, info.name()));
            for (Ignored ignored : source.checkpoint().ignored()) {
                addLeftover(source.checkpoint(), ignored);
            }
        }
    }

    private void addLeftover(Checkpoint checkpoint, Ignored ignored) {
        Matcher clip = REST_OF_CLIP.matcher(ignored.name());
        if (!clip.matches()) {
            leftOut.add(new LeftOut(checkpoint.file(), ignored.name(), ignored.why()));
            return;
        }
        for (TensorInfo info : checkpoint.tensors()) {
            if (info.name().equals(ignored.name())) {
                String name = "vision_tower." + clip.group(1);
                add(
                        new TensorInfo(name, info.dtype(), info.shape(), info.bytes(), info.file()),
                        checkpoint,
                        info.name());
            }
        }
    }

    private void add(TensorInfo info, TensorFile file, String name) {
        Entry before = entries.put(info.name(), new Entry(info, file, name));
        if (before != null) {
            throw new BadInput("%s and %s both hold a tensor that would be \"%s\""
                    .formatted(before.info.file(), info.file(), info.name()));
        }
    }

    /** What the files hold beyond that, in their order. */
    List<LeftOut> leftOut() {
        return List.copyOf(leftOut);
    }

    @Override
    public Path file() {
        return directory;
    }

    @Override
    public List<TensorInfo> tensors() {
        return entries.values().stream().map(Entry::info).toList();
    }

    @Override
    public Tensor tensor(String name, Arena arena) {
        Entry entry = entries.get(name);
        if (entry == null) {
            throw new BadInput("%s has no tensor \"%s\"".formatted(directory, name));
        }
        return entry.file.tensor(entry.name, arena);
    }

    /** By parts between dots, numbers by their value: layer 2 before layer 10. */
    static int compareNames(String a, String b) {
        String[] first = a.split("\\.");
        String[] second = b.split("\\.");
        for (int i = 0; i < Math.min(first.length, second.length); i++) {
            boolean number = isNumber(first[i]);
            int order = number == isNumber(second[i])
                    ? number
                            ? Integer.compare(Integer.parseInt(first[i]), Integer.parseInt(second[i]))
                            : first[i].compareTo(second[i])
                    : number ? -1 : 1;
            if (order != 0) {
                return order;
            }
        }
        int shorter = Integer.compare(first.length, second.length);
        return shorter != 0 ? shorter : a.compareTo(b);
    }

    /** More than nine digits are no layer. */
    private static boolean isNumber(String part) {
        return part.length() <= 9 && !part.isEmpty() && part.chars().allMatch(c -> c >= '0' && c <= '9');
    }
}
