/**
 * Tensors, the {@link org.jocular.tensor.Ops} that models are written against, and the executors of these on the CPU.
 *
 * <p>Only this package knows of vector species, threads and addresses.
 */
@NullMarked
package org.jocular.tensor;

import org.jspecify.annotations.NullMarked;
