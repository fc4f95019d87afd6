package org.jocular.weights;

import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jocular.tensor.BadInput;
import org.jocular.tensor.Tensor;

/**
 * Weights that were released as differences from LLaMA's, whose licence forbade to pass on the sums: LLaVA v0 and Vicuna v0
 * (LLaVA's apply_delta.py). W = base + delta, in the delta's type.
 */
public final class Delta {
    private static final int CHUNK = 1 << 13;

    /** Tables with a row for each token: new tokens come after the base's, with rows of their own. */
    private static final Pattern PER_TOKEN = Pattern.compile("(?:.*\\.)?(?:embed_tokens|lm_head)\\.weight");

    private Delta() {}

    /**
     * The sums. Tensors that only the delta has, such as LLaVA's projector, are taken as they are.
     *
     * @param base is closed with the result, or here where this fails
     * @param delta a file or directory, as {@link Checkpoint#open} takes it
     * @throws BadInput naming a tensor that only the base has, or whose shapes do not fit
     */
    public static Checkpoint applied(Checkpoint base, Path delta) {
        return Checkpoint.computed(base, List.of(delta), opened -> sum(base, opened.getFirst()));
    }

    private static TensorFile sum(TensorFile base, TensorFile delta) {
        ComputedFile sum = new ComputedFile(delta.file(), delta.beside());
        Map<String, TensorInfo> ofBase = ComputedFile.infos(base);
        for (TensorInfo info : delta.tensors()) {
            TensorInfo other = ofBase.remove(info.name());
            if (other == null || isBuffer(info.name())) {
                sum.add(info, delta);
            } else {
                requireSummable(info, other);
                sum.add(info, arena -> add(base, delta, info, arena));
            }
        }
        ofBase.keySet().removeIf(Delta::isBuffer);
        if (!ofBase.isEmpty()) {
            throw Bad.file(
                    delta.file(),
                    "lacks tensor %s, which the base %s has"
                            .formatted(Bad.quote(ofBase.keySet().iterator().next()), base.file()));
        }
        return sum;
    }

    private static boolean isBuffer(String name) {
        return Leftovers.BUFFERS.stream().anyMatch(buffer -> buffer.covers().test(name));
    }

    private static void requireSummable(TensorInfo delta, TensorInfo base) {
        boolean numbers = delta.isFloating() && base.isFloating();
        boolean grown = PER_TOKEN.matcher(delta.name()).matches()
                && delta.shape().size() == 2
                && base.shape().size() == 2
                && delta.shape().get(1).equals(base.shape().get(1))
                && delta.shape().get(0) >= base.shape().get(0);
        if (!numbers || !(grown || delta.shape().equals(base.shape()))) {
            throw Bad.file(
                    delta.file(),
                    "has tensor %s as %s%s, to which %s%s of the base %s cannot be added"
                            .formatted(
                                    Bad.quote(delta.name()),
                                    delta.dtype(),
                                    Bad.shorten(delta.shape().toString()),
                                    base.dtype(),
                                    Bad.shorten(base.shape().toString()),
                                    base.file()));
        }
    }

    private static Tensor add(TensorFile base, TensorFile delta, TensorInfo info, Arena arena) {
        Tensor sum = Tensor.zeros(arena, info.type(), info.sizes());
        double[] values = new double[CHUNK];
        double[] others = new double[CHUNK];
        try (Arena scratch = Arena.ofConfined()) {
            Tensor difference = delta.tensor(info.name(), scratch);
            Tensor start = base.tensor(info.name(), scratch);
            for (long at = 0; at < sum.elements(); at += CHUNK) {
                int count = (int) Math.min(CHUNK, sum.elements() - at);
                Rounding.read(difference, at, values, count);
                // Rows that the base lacks come last.
                int shared = (int) Math.clamp(start.elements() - at, 0, count);
                Rounding.read(start, at, others, shared);
                for (int i = 0; i < shared; i++) {
                    values[i] += others[i];
                }
                Rounding.write(values, count, sum, at, info);
            }
        }
        return sum;
    }
}
