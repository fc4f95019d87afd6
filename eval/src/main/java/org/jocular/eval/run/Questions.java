package org.jocular.eval.run;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import org.jocular.eval.run.RunSettings.Asked;
import org.jocular.eval.task.Data;
import org.jocular.eval.task.Sample;
import org.jocular.tensor.BadInput;
import org.jocular.weights.Hashes;

/** Writes down everything that a run asks, before it asks anything: later only this is read, and the pictures. */
final class Questions {
    private final RunSettings settings;
    private final List<Manifest.TaskPart> parts = new ArrayList<>();
    private int number;

    private Questions(RunSettings settings) {
        this.settings = settings;
    }

    /** Reads all benchmarks and writes their questions to {@code file}; what the manifest says of each. */
    static List<Manifest.TaskPart> write(RunSettings settings, Path file) {
        Questions questions = new Questions(settings);
        Atomically.write(file, out -> {
            for (Asked asked : settings.tasks()) {
                questions.write(asked, out);
            }
        });
        return questions.parts;
    }

    private void write(Asked asked, OutputStream out) {
        String task = asked.task().name();
        Data data = new Data(settings.data(), settings.out().resolve(RunFolder.EMBEDDED), task);
        int limit = limit(asked);
        int[] seen = {0};
        int first = number;
        asked.task().read(data, asked.wording(), sample -> {
            int at = seen[0]++;
            if (at >= settings.offset() && at - settings.offset() < limit) {
                write(new Entry(number++, task, sample, prompt(asked, sample)), out);
            }
        });
        if (number == first) {
            throw new BadInput("%s asks nothing: its files hold %d questions and --offset is %d"
                    .formatted(task, seen[0], settings.offset()));
        }
        data.requirePictures();
        parts.add(new Manifest.TaskPart(
                task,
                asked.wording().name(),
                asked.wording().source(),
                asked.preset().name(),
                asked.preset().first(),
                new LinkedHashMap<>(asked.decoding().asMap()),
                settings.offset(),
                number - first,
                data.used().stream().map(used -> describe(data, used)).toList()));
    }

    private int limit(Asked asked) {
        double limit = settings.limit();
        if (limit < 0) {
            return Integer.MAX_VALUE;
        }
        if (limit > 1 || limit == Math.rint(limit)) {
            return (int) limit;
        }
        int[] all = {0};
        Data data = new Data(
                settings.data(),
                settings.out().resolve(RunFolder.EMBEDDED),
                asked.task().name());
        asked.task().read(data, asked.wording(), sample -> all[0]++);
        return (int) Math.ceil(limit * all[0]); // as lmms-eval has it
    }

    private static String prompt(Asked asked, Sample sample) {
        return asked.preset().prompt(sample.picture() == null ? 0 : 1, List.of(), sample.question());
    }

    private static void write(Entry entry, OutputStream out) {
        try {
            out.write((entry.json() + "\n").getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Manifest.DataPart describe(Data data, Path file) {
        try {
            return new Manifest.DataPart(data.name(file), Files.size(file), Hashes.of(file));
        } catch (IOException e) {
            throw new BadInput("%s cannot be read: %s".formatted(file, e.getMessage()), e);
        }
    }
}
