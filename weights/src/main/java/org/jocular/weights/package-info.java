/** Weights and settings from disk: safetensors and PyTorch's files, checkpoints of one or many of them, the JSON files beside them, and the way back. */
@NullMarked
package org.jocular.weights;

import org.jspecify.annotations.NullMarked;
