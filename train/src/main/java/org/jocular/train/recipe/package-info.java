/** Recipes: what is trained on what, how, and for how long. */
@NullMarked
package org.jocular.train.recipe;

import org.jspecify.annotations.NullMarked;
