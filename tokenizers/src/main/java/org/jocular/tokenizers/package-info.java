@NullMarked
package org.jocular.tokenizers;

import org.jspecify.annotations.NullMarked;
