package org.jocular.eval.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jocular.eval.data.DataFile;
import org.jocular.eval.run.Manifest.TaskPart;
import org.jocular.eval.task.Data;
import org.jocular.tensor.BadInput;
import org.jocular.weights.Hashes;

/** A finished run on disk, read one question at a time. */
public final class RunFolder {
    static final String QUESTIONS = "questions.jsonl";
    static final String ANSWERS = "answers.jsonl";
    static final String EMBEDDED = "embedded";

    private final Path dir;
    private final Manifest manifest;

    private RunFolder(Path dir, Manifest manifest) {
        this.dir = dir;
        this.manifest = manifest;
    }

    /**
     * Opens the folder of a run in which every question has its answer.
     *
     * @throws BadInput if it is none
     */
    public static RunFolder open(Path dir) {
        Manifest manifest = Manifest.readOrNull(dir);
        if (manifest == null) {
            throw new BadInput("%s holds no %s, expected the --out of 'jocular eval'".formatted(dir, Manifest.FILE));
        }
        RunFolder run = new RunFolder(dir, manifest);
        int[] answers = {0};
        Journal.read(dir.resolve(ANSWERS), row -> {
            if (row.whole("n", 0, Integer.MAX_VALUE) != answers[0]++) {
                throw new BadInput("%s holds an unfinished run; the same command goes on with it".formatted(dir));
            }
        });
        if (answers[0] != run.size()) {
            throw new BadInput("%s holds %d answers to %d questions: the run is not finished, the same command goes on"
                    .formatted(dir, answers[0], run.size()));
        }
        return run;
    }

    public Path dir() {
        return dir;
    }

    public Manifest manifest() {
        return manifest;
    }

    /** How many questions, over all tasks. */
    public int size() {
        return manifest.samples();
    }

    public List<String> tasks() {
        return manifest.tasks().stream().map(TaskPart::task).toList();
    }

    /** Where a picture lies that a sample names. */
    public Path picture(Path data, String name) {
        return Data.locate(data, dir.resolve(EMBEDDED), name);
    }

    /** Every question of a task in the run's order, with what came of it and what the judge of the manifest said. */
    public void each(String task, Consumer<Outcome> each) {
        try (Stream<Outcome> outcomes = outcomes(task)) {
            outcomes.forEach(each);
        }
    }

    /** The same, read as it is taken; to be closed. */
    public Stream<Outcome> outcomes(String task) {
        Map<Integer, String> reviews = reviews();
        Path questionFile = dir.resolve(QUESTIONS);
        Path answerFile = dir.resolve(ANSWERS);
        int first = 0;
        for (TaskPart part : manifest.tasks().subList(0, tasks().indexOf(task))) {
            first += part.samples();
        }
        int samples = manifest.task(task).samples();
        Stream<String> answers = lines(answerFile);
        Iterator<String> next = answers.skip(first).iterator();
        int[] number = {first};
        return lines(questionFile)
                .skip(first)
                .limit(samples)
                .map(line -> {
                    Entry entry = Entry.of(DataFile.row(questionFile, ++number[0], line));
                    Reply reply = Reply.of(DataFile.row(answerFile, number[0], next.next()));
                    return new Outcome(
                            entry, reply, reply.answered(entry, reviews.get(entry.number())), reply.failure());
                })
                .onClose(answers::close);
    }

    private static Stream<String> lines(Path file) {
        try {
            return Files.lines(file);
        } catch (IOException e) {
            throw new BadInput("%s cannot be read: %s".formatted(file, e.getMessage()), e);
        }
    }

    /** The same run with this judge, whom the manifest names from now on. */
    RunFolder judgedBy(SequencedMap<String, Object> judge, List<String> notes) {
        Manifest judged = manifest.judgedBy(judge, notes);
        judged.write(dir);
        return new RunFolder(dir, judged);
    }

    /** Where reviews lie: each judge has a file of its own, so that none is lost when another is asked. */
    static Path reviews(Path dir, Map<String, Object> judge) {
        return dir.resolve("reviews." + Hashes.of(judge).substring(0, 12) + ".jsonl");
    }

    /** What the manifest's judge said, by number of the question. */
    private Map<Integer, String> reviews() {
        Map<Integer, String> reviews = new HashMap<>();
        Map<String, Object> judge = manifest.judge();
        if (judge != null) {
            Journal.read(
                    reviews(dir, judge), row -> reviews.put(row.whole("n", 0, Integer.MAX_VALUE), row.text("review")));
        }
        return reviews;
    }
}
