/** Small configurations of the five systems, and the values that training starts from. */
@NullMarked
package org.jocular.train.tiny;

import org.jspecify.annotations.NullMarked;
