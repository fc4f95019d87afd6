package org.jocular.weights;

import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.List;
import org.jocular.tensor.BadInput;
import org.jocular.tensor.Tensor;

/** A file of named tensors, whatever its format. */
public interface TensorFile {
    /** What lies in a file beside its weights: {@code optimizer}, {@code a dictionary of 2 entries}. */
    record Beside(String name, String what) {}

    /** The file, for messages. */
    Path file();

    /** All tensors, in the order of the file. */
    List<TensorInfo> tensors();

    /**
     * A tensor in place where the file holds it as it is, which costs nothing; otherwise computed into {@code arena}.
     *
     * @throws BadInput if there is none of that name, or its type cannot be computed with
     */
    Tensor tensor(String name, Arena arena);

    /** What the file holds that is no weight of a model. */
    default List<Beside> beside() {
        return List.of();
    }
}
