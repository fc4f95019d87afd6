@NullMarked
package org.jocular.systems;

import org.jspecify.annotations.NullMarked;
