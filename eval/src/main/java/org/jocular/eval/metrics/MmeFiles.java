package org.jocular.eval.metrics;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jocular.eval.data.DataFile;
import org.jocular.eval.data.Row;
import org.jocular.eval.metrics.Mme.Judged;
import org.jocular.tensor.BadInput;
import org.jspecify.annotations.Nullable;

/** MME's files: the result files of its eval_tool, its question files, and the answers of LLaVA (scripts/v1_5/eval/mme.sh). */
public final class MmeFiles {
    private static final String LLAVA_ENDING = "Answer the question using a single word or phrase.";

    /** What every question of the benchmark ends with. */
    public static final String MME_ENDING = "Please answer yes or no.";

    /** A question; {@code image} is the file's name without folder and type. */
    public record Key(String subtask, String image, String question) {}

    private MmeFiles() {}

    /** A folder with a file for each subtask: image, question, ground truth, and answer in lines, with tabs between. */
    public static Mme.Answers readResults(Path dir) {
        Map<String, List<Judged>> bySubtask = new LinkedHashMap<>();
        for (String subtask : subtasks()) {
            Path file = dir.resolve(subtask + ".txt");
            if (Files.exists(file)) {
                List<Judged> judged = new ArrayList<>();
                for (Line line : columns(file, 4, 4)) {
                    judged.add(new Judged(line.cell(0), Mme.parse(line.cell(3)), line.truth(2)));
                }
                bySubtask.put(subtask, judged);
            }
        }
        if (bySubtask.isEmpty()) {
            throw new BadInput("%s holds no file of an MME subtask, such as existence.txt".formatted(dir));
        }
        return new Mme.Answers(bySubtask, 0);
    }

    /**
     * The ground truth, from the eval_tool's files (existence.txt with image, question and truth in lines, in {@code dir} itself or in
     * Your_Results below) or from the release's (existence/0001.txt or existence/questions_answers_YN/0001.txt with question and truth,
     * in {@code dir} itself or in MME_Benchmark_release_version below).
     */
    public static Map<Key, Verdict> readTruth(Path dir) {
        return readTruth(dir, file -> {});
    }

    /** @param opened is told every file that is read */
    public static SequencedMap<Key, Verdict> readTruth(Path dir, Consumer<Path> opened) {
        List<Path> folders = new ArrayList<>(List.of(dir));
        folders.addAll(DataFile.below(dir, Set.of("Your_Results", "MME_Benchmark_release_version")::contains));
        for (Path folder : folders) {
            SequencedMap<Key, Verdict> truth = new LinkedHashMap<>();
            for (String subtask : subtasks()) {
                readSubtask(folder, subtask, truth, opened);
            }
            if (!truth.isEmpty()) {
                return truth;
            }
        }
        throw new BadInput("%s holds no ground truth of MME: no Your_Results with existence.txt, no folder existence"
                .formatted(dir));
    }

    private static void readSubtask(Path dir, String subtask, Map<Key, Verdict> truth, Consumer<Path> opened) {
        Path table = dir.resolve(subtask + ".txt");
        if (Files.exists(table)) {
            opened.accept(table);
            for (Line line : columns(table, 3, 4)) {
                truth.put(new Key(subtask, stem(line.cell(0)), line.cell(1)), line.truth(2));
            }
            return;
        }
        Path folder = dir.resolve(subtask);
        Path nested = folder.resolve("questions_answers_YN");
        for (Path file : textFiles(Files.isDirectory(nested) ? nested : folder)) {
            opened.accept(file);
            for (Line line : columns(file, 2, 2)) {
                truth.put(new Key(subtask, stem(file.getFileName().toString()), line.cell(0)), line.truth(1));
            }
        }
    }

    /**
     * LLaVA's answers beside the ground truth, as MME's convert_answer_to_mme.py brings them together: by subtask and image of
     * {@code question_id} and by the question, given back MME's own ending. Questions that the ground truth lacks are left out.
     */
    public static Mme.Answers judgeLlava(Path file, Map<Key, Verdict> truth) {
        Map<String, List<Judged>> bySubtask = new LinkedHashMap<>();
        int unmatched = 0;
        for (Answer answer : Answer.read(file)) {
            String id = answer.questionId();
            if (answer.prompt() == null || id.indexOf('/') < 0) {
                throw new BadInput("%s, question_id %s, %s"
                        .formatted(
                                file,
                                Row.quote(id),
                                answer.prompt() == null ? "lacks prompt" : "expected subtask/image as question_id"));
            }
            Verdict right = right(truth, id, answer.prompt());
            if (right == null) {
                unmatched++;
            } else {
                bySubtask
                        .computeIfAbsent(id.substring(0, id.indexOf('/')), name -> new ArrayList<>())
                        .add(new Judged(image(id), Mme.parse(answer.text()), right));
            }
        }
        if (bySubtask.isEmpty()) {
            throw new BadInput("%s answers none of the %d questions of the ground truth".formatted(file, truth.size()));
        }
        return new Mme.Answers(bySubtask, unmatched);
    }

    /**
     * What is right of a question as LLaVA asks it, or null where the ground truth lacks it.
     *
     * @param id     subtask, folders, and the image's file: {@code landmark/images/03d5e3bfc958be38.jpg}
     * @param prompt the question, with LLaVA's ending instead of MME's
     */
    public static @Nullable Verdict right(Map<Key, Verdict> truth, String id, String prompt) {
        String subtask = id.substring(0, id.indexOf('/'));
        String question = Python.strip(prompt.replace(LLAVA_ENDING, ""));
        if (question.contains(MME_ENDING)) {
            return truth.get(new Key(subtask, image(id), question));
        }
        Verdict right = truth.get(new Key(subtask, image(id), question + " " + MME_ENDING));
        // MME writes some questions with two spaces before the ending.
        return right != null ? right : truth.get(new Key(subtask, image(id), question + "  " + MME_ENDING));
    }

    private static String image(String id) {
        return stem(id.substring(id.lastIndexOf('/') + 1));
    }

    private record Line(Path file, int number, List<String> cells) {
        String cell(int column) {
            return cells.get(column);
        }

        Verdict truth(int column) {
            Verdict truth = Verdict.label(Python.strip(cell(column)));
            if (truth == Verdict.NEITHER) {
                throw Row.bad(
                        file,
                        "line " + number,
                        "has %s as ground truth, expected Yes or No".formatted(Row.quote(cell(column))));
            }
            return truth;
        }
    }

    private static List<Line> columns(Path file, int min, int max) {
        List<Line> lines = new ArrayList<>();
        int number = 0;
        for (String line : DataFile.lines(file)) {
            number++;
            List<String> cells = List.of(line.split("\t", -1));
            if (cells.size() < min || cells.size() > max) {
                throw Row.bad(
                        file,
                        "line " + number,
                        "has %d columns, expected %s".formatted(cells.size(), min == max ? min : min + " or " + max));
            }
            lines.add(new Line(file, number, cells));
        }
        return lines;
    }

    // Up to the first period, as the original cuts it.
    private static String stem(String fileName) {
        int period = fileName.indexOf('.');
        return period < 0 ? fileName : fileName.substring(0, period);
    }

    private static List<String> subtasks() {
        return Stream.concat(Mme.PERCEPTION.stream(), Mme.COGNITION.stream()).toList();
    }

    private static List<Path> textFiles(Path dir) {
        if (!Files.isDirectory(dir)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(dir)) {
            return files.filter(file -> file.toString().endsWith(".txt"))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new BadInput("%s cannot be listed: %s".formatted(dir, e.getMessage()), e);
        }
    }
}
