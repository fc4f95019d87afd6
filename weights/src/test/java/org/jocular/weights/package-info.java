@NullMarked
package org.jocular.weights;

import org.jspecify.annotations.NullMarked;
