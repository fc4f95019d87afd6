/** Who marks free answers: reviews that lie in a file, a model behind an HTTP endpoint, or a plain comparison of words. */
@NullMarked
package org.jocular.eval.judge;

import org.jspecify.annotations.NullMarked;
