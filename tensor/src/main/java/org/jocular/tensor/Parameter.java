package org.jocular.tensor;

/**
 * A tensor that is trained.
 *
 * @param name the full name that the model's code has for it
 * @param value changed by an optimiser alone, between passes
 * @param gradient of the same type and shape: what the passes since {@link Parameters#clearGradients} added up
 */
public record Parameter(String name, Tensor value, Tensor gradient) {}
