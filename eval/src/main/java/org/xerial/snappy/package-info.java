/** What hardwood, the reader of Parquet files, needs of snappy-java, in Java. */
@NullMarked
package org.xerial.snappy;

import org.jspecify.annotations.NullMarked;
