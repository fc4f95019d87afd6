/** Where a model looks while it answers. */
@NullMarked
package org.jocular.cli.attention;

import org.jspecify.annotations.NullMarked;
