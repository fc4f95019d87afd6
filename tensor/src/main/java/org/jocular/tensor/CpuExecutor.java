package org.jocular.tensor;

/** Forward passes on the CPU. */
public final class CpuExecutor implements Executor {
    private final String name;
    private final int threads;
    private final Kernels kernels;
    private final Workspace workspace = new Workspace();
    private boolean closed;

    private CpuExecutor(String name, int threads, Kernels kernels) {
        this.name = name;
        this.threads = threads;
        this.kernels = kernels;
    }

    /** Scalar, in double, on one thread: what every other executor is tested against. */
    public static CpuExecutor reference() {
        return new CpuExecutor("reference", 1, new ReferenceKernels());
    }

    /**
     * The Vector API at the widest vectors of this machine.
     *
     * @param threads how many threads compute, the caller among them
     */
    public static CpuExecutor simd(int threads) {
        return new CpuExecutor("simd", threads, new SimdKernels(threads));
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
        if (closed) {
            throw new IllegalStateException("the executor is closed");
        }
        return new HostOps(kernels, workspace);
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
