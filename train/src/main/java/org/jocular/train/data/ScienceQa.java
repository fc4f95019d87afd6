package org.jocular.train.data;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jocular.systems.Preset;
import org.jocular.tensor.BadInput;
import org.jspecify.annotations.Nullable;

/** ScienceQA (Lu et al. 2022) as lupantech/ScienceQA publishes it, in the wordings of haotian-liu/LLaVA's convert_sqa_to_llava.py and a short one. */
final class ScienceQa {
    static final String TRAIN = "train";

    /** Question, context, options; lecture, explanation, answer: what LLaVA's model for ScienceQA was tuned on. */
    private static final String FULL = "QCM-LEA";

    /** The same without lecture and explanation. */
    private static final String ANSWER = "QCM-A";

    /** The question, options as (a) and so on, and a letter for an answer. */
    private static final String LETTERS = "letters";

    static final List<String> WORDINGS = List.of(FULL, ANSWER, LETTERS);
    private static final int MOST_OPTIONS = 5;

    private ScienceQa() {}

    static void read(Path problems, Path splits, DataSpec spec, Consumer<Lesson> each) {
        List<String> ids = split(splits, spec.split());
        Map<String, @Nullable Lesson> lessons = new HashMap<>();
        ids.forEach(id -> lessons.put(id, null));
        JsonEntries.fields(problems, (id, problem) -> {
            if (lessons.containsKey(id)) {
                lessons.put(id, lesson(id, problem, spec.wording()));
            }
        });
        for (String id : ids) {
            Lesson lesson = lessons.get(id);
            if (lesson == null) {
                throw new BadInput(
                        "%s lacks problem %s, which %s has in %s".formatted(problems, id, splits, spec.split()));
            }
            each.accept(lesson);
        }
    }

    private static List<String> split(Path file, String name) {
        Entry splits = JsonEntries.whole(file);
        if (!splits.has(name)) {
            throw splits.bad(
                    "lacks the split %s, expected one of %s".formatted(name, String.join(", ", splits.names())));
        }
        return splits.texts(name);
    }

    private static Lesson lesson(String id, Entry problem, String wording) {
        List<String> choices = problem.texts("choices");
        if (choices.isEmpty() || choices.size() > MOST_OPTIONS) {
            throw problem.wrong("choices", "from 1 to %d texts".formatted(MOST_OPTIONS));
        }
        int answer = problem.whole("answer", 0, choices.size() - 1);
        String name = problem.textOrNull("image");
        Path picture = name == null || name.isEmpty() ? null : LlavaFile.picture(problem, "image", id + "/" + name);
        boolean letters = wording.equals(LETTERS);
        Preset.Turn turn = letters
                ? new Preset.Turn(problem.text("question") + " " + options(choices, 'a'), letter('a', answer))
                : llava(problem, choices, answer, wording.equals(FULL));
        // LLaVA's file has the mark after the text.
        return new Lesson(id, picture, letters || picture == null, List.of(turn));
    }

    private static Preset.Turn llava(Entry problem, List<String> choices, int answer, boolean explained) {
        String hint = problem.text("hint", "").strip();
        String question = "Question: %s\nContext: %s\nOptions: %s\n"
                .formatted(problem.text("question"), hint.isEmpty() ? "N/A" : hint, options(choices, 'A'));
        String reasons = explained ? problem.text("lecture", "") + " " + problem.text("solution", "") + " " : "";
        String told = "Answer: %sThe answer is %s.".formatted(reasons, (char) ('A' + answer));
        return new Preset.Turn(tidy(question, "Question: "), tidy(told, "Answer: "));
    }

    /** The original's very steps: double spaces once, ends, then its own first word wherever it stands. What lacks a lecture begins with a space. */
    private static String tidy(String text, String first) {
        return text.replace("  ", " ").strip().replace(first, "");
    }

    private static String options(List<String> choices, char first) {
        return IntStream.range(0, choices.size())
                .mapToObj(i -> letter(first, i) + " " + choices.get(i))
                .collect(Collectors.joining(" "));
    }

    private static String letter(char first, int i) {
        return "(" + (char) (first + i) + ")";
    }
}
