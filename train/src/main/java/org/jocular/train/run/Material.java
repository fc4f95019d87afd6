package org.jocular.train.run;

import java.lang.foreign.Arena;
import java.util.List;
import org.jocular.train.Example;

/** What a stage is taught. */
interface Material {
    /** Steps in which everything was shown once. */
    long stepsPerEpoch();

    /**
     * The examples of a step: the same whenever they are asked for.
     *
     * @param step 0 for the first
     * @param arena for pictures; lives as long as the step
     */
    List<Example> batch(long step, Arena arena);
}
