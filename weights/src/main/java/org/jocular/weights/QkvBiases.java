package org.jocular.weights;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Map;
import org.jocular.tensor.BadInput;
import org.jocular.tensor.DType;
import org.jocular.tensor.Tensor;

/**
 * EVA's attention adds a bias to queries and values and none to keys, and LAVIS stores the two apart: {@code attn.q_bias} and
 * {@code attn.v_bias}. Here each pair becomes the one tensor {@code attn.qkv.bias} that the hub's layout has: queries, zeros, values
 * (eva_vit.py, Attention.forward).
 */
public final class QkvBiases {
    private static final String Q = ".q_bias";
    private static final String V = ".v_bias";
    private static final String QKV = ".qkv.bias";

    private QkvBiases() {}

    /**
     * The tensors of {@code source} with their biases merged, as F32; using a merged bias uses both of its parts.
     *
     * @param source is closed with the result, or here where this fails
     * @throws BadInput naming a bias that lacks its counterpart or has another shape
     */
    public static Checkpoint merged(Checkpoint source) {
        return Checkpoint.computed(source, List.of(), none -> merge(source));
    }

    private static TensorFile merge(TensorFile source) {
        ComputedFile merged = new ComputedFile(source.file(), source.beside());
        Map<String, TensorInfo> infos = ComputedFile.infos(source);
        infos.forEach((name, info) -> {
            if (name.endsWith(Q)) {
                TensorInfo v = other(infos, info, Q, V);
                merged.add(merged(info, v), arena -> merge(source, info, v, arena));
            } else if (name.endsWith(V)) {
                other(infos, info, V, Q);
            } else {
                merged.add(info, source);
            }
        });
        return merged;
    }

    private static TensorInfo other(Map<String, TensorInfo> infos, TensorInfo info, String suffix, String otherSuffix) {
        String other = prefix(info, suffix) + otherSuffix;
        TensorInfo found = infos.get(other);
        if (found == null) {
            throw Bad.file(info.file(), "has %s, but not %s".formatted(Bad.quote(info.name()), Bad.quote(other)));
        }
        return found;
    }

    private static String prefix(TensorInfo info, String suffix) {
        return info.name().substring(0, info.name().length() - suffix.length());
    }

    private static TensorInfo merged(TensorInfo q, TensorInfo v) {
        if (q.shape().size() != 1 || !q.shape().equals(v.shape())) {
            throw Bad.file(
                    q.file(),
                    "has %s with shape %s and %s with shape %s, expected two vectors of one size"
                            .formatted(
                                    Bad.quote(q.name()),
                                    Bad.shorten(q.shape().toString()),
                                    Bad.quote(v.name()),
                                    Bad.shorten(v.shape().toString())));
        }
        return TensorInfo.of(
                prefix(q, Q) + QKV, DType.F32, List.of(3 * q.shape().getFirst()), q.file());
    }

    private static Tensor merge(TensorFile source, TensorInfo q, TensorInfo v, Arena arena) {
        MemorySegment first = floats(source, q, arena);
        MemorySegment last = floats(source, v, arena);
        long size = first.byteSize();
        Tensor merged = Tensor.zeros(arena, DType.F32, 3 * q.shape().getFirst());
        MemorySegment.copy(first, 0, merged.data(), 0, size);
        MemorySegment.copy(last, 0, merged.data(), 2 * size, size);
        return merged;
    }

    private static MemorySegment floats(TensorFile source, TensorInfo info, Arena arena) {
        return source.tensor(info.name(), arena).to(DType.F32, arena).data();
    }
}
