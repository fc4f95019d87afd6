/** The loop of a training: what is taught step by step, what is kept, and how it goes on after an interruption. */
@NullMarked
package org.jocular.train.run;

import org.jspecify.annotations.NullMarked;
