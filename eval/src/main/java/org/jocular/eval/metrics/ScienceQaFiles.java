package org.jocular.eval.metrics;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.regex.Pattern;
import org.jocular.eval.data.DataFile;
import org.jocular.eval.data.Row;
import org.jocular.eval.metrics.ScienceQa.Judged;
import org.jocular.eval.metrics.ScienceQa.Problem;
import org.jocular.tensor.BadInput;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** ScienceQA's files: the benchmark's own (lupantech/ScienceQA, data/scienceqa) and LLaVA's (scripts/convert_sqa_to_llava.py). */
public final class ScienceQaFiles {
    private static final String IMAGE_MARK = "<image>";
    private static final Pattern HINT = Pattern.compile("(" + IMAGE_MARK + "\n)?Context: ");

    private ScienceQaFiles() {}

    /**
     * A problem with its words.
     *
     * @param question LLaVA's file has context and question in one, and then {@code hint} is null, as {@code lecture} is
     * @param image    as the file names it; null where there is none
     */
    public record Item(
            Problem problem,
            String question,
            @Nullable String hint,
            @Nullable String lecture,
            List<String> choices,
            @Nullable String image) {
        public Item {
            choices = List.copyOf(choices);
        }

        /** From problems.json, or a row of a table with the same columns. */
        public static Item of(String id, Row row, @Nullable String image) {
            List<String> choices = row.texts("choices");
            if (choices.isEmpty() || choices.size() > ScienceQa.OPTIONS.size()) {
                throw row.bad("has %d choices, expected 1 to %d".formatted(choices.size(), ScienceQa.OPTIONS.size()));
            }
            String hint = row.has("hint") ? row.text("hint") : "";
            Problem problem = new Problem(
                    id,
                    choices.size(),
                    row.whole("answer", 0, choices.size() - 1),
                    !hint.isEmpty(),
                    image != null,
                    row.textOrNull("subject"),
                    row.textOrNull("grade"));
            String lecture = row.has("lecture") ? row.text("lecture") : "";
            return new Item(problem, row.text("question"), hint, lecture, choices, image);
        }
    }

    /** The problems of the test split, from problems.json with pid_splits.json, or from llava_test_CQM-A.json where those are absent. */
    public static List<Problem> readTest(Path dir) {
        List<Item> items = DataFile.below(dir, "problems.json"::equals).isEmpty()
                ? readLlava(DataFile.find(dir, "llava_test_CQM-A.json", "problems.json"))
                : readProblems(DataFile.find(dir, "problems.json"), DataFile.find(dir, "pid_splits.json"), "test");
        return items.stream().map(Item::problem).toList();
    }

    /**
     * The problems of a split, in its order.
     *
     * @param splits pid_splits.json: lists of ids under {@code train}, {@code val}, {@code test}, {@code minitest}, …
     */
    public static List<Item> readProblems(Path file, Path splits, String split) {
        SequencedMap<String, @Nullable Item> byId = new LinkedHashMap<>();
        new Row(splits, "line 1", DataFile.first(splits)).texts(split).forEach(id -> byId.put(id, null));
        DataFile.jsonObject(file, (id, row) -> {
            if (byId.containsKey(id)) {
                boolean image = row.has("image") && !row.text("image").isEmpty();
                byId.put(id, Item.of(id, row, image ? id + "/" + row.text("image") : null));
            }
        });
        List<Item> items = new ArrayList<>();
        byId.forEach((id, item) -> {
            if (item == null) {
                throw new BadInput("%s lacks problem %s, which %s counts to %s"
                        .formatted(file, Row.quote(id), splits.getFileName(), split));
            }
            items.add(item);
        });
        return items;
    }

    /**
     * The problems as LLaVA-1.5 asks them: the human's turn holds image mark, context, question and options in lines, the other turn the
     * right letter. Subject and grade are not told.
     */
    public static List<Item> readLlava(Path file) {
        List<Item> items = new ArrayList<>();
        DataFile.jsonList(file, row -> {
            List<Row> turns = row.objects("conversations");
            if (turns.size() != 2) {
                throw row.bad("has %d conversations, expected 2".formatted(turns.size()));
            }
            String text = turns.get(0).text("value");
            List<String> lines = List.of(text.split("\n", -1));
            int begin = firstOption(lines);
            List<String> choices = options(lines.subList(begin, lines.size()));
            int answer = ScienceQa.OPTIONS.indexOf(turns.get(1).text("value"));
            if (answer < 0 || answer >= choices.size()) {
                throw turns.get(1).wrong("value", "the letter of one of %d options".formatted(choices.size()));
            }
            boolean hint = HINT.matcher(text).lookingAt();
            String image = row.has("image") ? row.text("image") : null;
            Problem problem = new Problem(row.id("id"), choices.size(), answer, hint, image != null, null, null);
            // The system's own prompt says where the picture goes.
            String question = String.join("\n", lines.subList(text.startsWith(IMAGE_MARK + "\n") ? 1 : 0, begin));
            items.add(new Item(problem, question, null, null, choices, image));
        });
        return items;
    }

    // A context may list things by letter too, so the last "A. " begins the options.
    private static int firstOption(List<String> lines) {
        for (int i = lines.size() - 1; i >= 0; i--) {
            if (lines.get(i).startsWith("A. ")) {
                return i;
            }
        }
        return lines.size();
    }

    /** Texts of the options that begin in the first line; one may run over several lines. */
    private static List<String> options(List<String> lines) {
        List<String> options = new ArrayList<>();
        for (String line : lines) {
            int next = options.size();
            if (next < ScienceQa.OPTIONS.size() && line.startsWith(ScienceQa.OPTIONS.get(next) + ". ")) {
                options.add(line.substring(3));
            } else {
                options.set(next - 1, options.get(next - 1) + "\n" + line);
            }
        }
        return options;
    }

    /**
     * Judges the answers of a file: LLaVA's lines of {@code question_id} and {@code text}; or the analysis that eval_science_qa.py
     * writes, {@code correct} and {@code incorrect} with {@code pred} (LLaVA published it as llava-v1.5-13b_output.jsonl, though it is
     * one JSON object); or a result file with indices under {@code results}.
     */
    public static List<Judged> judge(Path answers, List<Problem> problems) {
        JsonNode first = DataFile.first(answers);
        if (first.has("question_id")) {
            Map<String, String> texts = new HashMap<>();
            Answer.readById(answers).forEach((id, answer) -> texts.put(id, answer.text()));
            return ScienceQa.judge(problems, known(answers, texts, problems));
        }
        Row whole = new Row(answers, "line 1", first);
        if (whole.has("results")) {
            Row results = whole.object("results");
            Map<String, Integer> indices = new HashMap<>();
            for (String id : results.names()) {
                indices.put(id, results.whole(id, ScienceQa.FAILED, ScienceQa.OPTIONS.size() - 1));
            }
            return ScienceQa.judgeIndices(problems, known(answers, indices, problems));
        }
        Map<String, String> texts = new HashMap<>();
        for (String list : List.of("correct", "incorrect")) {
            for (Row row : whole.objects(list)) {
                texts.put(row.id("question_id"), row.text("pred"));
            }
        }
        return ScienceQa.judge(problems, known(answers, texts, problems));
    }

    private static <T> Map<String, T> known(Path file, Map<String, T> answers, List<Problem> problems) {
        long found = problems.stream()
                .filter(problem -> answers.containsKey(problem.id()))
                .count();
        if (found == 0) {
            throw new BadInput("%s answers none of the %d questions".formatted(file, problems.size()));
        }
        return answers;
    }
}
