package org.jocular.systems;

import org.jocular.tensor.Tensor;

/**
 * A picture as a language model sees it, computed once whatever is asked about it.
 *
 * @param rows (tokens, width of the language model)
 * @param picture a number that tells this picture from others, never 0
 */
public record VisualTokens(Tensor rows, int picture) {}
