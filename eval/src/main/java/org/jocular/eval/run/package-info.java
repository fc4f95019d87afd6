/** Runs: questions to answers on disk, however often interrupted. */
@NullMarked
package org.jocular.eval.run;

import org.jspecify.annotations.NullMarked;
