/** Training: what is trained, how it moves, and what it is taught. */
@NullMarked
package org.jocular.train;

import org.jspecify.annotations.NullMarked;
