package org.jocular.train.run;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jocular.tensor.BadInput;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/** A line of JSON for each step, written at once, so that it can be watched. */
final class Metrics implements AutoCloseable {
    /** What is left of the smoothed loss in a step: it looks back on about fifty. */
    private static final double DECAY = 0.98;

    private final Path file;
    private final FileChannel channel;
    private final List<Double> losses = new ArrayList<>();
    private final List<Double> smoothed = new ArrayList<>();
    private double sum;
    private double weight;

    /**
     * What happened in a step.
     *
     * @param step 1 for the first
     * @param loss the mean over what was learned, before the step
     * @param norm of all gradients together, before it was clipped
     * @param tokens learned in it
     */
    record Line(int step, double loss, double rate, double norm, long tokens) {
        byte[] json() {
            Map<String, Object> fields = new LinkedHashMap<>();
            fields.put("step", step);
            fields.put("loss", loss);
            fields.put("rate", rate);
            fields.put("norm", norm);
            fields.put("tokens", tokens);
            return (JsonMapper.shared().writeValueAsString(fields) + "\n").getBytes(StandardCharsets.UTF_8);
        }
    }

    /**
     * Begins a file, or goes on with one.
     *
     * @param steps of which it is to hold the lines; what was written beyond them is cut off, and comes again
     */
    Metrics(Path file, int steps) {
        this.file = file;
        try {
            long end = steps == 0 ? 0 : read(steps);
            channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            channel.truncate(end);
            channel.position(end);
        } catch (IOException e) {
            throw new BadInput("%s cannot be opened: %s".formatted(file, e.getMessage()), e);
        }
    }

    /** Where the last of these lines ends. */
    private long read(int steps) throws IOException {
        long end = 0;
        try (BufferedReader lines = Files.newBufferedReader(file)) {
            for (int step = 1; step <= steps; step++) {
                String line = lines.readLine();
                if (line == null) {
                    throw new BadInput("%s holds %d lines, but %d steps were made".formatted(file, step - 1, steps));
                }
                try {
                    note(JsonMapper.shared().readTree(line).required("loss").doubleValue());
                } catch (JacksonException e) {
                    throw new BadInput("%s has a line %d that is no step: %s".formatted(file, step, line), e);
                }
                end += line.getBytes(StandardCharsets.UTF_8).length + 1;
            }
        }
        return end;
    }

    void add(Line line) {
        ByteBuffer bytes = ByteBuffer.wrap(line.json());
        try {
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
        } catch (IOException e) {
            throw new BadInput("%s cannot be written: %s".formatted(file, e.getMessage()), e);
        }
        note(line.loss);
    }

    private void note(double loss) {
        losses.add(loss);
        sum = DECAY * sum + (1 - DECAY) * loss;
        weight = DECAY * weight + 1 - DECAY;
        smoothed.add(sum / weight);
    }

    /** A mean of the losses so far in which later ones count more. */
    double smoothed() {
        return smoothed.isEmpty() ? Double.NaN : smoothed.getLast();
    }

    List<Double> losses() {
        return List.copyOf(losses);
    }

    /** For each step what {@link #smoothed()} was after it. */
    List<Double> allSmoothed() {
        return List.copyOf(smoothed);
    }

    /** Before a state is saved: after a power failure there must not be fewer lines than steps. */
    void force() {
        try {
            channel.force(false);
        } catch (IOException e) {
            throw new BadInput("%s cannot be written: %s".formatted(file, e.getMessage()), e);
        }
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw new BadInput("%s cannot be closed: %s".formatted(file, e.getMessage()), e);
        }
    }
}
