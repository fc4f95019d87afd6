package org.jocular.benchmarks;

import java.lang.foreign.Arena;
import java.util.concurrent.TimeUnit;
import org.jocular.tensor.Activation;
import org.jocular.tensor.CpuExecutor;
import org.jocular.tensor.DType;
import org.jocular.tensor.Executor;
import org.jocular.tensor.Ops;
import org.jocular.tensor.Tensor;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** Matrix products at the shapes of CLIP ViT-L/336 (577 rows), a prompt of LLaMA-7B (512) and its decoding (1, 16). */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class LinearBenchmark {
    @Param({"1", "16", "512", "577"})
    int rows = 1;

    @Param({"1024x4096", "4096x1024", "4096x11008"})
    String shape = "1024x4096";

    @Param({"F16", "BF16", "F32"})
    DType dtype = DType.F16;

    private final Arena arena = Arena.ofShared();
    private final Executor executor = CpuExecutor.simd();
    private Tensor x = Random.tensor(arena, DType.F32, 1, 1);
    private Tensor weight = x;

    @Setup
    public void allocate() {
        int in = Integer.parseInt(shape.substring(0, shape.indexOf('x')));
        int out = Integer.parseInt(shape.substring(shape.indexOf('x') + 1));
        x = Random.tensor(arena, DType.F32, rows, in);
        weight = Random.tensor(arena, dtype, out, in);
    }

    @Benchmark
    public Tensor linear() {
        try (Ops ops = executor.begin()) {
            return ops.linear(x, weight, null, Activation.NONE);
        }
    }

    @TearDown
    public void close() {
        executor.close();
        arena.close();
    }
}
