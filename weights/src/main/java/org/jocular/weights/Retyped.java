package org.jocular.weights;

import java.lang.foreign.Arena;
import java.util.List;
import org.jocular.tensor.BadInput;
import org.jocular.tensor.DType;
import org.jocular.tensor.Tensor;

/** Weights in another floating-point type, each rounded to the nearest, ties to even. Whole numbers and truth values stay as they are. */
public final class Retyped {
    private static final List<DType> FLOATING = List.of(DType.F64, DType.F32, DType.F16, DType.BF16);
    private static final int CHUNK = 1 << 13;

    private Retyped() {}

    /**
     * The tensors of {@code source} in the type {@code dtype}.
     *
     * @param dtype  F64, F32, F16 or BF16
     * @param source is closed with the result
     * @throws BadInput when a tensor is taken that has a finite value beyond the type's range
     */
    public static Checkpoint checkpoint(Checkpoint source, DType dtype) {
        return Checkpoint.computed(source, List.of(), none -> file(source, dtype));
    }

    /** As {@link #checkpoint}, for {@link Checkpoint#loaded()}. */
    public static TensorFile file(TensorFile source, DType dtype) {
        if (!FLOATING.contains(dtype)) {
            throw new IllegalArgumentException("weights cannot be " + dtype);
        }
        ComputedFile retyped = new ComputedFile(source.file(), source.beside());
        for (TensorInfo info : source.tensors()) {
            if (info.dtype().equals(dtype.name()) || !info.isFloating()) {
                retyped.add(info, source);
            } else {
                TensorInfo other = TensorInfo.of(info.name(), dtype, info.shape(), info.file());
                retyped.add(other, arena -> convert(source, other, arena));
            }
        }
        return retyped;
    }

    private static Tensor convert(TensorFile source, TensorInfo info, Arena arena) {
        Tensor converted = Tensor.zeros(arena, info.type(), info.sizes());
        double[] values = new double[CHUNK];
        try (Arena scratch = Arena.ofConfined()) {
            Tensor stored = source.tensor(info.name(), scratch);
            for (long at = 0; at < converted.elements(); at += CHUNK) {
                int count = (int) Math.min(CHUNK, converted.elements() - at);
                Rounding.read(stored, at, values, count);
                Rounding.write(values, count, converted, at, info);
            }
        }
        return converted;
    }
}
