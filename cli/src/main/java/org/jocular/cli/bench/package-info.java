/** Speed on real shapes with random weights: the command {@code bench}. */
@NullMarked
package org.jocular.cli.bench;

import org.jspecify.annotations.NullMarked;
