package org.jocular.weights;

import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jocular.tensor.BadInput;
import org.jocular.tensor.Tensor;

/**
 * Low-rank adaptation merged into the weights that it adapts: W + alpha/r · B·A (Hu et al. 2021, section 4.1), computed in doubles and
 * rounded once to the type of W. Reads what PEFT saves (peft/utils/save_and_load.py), and beside it LLaVA's
 * {@code non_lora_trainables.bin}, whole tensors that take the place of the base's or join them (LLaVA's builder.py).
 */
public final class Lora {
    private static final String CONFIG = "adapter_config.json";
    private static final List<String> WEIGHTS = List.of("adapter_model.safetensors", "adapter_model.bin");
    private static final String OTHERS = "non_lora_trainables.bin";
    private static final String PREFIX = "base_model.model.";
    private static final Pattern FACTOR = Pattern.compile("(.+)\\.lora_([AB])(?:\\.default)?\\.weight");

    /** Between a layer's name and that of its tensor where PEFT wraps the layer. */
    private static final Pattern WRAPPER = Pattern.compile("\\.(?:modules_to_save(?:\\.default)?|base_layer)(?=\\.)");

    /** Elements of the product that are there at a time. */
    private static final int BLOCK = 1 << 18;

    /** Elements of a factor, which is held in doubles: far beyond any adapter. */
    private static final long LARGEST = 1L << 28;

    private final LoraConfig config;
    private final Path adapter;

    /** The tensors so far, by the base's names. */
    private final SequencedMap<String, Origin> tensors = new LinkedHashMap<>();

    /** The factors, by the name of the weight that they belong to. */
    private final Map<String, Origin> a = new LinkedHashMap<>();

    private final Map<String, Origin> b = new LinkedHashMap<>();

    private Lora(LoraConfig config, Path adapter) {
        this.config = config;
        this.adapter = adapter;
    }

    /** A tensor of another file, under that file's name. */
    private record Origin(TensorInfo info, TensorFile file) {
        Tensor tensor(Arena arena) {
            return file.tensor(info.name(), arena);
        }
    }

    /**
     * The tensors of {@code base} with the adapter merged into them.
     *
     * @param base is closed with the result, or here where this fails
     * @param directory of the adapter
     * @throws BadInput if the adapter is of another kind, or naming a tensor of it that has no place in the base
     */
    public static Checkpoint merged(Checkpoint base, Path directory) {
        Path weights = WEIGHTS.stream()
                .map(directory::resolve)
                .filter(Files::exists)
                .findFirst()
                .orElse(directory.resolve(WEIGHTS.getFirst()));
        Path others = directory.resolve(OTHERS);
        List<Path> files = Files.exists(others) ? List.of(weights, others) : List.of(weights);
        return Checkpoint.computed(base, files, opened -> {
            Lora lora = new Lora(LoraConfig.read(directory.resolve(CONFIG)), weights);
            base.tensors().forEach(info -> lora.tensors.put(info.name(), new Origin(info, base)));
            opened.stream().skip(1).forEach(lora::addOthers);
            lora.addAdapter(opened.getFirst());
            return lora.result(base);
        });
    }

    private void addOthers(TensorFile others) {
        for (TensorInfo info : others.tensors()) {
            String name = info.name().startsWith(PREFIX) ? info.name().substring(PREFIX.length()) : info.name();
            if (name.contains("lora_")) {
                throw unexpected(info, "expected whole tensors, no factors");
            }
            put(name, info, others);
        }
    }

    private void addAdapter(TensorFile file) {
        for (TensorInfo info : file.tensors()) {
            String name = info.name().startsWith(PREFIX) ? info.name().substring(PREFIX.length()) : "";
            Matcher factor = FACTOR.matcher(name);
            if (factor.matches()) {
                Map<String, Origin> factors = factor.group(2).equals("A") ? a : b;
                if (factors.put(factor.group(1) + ".weight", new Origin(info, file)) != null) {
                    throw unexpected(info, "its layer has such a factor already");
                }
            } else if (name.isEmpty() || name.contains("lora_")) {
                throw unexpected(
                        info,
                        "expected %sLAYER.lora_A.weight, lora_B.weight or a tensor of the base".formatted(PREFIX));
            } else {
                String replaced = WRAPPER.matcher(name).replaceFirst("");
                if (!tensors.containsKey(replaced)) {
                    throw unexpected(info, "the base has no tensor " + Bad.quote(replaced));
                }
                put(replaced, info, file);
            }
        }
    }

    private void put(String name, TensorInfo info, TensorFile file) {
        Origin before = tensors.put(name, new Origin(info, file));
        if (before != null && before.file == file) {
            throw unexpected(info, "it has the same as " + Bad.quote(before.info.name()));
        }
    }

    private static BadInput unexpected(TensorInfo info, String why) {
        return Bad.file(info.file(), "has tensor %s: %s".formatted(Bad.quote(info.name()), why));
    }

    private TensorFile result(TensorFile base) {
        Set<String> adapted = new LinkedHashSet<>(a.keySet());
        adapted.addAll(b.keySet());
        adapted.forEach(this::check);
        ComputedFile merged = new ComputedFile(base.file(), base.beside());
        tensors.forEach((name, origin) -> {
            TensorInfo info = origin.info.named(name);
            Origin factorA = a.get(name);
            Origin factorB = b.get(name);
            if (factorA != null && factorB != null) {
                merged.add(info, arena -> merge(info, origin, factorA, factorB, arena));
            } else {
                merged.add(info, origin::tensor);
            }
        });
        return merged;
    }

    private void check(String name) {
        config.requireTarget(name.substring(0, name.length() - ".weight".length()), adapter);
        Origin weight = tensors.get(name);
        Origin factorA = a.get(name);
        Origin factorB = b.get(name);
        if (factorA == null || factorB == null) {
            throw Bad.file(
                    adapter, "lacks the factor lora_%s of %s".formatted(factorA == null ? "A" : "B", Bad.quote(name)));
        }
        if (weight == null) {
            throw unexpected(factorA.info, "the base has no tensor " + Bad.quote(name));
        }
        boolean matrix = weight.info.shape().size() == 2 && weight.info.isFloating();
        long rows = matrix ? weight.info.shape().get(config.fanInFanOut() ? 1 : 0) : -1;
        long columns = matrix ? weight.info.shape().get(config.fanInFanOut() ? 0 : 1) : -1;
        requireShape(factorA, weight, List.of((long) config.r(), columns));
        requireShape(factorB, weight, List.of(rows, (long) config.r()));
    }

    private void requireShape(Origin factor, Origin weight, List<Long> expected) {
        boolean fits = factor.info.shape().equals(expected) && factor.info.isFloating();
        if (!fits || factor.info.elements() > LARGEST) {
            throw unexpected(
                    factor.info,
                    "its %s%s does not fit r = %d and %s%s of the base"
                            .formatted(
                                    factor.info.dtype(),
                                    Bad.shorten(factor.info.shape().toString()),
                                    config.r(),
                                    weight.info.dtype(),
                                    Bad.shorten(weight.info.shape().toString())));
        }
    }

    private Tensor merge(TensorInfo info, Origin origin, Origin a, Origin b, Arena arena) {
        Tensor merged = Tensor.zeros(arena, info.type(), info.sizes());
        try (Arena scratch = Arena.ofConfined()) {
            Tensor weight = origin.tensor(scratch);
            Tensor factorA = a.tensor(scratch);
            Tensor factorB = b.tensor(scratch);
            LowRank product =
                    config.fanInFanOut() ? LowRank.transposed(factorB, factorA) : LowRank.of(factorB, factorA);
            int columns = product.columns();
            int block = Math.max(1, BLOCK / Math.max(1, columns));
            double[] sums = new double[block * columns];
            double[] values = new double[block * columns];
            for (long row = 0; row < weight.rows(); row += block) {
                int rows = (int) Math.min(block, weight.rows() - row);
                product.rows((int) row, rows, sums);
                Rounding.read(weight, row * columns, values, rows * columns);
                for (int i = 0; i < rows * columns; i++) {
                    values[i] += config.scale() * sums[i];
                }
                Rounding.write(values, rows * columns, merged, row * columns, info);
            }
        }
        return merged;
    }
}
