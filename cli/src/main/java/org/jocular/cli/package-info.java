@NullMarked
package org.jocular.cli;

import org.jspecify.annotations.NullMarked;
