@NullMarked
package org.jocular.benchmarks;

import org.jspecify.annotations.NullMarked;
