package org.jocular.benchmarks;

import java.lang.foreign.Arena;
import java.util.concurrent.TimeUnit;
import org.jocular.tensor.Activation;
import org.jocular.tensor.AttentionSpec;
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
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** Everything between the matrix products, at the shapes of CLIP ViT-L/336 and of LLaMA-7B with 512 tokens in the cache. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class OpsBenchmark {
    private final Arena arena = Arena.ofShared();
    private final Executor executor = CpuExecutor.simd();
    private final Tensor tokens = Random.tensor(arena, DType.F32, 577, 1024);
    private final Tensor hidden = Random.tensor(arena, DType.F32, 577, 4096);
    private final Tensor weight = Random.tensor(arena, DType.F32, 1024);
    private final Tensor query = Random.tensor(arena, DType.F32, 1, 4096);
    private final Tensor prompt = Random.tensor(arena, DType.F32, 512, 4096);

    @Benchmark
    public Tensor attentionOfAPicture() {
        try (Ops ops = executor.begin()) {
            return ops.attention(tokens, tokens, tokens, AttentionSpec.bidirectional(16, 64));
        }
    }

    @Benchmark
    public Tensor attentionOfAPrompt() {
        try (Ops ops = executor.begin()) {
            return ops.attention(prompt, prompt, prompt, AttentionSpec.causal(32, 32, 128));
        }
    }

    @Benchmark
    public Tensor attentionOfOneToken() {
        try (Ops ops = executor.begin()) {
            return ops.attention(query, prompt, prompt, AttentionSpec.causal(32, 32, 128));
        }
    }

    @Benchmark
    public Tensor layerNorm() {
        try (Ops ops = executor.begin()) {
            return ops.layerNorm(tokens, weight, weight, 1e-5f);
        }
    }

    @Benchmark
    public Tensor quickGelu() {
        try (Ops ops = executor.begin()) {
            return ops.activate(hidden, Activation.QUICK_GELU);
        }
    }

    @Benchmark
    public Tensor gelu() {
        try (Ops ops = executor.begin()) {
            return ops.activate(hidden, Activation.GELU);
        }
    }

    @Benchmark
    public Tensor add() {
        try (Ops ops = executor.begin()) {
            return ops.add(tokens, tokens);
        }
    }

    @TearDown
    public void close() {
        executor.close();
        arena.close();
    }
}
