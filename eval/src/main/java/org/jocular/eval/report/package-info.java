/** What is shown of runs: tables, charts, pages, and comparisons with their uncertainty. */
@NullMarked
package org.jocular.eval.report;

import org.jspecify.annotations.NullMarked;
