package org.jocular.cli.attention;

import java.util.function.Consumer;
import org.jocular.tensor.Executor;
import org.jocular.tensor.Ops;

/** Shows a listener the queries and keys of every attention of another executor's passes. */
record WatchedExecutor(Executor executor, Consumer<Attended> listener) implements Executor {
    @Override
    public String name() {
        return executor.name();
    }

    @Override
    public int threads() {
        return executor.threads();
    }

    @Override
    public Ops begin() {
        return new WatchedOps(executor.begin(), listener);
    }

    /** Leaves the other executor open: whoever made it closes it. */
    @Override
    public void close() {}
}
