package org.jocular.train;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.jocular.tensor.CpuExecutor;
import org.jocular.tensor.GradientExecutor;
import org.jocular.tensor.GradientPass;
import org.jocular.tensor.Ops;
import org.jocular.tensor.Parameters;

/**
 * Divides the examples of a batch among threads, each with a tape and gradients of its own that are added up in one order afterwards: matrices
 * of small models are too small to be divided themselves. The same number of threads gives the same bits.
 */
public final class Crew implements AutoCloseable {
    private final List<Member> members = new ArrayList<>();
    private final ExecutorService threads;

    /** What goes around a pass: adapters. */
    @FunctionalInterface
    public interface Around {
        /** @param draw as in {@link Objective#teach} */
        Ops of(GradientPass pass, long draw);
    }

    private record Member(CpuExecutor cpu, GradientExecutor executor, Objective objective) {}

    /**
     * @param objective makes one for each thread
     * @param parameters of the model, all of them added
     * @param recompute as in {@link GradientExecutor}
     */
    public Crew(Supplier<? extends Objective> objective, Parameters parameters, int size, boolean recompute) {
        threads = Executors.newFixedThreadPool(
                size, Thread.ofPlatform().daemon().name("train-", 0).factory());
        for (int i = 0; i < size; i++) {
            CpuExecutor cpu = CpuExecutor.simd(1);
            Parameters own = i == 0 ? parameters : parameters.replica();
            members.add(new Member(cpu, new GradientExecutor(cpu, own, recompute), objective.get()));
        }
    }

    /** That of the parameters themselves: for an {@link Optimizer}. */
    public GradientExecutor executor() {
        return members.getFirst().executor;
    }

    /** As {@link Objective#count}. */
    public double count(List<Example> examples) {
        return members.getFirst().objective.count(examples);
    }

    /**
     * Adds the gradients of weight · Σ loss over all examples to those of the parameters.
     *
     * @param number another one for each call of a training
     * @return the sum of the losses without the weight
     */
    public double teach(List<Example> examples, double weight, long number, Around around) {
        int size = members.size();
        List<Callable<Double>> shares = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            Member member = members.get(i);
            int first = i;
            long draw = number * Short.MAX_VALUE + i;
            // Dealt out like cards, so that long and short ones mix.
            List<Example> share = IntStream.iterate(first, at -> at < examples.size(), at -> at + size)
                    .mapToObj(examples::get)
                    .toList();
            shares.add(() -> share.isEmpty() ? 0 : pass(member, share, weight, draw, around));
        }
        double sum = 0;
        for (Future<Double> share : run(shares)) {
            sum += result(share);
        }
        for (Member member : members.subList(1, size)) {
            executor().take(member.executor.parameters());
        }
        return sum;
    }

    private double pass(Member member, List<Example> share, double weight, long draw, Around around) {
        double sum = 0;
        for (List<Example> examples : member.objective.passes(share)) {
            try (GradientPass pass = member.executor.begin()) {
                sum += member.objective.teach(pass, around.of(pass, draw), examples, weight, draw);
                pass.backward();
            }
            draw += members.size();
        }
        return sum;
    }

    private List<Future<Double>> run(List<Callable<Double>> shares) {
        try {
            return threads.invokeAll(shares);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while training", e);
        }
    }

    private static double result(Future<Double> share) {
        try {
            return share.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while training", e);
        } catch (ExecutionException e) {
            Throwable cause = e.getCause();
            if (cause instanceof RuntimeException known) {
                throw known;
            }
            if (cause instanceof Error known) {
                throw known;
            }
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        threads.shutdownNow();
        for (Member member : members.reversed()) {
            member.objective.close();
            member.executor.close();
            if (member != members.getFirst()) {
                member.executor.parameters().close();
            }
            member.cpu.close();
        }
    }
}
