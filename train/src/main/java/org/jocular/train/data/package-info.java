/** What models are taught: readers of published training files, and which lessons come when. */
@NullMarked
package org.jocular.train.data;

import org.jspecify.annotations.NullMarked;
