package org.jocular.train;

import java.util.List;
import org.jocular.tensor.GradientPass;
import org.jocular.tensor.Ops;

/** What a model learns from examples: runs them, and says what is to be minimised. Each thread has its own. */
public interface Objective extends AutoCloseable {
    /** The beginning of the names of what an objective trains beside the model, always at the full rate. */
    String HEADS = "pretraining";

    /**
     * Adds weight · Σ loss over the examples to what the pass minimises. To be called once in a pass.
     *
     * @param ops the pass, or something around it: adapters, a trace
     * @param weight for the mean over a step 1/{@link #count}, whatever passes it is spread over
     * @param draw a number that no other pass of the training has, for what is drawn at random
     * @return the sum without {@code weight}
     */
    double teach(GradientPass pass, Ops ops, List<Example> examples, double weight, long draw);

    /**
     * The examples in groups that can go through a pass each, one after the other. What lies between the layers of a small group stays in the
     * processor's caches. All together unless an objective says otherwise: it may compare them with one another.
     */
    default List<List<Example>> passes(List<Example> examples) {
        return List.of(examples);
    }

    /** By what the sum over a step's examples is divided, so that it is a mean. */
    double count(List<Example> examples);

    @Override
    void close();
}
