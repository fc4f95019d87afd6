package org.jocular.cli.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.ToDoubleFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jocular.cli.bench.RealStep.Times;
import org.jocular.tensor.Ceilings;
import org.jocular.tensor.DType;
import org.jspecify.annotations.Nullable;

/**
 * Measures steps of training.
 *
 * @param warmup steps that do not count; a tiny model needs hundreds until the JVM has compiled everything
 * @param recompute whether activations are computed again for the gradients
 * @param notes lines for whoever watches
 */
record TrainSteps(
        String shape,
        int threads,
        int warmup,
        int runs,
        boolean recompute,
        Consumer<Measurement> measurements,
        Consumer<String> notes) {
    private static final Pattern PEAK = Pattern.compile("VmHWM:\\s+(\\d+) kB");
    private static final String WHAT = "train-step";

    /** The median over the runs and the shortest, in F32, of a model that is trained from scratch. */
    void tiny() {
        try (TinyStep step = new TinyStep(TinyShape.named(shape), threads, recompute)) {
            notes.accept("%s: %s".formatted(shape, step.summary()));
            double[] seconds = Measurement.seconds(warmup, runs, step::step);
            double[] ms = Arrays.stream(seconds).map(s -> 1e3 * s).sorted().toArray();
            double sd = Measurement.sd(ms);
            print(WHAT, shape, DType.F32, median(ms), "ms", sd, null);
            print(WHAT + "-best", shape, DType.F32, ms[0], "ms", sd, null);
            memory(shape, DType.F32);
        }
    }

    /** LLaVA's alignment: mean times of forward, backward and both with the optimiser, and what that is of the machine's multiply-adds. */
    void real(String name, int layers, DType dtype) {
        try (RealStep step = new RealStep(shape, layers, dtype, threads, recompute)) {
            notes.accept("%s: %,d parameters trained".formatted(name, step.trained()));
            IntStream.range(0, warmup).forEach(i -> step.step());
            List<Times> times = Stream.generate(step::step).limit(runs).toList();
            double ceiling = Ceilings.flopsPerSecond(threads);
            part("forward", name, dtype, times, Times::forward, times.getFirst().forwardFlops(), ceiling);
            part(
                    "backward",
                    name,
                    dtype,
                    times,
                    Times::backward,
                    times.getFirst().backwardFlops(),
                    ceiling);
            double all = times.getFirst().forwardFlops() + times.getFirst().backwardFlops();
            part("", name, dtype, times, Times::all, all, ceiling);
            memory(name, dtype);
        }
    }

    private void part(
            String part,
            String name,
            DType dtype,
            List<Times> times,
            ToDoubleFunction<Times> seconds,
            double flops,
            double ceiling) {
        double[] values = times.stream().mapToDouble(seconds).toArray();
        double mean = Measurement.mean(values);
        Measurement.Rate rate = new Measurement.Rate(flops / mean / 1e9, "GFLOP/s", ceiling / 1e9);
        String what = part.isEmpty() ? WHAT : WHAT + "-" + part;
        print(what, name, dtype, mean, "s", Measurement.sd(values), rate);
    }

    private void memory(String name, DType dtype) {
        double bytes = peakBytes();
        if (bytes > 0) {
            print(WHAT + "-memory", name, dtype, bytes / 1e6, "MB", 0, null);
        }
    }

    private void print(
            String what,
            String name,
            DType dtype,
            double value,
            String unit,
            double sd,
            Measurement.@Nullable Rate rate) {
        String label = recompute ? name + "/recompute" : name;
        Double share = rate == null ? null : rate.value() / rate.ceiling();
        measurements.accept(new Measurement(what, label, dtype.name(), threads, value, unit, sd, runs, rate, share));
    }

    private static double median(double[] sorted) {
        int n = sorted.length;
        return (sorted[(n - 1) / 2] + sorted[n / 2]) / 2;
    }

    /** What the whole process held at its peak; 0 where the system does not tell. */
    private static double peakBytes() {
        Path status = Path.of("/proc/self/status");
        if (!Files.exists(status)) {
            return 0;
        }
        try (Stream<String> lines = Files.lines(status)) {
            return lines.map(PEAK::matcher)
                    .filter(Matcher::matches)
                    .mapToDouble(line -> 1024.0 * Long.parseLong(line.group(1)))
                    .findFirst()
                    .orElse(0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
