package org.jocular.cli;

import static org.jocular.cli.ByHand.text;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jocular.cli.ByHand.Expected;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** The part of {@link ByHand} that is about benchmarks whose answers say yes or no. */
final class ByHandYesNo {
    private static final List<String> PERCEPTION = List.of(
            "existence", "count", "position", "color", "posters", "celebrity", "scene", "landmark", "artwork", "OCR");
    private static final List<String> COGNITION =
            List.of("commonsense_reasoning", "numerical_calculation", "text_translation", "code_reasoning");

    private final ByHand byHand;
    private final Path data;

    ByHandYesNo(ByHand byHand, Path data) {
        this.byHand = byHand;
        this.data = data;
    }

    /** In the words of VLMEvalKit, as LLaVA's authors had none. */
    Expected vsr(String name, String split) {
        Expected expected = new Expected();
        List<Boolean> right = new ArrayList<>();
        List<@Nullable Boolean> yes = new ArrayList<>();
        List<Boolean> labels = new ArrayList<>();
        for (JsonNode row : ByHand.rows(data.resolve(name).resolve(split).resolve("test.jsonl"))) {
            String answer = byHand.ask(
                    text(row, "caption") + " Please answer yes or no. Please answer strictly Yes or No.",
                    data.resolve(name).resolve("images").resolve(text(row, "image")),
                    2048);
            expected.answers().add(answer);
            if (answer != null) {
                List<String> words = List.of(answer.toLowerCase(Locale.ROOT).split("[\\s.,?!]+"));
                boolean label = row.get("label").intValue() == 1;
                right.add(words.contains("yes") != words.contains("no") && words.contains("yes") == label);
                // Whoever says neither, or both, has not said yes.
                yes.add(words.contains("yes") && !words.contains("no"));
                labels.add(label);
            }
        }
        PlainFigures.yesNo(yes, labels)
                .forEach((figure, value) -> expected.figures().put(figure, 100 * value));
        expected.figures().remove("yes_ratio");
        expected.figures().put("accuracy", PlainFigures.percent(right));
        return expected;
    }

    Expected pope() {
        Expected expected = new Expected();
        Path folder = data.resolve("pope");
        Map<String, Boolean> labels = new HashMap<>();
        for (String category : List.of("adversarial", "popular", "random")) {
            for (JsonNode row : ByHand.rows(folder.resolve("coco_pope_%s.json".formatted(category)))) {
                labels.put(
                        category + text(row, "image") + text(row, "text"),
                        text(row, "label").equals("yes"));
            }
        }
        Map<String, List<@Nullable Boolean>> said = new TreeMap<>();
        Map<String, List<Boolean>> truth = new TreeMap<>();
        for (JsonNode row : ByHand.rows(folder.resolve("llava_pope_test.jsonl"))) {
            String answer =
                    byHand.ask(text(row, "text"), data.resolve("val2014").resolve(text(row, "image")), 128);
            expected.answers().add(answer);
            if (answer != null) {
                String category = text(row, "category");
                String question = text(row, "text").lines().findFirst().orElseThrow();
                List<String> words = List.of(
                        answer.strip().split("\\.", 2)[0].replace(",", "").split(" "));
                boolean no = words.contains("No") || words.contains("no") || words.contains("not");
                said.computeIfAbsent(category, name -> new ArrayList<>()).add(!no);
                truth.computeIfAbsent(category, name -> new ArrayList<>())
                        .add(labels.getOrDefault(category + text(row, "image") + question, false));
            }
        }
        said.forEach((category, answers) -> PlainFigures.yesNo(answers, truth.getOrDefault(category, List.of()))
                .forEach((name, value) -> {
                    expected.figures().put(category + "." + name, value);
                    expected.figures().merge(name, value / said.size(), Double::sum);
                }));
        return expected;
    }

    Expected mme() {
        Expected expected = new Expected();
        expected.figures().put("perception", mme(PERCEPTION, expected));
        expected.figures().put("cognition", mme(COGNITION, expected));
        return expected;
    }

    private double mme(List<String> subtasks, Expected expected) {
        double total = 0;
        for (String subtask : subtasks) {
            Path folder = data.resolve("mme/MME_Benchmark_release_version").resolve(subtask);
            boolean nested = Files.exists(folder.resolve("images"));
            List<Boolean> right = new ArrayList<>();
            for (String name : List.of("0001", "0002")) {
                Path picture =
                        folder.resolve(nested ? "images" : ".").resolve(name + (name.equals("0001") ? ".jpg" : ".png"));
                for (String line : ByHand.lines(
                        folder.resolve(nested ? "questions_answers_YN" : ".").resolve(name + ".txt"))) {
                    String[] cells = line.split("\t");
                    String answer = byHand.askShortly(
                            cells[0].replace("Please answer yes or no.", "").strip(), picture);
                    expected.answers().add(answer);
                    right.add(read(String.valueOf(answer).strip()).equals(cells[1]));
                }
            }
            expected.figures().put(subtask, PlainFigures.mme(right));
            total += PlainFigures.mme(right);
        }
        return total;
    }

    private static String read(String answer) {
        String begin = answer.substring(0, Math.min(4, answer.length())).toLowerCase(Locale.ROOT);
        return begin.contains("yes") ? "Yes" : begin.contains("no") ? "No" : "";
    }

    /** As LAVIS ranks; the prompt is InstructBLIP's, which has nothing around the question. */
    Expected rankedVsr() {
        Expected expected = new Expected();
        List<Boolean> right = new ArrayList<>();
        for (JsonNode row : ByHand.rows(data.resolve("vsr/zeroshot/test.jsonl"))) {
            int best = byHand.rank(
                    "Based on the image, is this statement true or false? \"%s\" Answer:"
                            .formatted(text(row, "caption")),
                    data.resolve("vsr/images").resolve(text(row, "image")),
                    List.of("yes", "true", "no", "false"),
                    expected);
            right.add(best < 2 == (row.get("label").intValue() == 1));
        }
        expected.figures().put("accuracy", PlainFigures.percent(right));
        return expected;
    }
}
