package org.jocular.cli.attention;

import java.util.function.Consumer;
import org.jocular.tensor.AttentionSpec;
import org.jocular.tensor.ForwardingOps;
import org.jocular.tensor.Ops;
import org.jocular.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * An attention has no name, but the first module that is named after it is the one that holds it: then the listener is
 * told.
 */
final class WatchedOps implements ForwardingOps {
    private final Ops ops;
    private final Consumer<Attended> listener;
    private @Nullable Attended last;

    WatchedOps(Ops ops, Consumer<Attended> listener) {
        this.ops = ops;
        this.listener = listener;
    }

    @Override
    public Ops ops() {
        return ops;
    }

    @Override
    public Tensor attention(Tensor q, Tensor k, Tensor v, AttentionSpec spec) {
        last = new Attended("", spec, Math.toIntExact(q.rows()), ops.read(q), Math.toIntExact(k.rows()), ops.read(k));
        return ops.attention(q, k, v, spec);
    }

    @Override
    public Tensor named(String name, Tensor x) {
        if (last != null) {
            Attended unnamed = last;
            last = null;
            listener.accept(
                    new Attended(name, unnamed.spec(), unnamed.queries(), unnamed.q(), unnamed.keys(), unnamed.k()));
        }
        return ops.named(name, x);
    }
}
