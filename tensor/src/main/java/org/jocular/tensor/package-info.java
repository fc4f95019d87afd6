@NullMarked
package org.jocular.tensor;

import org.jspecify.annotations.NullMarked;
