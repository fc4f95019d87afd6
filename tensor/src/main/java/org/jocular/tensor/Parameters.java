package org.jocular.tensor;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What is trained of a model, in the order of adding, with its gradients. A model gets {@link Parameter#value} in the place of the tensor in
 * its checkpoint; it may cut or reshape it, since a parameter is known by its memory.
 */
public final class Parameters implements AutoCloseable {
    private final Arena arena = Arena.ofShared();
    private final Map<String, Parameter> byName = new LinkedHashMap<>();
    private final TreeMap<Long, Parameter> byAddress = new TreeMap<>();
    private final Set<String> reached = new HashSet<>();
    private long end;

    /** Adds a trainable F32 copy of {@code initial}; the one that is there already if the name was added before. */
    public Parameter add(String name, Tensor initial) {
        return add(name, initial, DType.F32);
    }

    /** The same in F64, for tests of gradients against differences. */
    Parameter add(String name, Tensor initial, DType type) {
        Parameter known = byName.get(name);
        if (known != null) {
            return known;
        }
        Tensor value = Tensor.zeros(arena, type, initial.shape());
        if (initial.dtype() == type) {
            value.data().copyFrom(initial.data());
        } else {
            for (long i = 0; i < initial.elements(); i++) {
                type.set(value.data(), i, initial.get(i));
            }
        }
        return put(name, value);
    }

    private Parameter put(String name, Tensor value) {
        Parameter parameter = new Parameter(name, value, Tensor.zeros(arena, value.dtype(), value.shape()));
        byName.put(name, parameter);
        byAddress.put(value.address(), parameter);
        end = Math.max(end, value.address() + value.data().byteSize());
        return parameter;
    }

    /**
     * The same values with gradients of their own, so that another thread can run passes of the same model at the same time. To be closed before
     * this, and not to be added to.
     */
    public Parameters replica() {
        Parameters replica = new Parameters();
        byName.forEach((name, parameter) -> replica.put(name, parameter.value()));
        return replica;
    }

    /** Adds a replica's gradients to these, and clears those. */
    void take(Parameters replica, GradientKernels kernels) {
        for (Parameter other : replica.all()) {
            Parameter parameter = byName.get(other.name());
            if (parameter == null) {
                throw new IllegalArgumentException("a replica has %s more".formatted(other.name()));
            }
            kernels.add(other.gradient(), parameter.gradient(), true);
        }
        replica.clearGradients();
        reached.addAll(replica.reached);
    }

    /** All, in the order of adding. */
    public Collection<Parameter> all() {
        return Collections.unmodifiableCollection(byName.values());
    }

    public @Nullable Parameter get(String name) {
        return byName.get(name);
    }

    /** How many numbers are trained. */
    public long elements() {
        return byName.values().stream().mapToLong(p -> p.value().elements()).sum();
    }

    /**
     * Names of those that no operation of any pass has read so far. After a first pass there should be none: a model that copies a weight when
     * it is loaded computes with the copy, and the parameter would silently never learn.
     */
    public List<String> unreached() {
        return byName.keySet().stream().filter(name -> !reached.contains(name)).toList();
    }

    /** Begins a new sum of gradients. */
    public void clearGradients() {
        byName.values().forEach(parameter -> parameter.gradient().data().fill((byte) 0));
    }

    /** The gradient of a parameter or of a part of one, in place; null where the tensor lies elsewhere. */
    @Nullable
    Tensor gradient(Tensor tensor) {
        long address = tensor.address();
        if (address >= end) {
            return null;
        }
        Map.Entry<Long, Parameter> entry = byAddress.floorEntry(address);
        if (entry == null) {
            return null;
        }
        MemorySegment gradient = entry.getValue().gradient().data();
        long offset = address - entry.getKey();
        if (offset >= gradient.byteSize()) {
            return null;
        }
        reached.add(entry.getValue().name());
        return new Tensor(tensor.dtype(), gradient.asSlice(offset, tensor.data().byteSize()), tensor.shape());
    }

    @Override
    public void close() {
        arena.close();
    }
}
