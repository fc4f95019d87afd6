package org.jocular.eval.judge;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;
import java.util.concurrent.atomic.AtomicReference;
import org.jocular.eval.data.DataFile;
import org.jocular.eval.data.Row;
import org.jocular.eval.metrics.LlavaBench;
import org.jocular.eval.metrics.LlavaBench.Marks;
import org.jocular.eval.task.JudgedTask.Question;
import org.jocular.tensor.BadInput;
import org.jocular.weights.Hashes;
import org.jspecify.annotations.Nullable;

/**
 * Reviews of one benchmark's answers that somebody has already, by question id, in the formats that haotian-liu/LLaVA writes. Scored, they
 * give what {@link LlavaBench#score(Path)} gives for the file.
 */
public final class FileJudge implements Judge {
    private final Path file;
    private final String sha256;
    private final Map<String, String> reviews = new LinkedHashMap<>();
    private final AtomicReference<@Nullable String> benchmark = new AtomicReference<>();

    /** @throws BadInput if the file is missing or broken, empty, or reviews a question twice */
    public FileJudge(Path file) {
        this.file = file;
        Iterator<LlavaBench.Review> read = LlavaBench.read(file).iterator();
        DataFile.jsonLines(file, row -> {
            String id = row.id("question_id");
            if (reviews.putIfAbsent(id, words(row, read.next().marks())) != null) {
                throw row.bad("reviews question %s a second time".formatted(id));
            }
        });
        try {
            sha256 = Hashes.of(Files.readAllBytes(file));
        } catch (IOException e) {
            throw new BadInput("%s cannot be read: %s".formatted(file, e.getMessage()), e);
        }
    }

    private static String words(Row row, Marks marks) {
        String words = row.has("content") ? row.text("content") : row.textOrNull("text");
        if (words == null) {
            return number(marks.first()) + " " + number(marks.second());
        }
        // The file's own marks count, as in LLaVA's script, where they are not what is read in the words.
        return LlavaBench.parse(words).equals(marks)
                ? words
                : "%s %s\n%s".formatted(number(marks.first()), number(marks.second()), words);
    }

    private static String number(double mark) {
        String digits = Double.toString(mark);
        return digits.endsWith(".0") ? digits.substring(0, digits.length() - 2) : digits;
    }

    @Override
    public String label() {
        return "reviews in " + file.getFileName();
    }

    @Override
    public SequencedMap<String, Object> settings() {
        SequencedMap<String, Object> settings = new LinkedHashMap<>();
        settings.put("kind", "file");
        settings.put("file", String.valueOf(file.getFileName()));
        settings.put("sha256", sha256);
        settings.put("reviews", reviews.size());
        return settings;
    }

    @Override
    public String review(String task, String sampleId, Question question) throws NoReview {
        // Two benchmarks number their questions from 0 on, and nothing in such a file tells which of them it reviews.
        benchmark.compareAndSet(null, task);
        if (!task.equals(benchmark.get())) {
            throw new BadInput("%s holds the reviews of one benchmark, and is asked for %s beside %s"
                    .formatted(file, task, benchmark.get()));
        }
        String review = reviews.get(sampleId);
        if (review == null) {
            throw new NoReview("%s holds none of that question".formatted(file));
        }
        return review;
    }
}
