/** The files that benchmarks are published in. */
@NullMarked
package org.jocular.eval.data;

import org.jspecify.annotations.NullMarked;
