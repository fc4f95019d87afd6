package org.jocular.tensor;

/** Forward passes on the CPU. */
public final class CpuExecutor implements Executor {
    private final String name;
    private final int threads;
    private final Kernels kernels;
    private final DType type;
    private final Workspace workspace = new Workspace();
    private boolean closed;

    private CpuExecutor(String name, int threads, Kernels kernels, DType type) {
        this.type = type;
        this.name = name;
        this.threads = threads;
        this.kernels = kernels;
    }

    /** Scalar, in double, on one thread: what every other executor is tested against. */
    public static CpuExecutor reference() {
        return new CpuExecutor("reference", 1, new ReferenceKernels(), DType.F32);
    }

    /** The same with activations in F64 as well: what gradients are tested on, since differences of floats have few digits. */
    static CpuExecutor referenceInDoubles() {
        return new CpuExecutor("reference-f64", 1, new ReferenceKernels(), DType.F64);
    }

    /**
     * The Vector API at the widest vectors of this machine.
     *
     * @param threads how many threads compute, the caller among them
     */
    public static CpuExecutor simd(int threads) {
        return new CpuExecutor("simd", threads, new SimdKernels(threads), DType.F32);
    }

    /** {@link #simd(int)} on all cores. */
    public static CpuExecutor simd() {
        return simd(Runtime.getRuntime().availableProcessors());
    }

    /** Bits of a vector on this machine. */
    public static int vectorBits() {
        return Simd.F.vectorBitSize();
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public int threads() {
        return threads;
    }

    @Override
    public Ops begin() {
        return beginHost();
    }

    HostOps beginHost() {
        if (closed) {
            throw new IllegalStateException("the executor is closed");
        }
        return new HostOps(kernels, workspace, type);
    }

    Kernels kernels() {
        return kernels;
    }

    Workspace workspace() {
        return workspace;
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            kernels.close();
            workspace.close();
        }
    }
}
