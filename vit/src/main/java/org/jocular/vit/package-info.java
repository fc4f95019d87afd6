@NullMarked
package org.jocular.vit;

import org.jspecify.annotations.NullMarked;
