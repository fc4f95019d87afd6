package org.jocular.tensor;

/**
 * Hands every named intermediate of another executor's passes to a listener: parity checks, attention pictures, debugging.
 *
 * <p>Values are read when they are named, so a listener that keeps them must copy; {@link Listener#value} gets a copy already.
 */
public record TracingExecutor(Executor executor, Listener listener) implements Executor {
    /** Sees every named intermediate. */
    @FunctionalInterface
    public interface Listener {
        /**
         * @param name module path in the reference implementation
         * @param values a copy, in row-major order
         */
        void value(String name, long[] shape, float[] values);
    }

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
        return new TracingOps(executor.begin(), listener);
    }

    /** Leaves the other executor open: whoever made it closes it. */
    @Override
    public void close() {}
}
