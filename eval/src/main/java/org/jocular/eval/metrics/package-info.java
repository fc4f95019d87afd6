/** Scores as the official scorers compute them; functions of answers and references alone. */
@NullMarked
package org.jocular.eval.metrics;

import org.jspecify.annotations.NullMarked;
