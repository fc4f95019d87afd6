/** What a run came to, for people and programs: tables, logs of samples, a page to browse, and runs side by side. */
@NullMarked
package org.jocular.eval.report;

import org.jspecify.annotations.NullMarked;
