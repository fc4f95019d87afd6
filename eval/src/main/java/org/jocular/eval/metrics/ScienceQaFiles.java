package org.jocular.eval.metrics;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jocular.eval.data.DataFile;
import org.jocular.eval.data.Row;
import org.jocular.eval.metrics.ScienceQa.Judged;
import org.jocular.eval.metrics.ScienceQa.Problem;
import org.jocular.tensor.BadInput;
import tools.jackson.databind.JsonNode;

/** ScienceQA's files: the benchmark's own (lupantech/ScienceQA, data/scienceqa) and LLaVA's (scripts/convert_sqa_to_llava.py). */
public final class ScienceQaFiles {
    private static final Pattern HINT = Pattern.compile("(<image>\n)?Context: ");

    private ScienceQaFiles() {}

    /** The problems of the test split, from problems.json with pid_splits.json, or from llava_test_CQM-A.json where those are absent. */
    public static List<Problem> readTest(Path dir) {
        return DataFile.below(dir, "problems.json"::equals).isEmpty()
                ? readLlava(DataFile.find(dir, "llava_test_CQM-A.json", "problems.json"))
                : readProblems(DataFile.find(dir, "problems.json"), DataFile.find(dir, "pid_splits.json"), "test");
    }

    /**
     * The problems of a split, in its order.
     *
     * @param splits pid_splits.json: lists of ids under {@code train}, {@code val}, {@code test}, {@code minitest}, …
     */
    public static List<Problem> readProblems(Path file, Path splits, String split) {
        Map<String, Problem> byId = new HashMap<>();
        DataFile.jsonObject(file, (id, row) -> {
            int choices = row.texts("choices").size();
            if (choices < 1 || choices > ScienceQa.OPTIONS.size()) {
                throw row.bad("has %d choices, expected 1 to %d".formatted(choices, ScienceQa.OPTIONS.size()));
            }
            byId.put(
                    id,
                    new Problem(
                            id,
                            choices,
                            row.whole("answer", 0, choices - 1),
                            row.has("hint") && !row.text("hint").isEmpty(),
                            row.has("image") && !row.text("image").isEmpty(),
                            row.textOrNull("subject"),
                            row.textOrNull("grade")));
        });
        List<Problem> problems = new ArrayList<>();
        for (String id : new Row(splits, "line 1", DataFile.first(splits)).texts(split)) {
            Problem problem = byId.get(id);
            if (problem == null) {
                throw new BadInput("%s lacks problem %s, which %s counts to %s"
                        .formatted(file, Row.quote(id), splits.getFileName(), split));
            }
            problems.add(problem);
        }
        return problems;
    }

    /**
     * The problems as LLaVA-1.5 asks them: the human's turn holds image mark, context, question and options in lines, the other turn the
     * right letter. Subject and grade are not told.
     */
    public static List<Problem> readLlava(Path file) {
        List<Problem> problems = new ArrayList<>();
        DataFile.jsonList(file, row -> {
            List<Row> turns = row.objects("conversations");
            if (turns.size() != 2) {
                throw row.bad("has %d conversations, expected 2".formatted(turns.size()));
            }
            String question = turns.get(0).text("value");
            int choices = options(question);
            int answer = ScienceQa.OPTIONS.indexOf(turns.get(1).text("value"));
            if (answer < 0 || answer >= choices) {
                throw turns.get(1).wrong("value", "the letter of one of %d options".formatted(choices));
            }
            boolean hint = HINT.matcher(question).lookingAt();
            problems.add(new Problem(row.id("id"), choices, answer, hint, row.has("image"), null, null));
        });
        return problems;
    }

    // An option may run over several lines, and a context may list things by letter too, so the last "A. " begins the
    // options.
    private static int options(String question) {
        int count = 0;
        for (String line : question.split("\n", -1)) {
            if (line.startsWith("A. ")) {
                count = 1;
            } else if (count > 0
                    && count < ScienceQa.OPTIONS.size()
                    && line.startsWith(ScienceQa.OPTIONS.get(count) + ". ")) {
                count++;
            }
        }
        return count;
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
