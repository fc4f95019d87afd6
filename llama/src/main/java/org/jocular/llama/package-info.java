@NullMarked
package org.jocular.llama;

import org.jspecify.annotations.NullMarked;
