/** From any layout to one safetensors directory in the hub's names. */
@NullMarked
package org.jocular.systems.convert;

import org.jspecify.annotations.NullMarked;
