/** What stands between a vision tower and a language model: the Q-Former of BLIP-2 and the visual abstractor of mPLUG-Owl. */
@NullMarked
package org.jocular.qformer;

import org.jspecify.annotations.NullMarked;
