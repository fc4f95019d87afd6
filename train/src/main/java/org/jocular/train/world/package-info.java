/** A synthetic world of coloured shapes in which tiny vision-language models learn, and the published formats it is written in. */
@NullMarked
package org.jocular.train.world;

import org.jspecify.annotations.NullMarked;
