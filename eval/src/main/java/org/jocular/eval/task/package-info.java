/** What is asked: the benchmarks, each in one file, and how their answers are scored. */
@NullMarked
package org.jocular.eval.task;

import org.jspecify.annotations.NullMarked;
