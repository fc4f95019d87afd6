/** Weights and settings from disk: safetensors, checkpoints of one or many files, the JSON files beside them, and the way back. */
@NullMarked
package org.jocular.weights;

import org.jspecify.annotations.NullMarked;
