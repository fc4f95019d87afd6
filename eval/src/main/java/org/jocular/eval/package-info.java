/** Benchmarks: tasks, their data, and the scores of answers. */
@NullMarked
package org.jocular.eval;

import org.jspecify.annotations.NullMarked;
