/** What a Q-Former learns before there is a language model: BLIP-2's first stage, and rebuilding pictures. */
@NullMarked
package org.jocular.train.pretraining;

import org.jspecify.annotations.NullMarked;
