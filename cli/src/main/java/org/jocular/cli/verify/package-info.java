/** What publishers recorded of their own checkpoints, and whether the models here say the same: the command {@code verify}. */
@NullMarked
package org.jocular.cli.verify;

import org.jspecify.annotations.NullMarked;
