/** Comparison of a model's every step with recorded values of its reference implementation. */
@NullMarked
package org.jocular.systems.parity;

import org.jspecify.annotations.NullMarked;
