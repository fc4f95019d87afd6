package org.jocular.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jocular.eval.metrics.PtbTokenizer;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The small benchmarks read from their files, asked one question at a time in the words in which LLaVA is evaluated on them, and scored: all of
 * it a second time, without the classes of the evaluation.
 */
final class ByHand {

    private final OneByOne model;
    private final Path data;
    private final int mostTokens;
    private final ByHandYesNo yesNo;
    private final ByHandScienceQa scienceQa;

    /** @param mostTokens of an answer, where fewer than published */
    ByHand(OneByOne model, Path data, int mostTokens) {
        this.model = model;
        this.data = data;
        this.mostTokens = mostTokens;
        this.yesNo = new ByHandYesNo(this, data);
        this.scienceQa = new ByHandScienceQa(this, data.resolve("scienceqa"));
    }

    /**
     * What a run must come to.
     *
     * @param answers        in the order of the files; null where there can be none
     * @param logLikelihoods of candidates, instead of answers
     */
    record Expected(
            List<@Nullable String> answers, List<@Nullable List<Double>> logLikelihoods, Map<String, Double> figures) {
        Expected() {
            this(new ArrayList<>(), new ArrayList<>(), new LinkedHashMap<>());
        }
    }

    /** By benchmark. */
    Map<String, Expected> all() {
        Map<String, Expected> all = new LinkedHashMap<>();
        all.put("llava-bench", free("llava-bench", "qa90_questions.jsonl", "val2014/COCO_val2014_"));
        all.put("llava-bench-wild", free("llava-bench-wild", "questions.jsonl", "llava-bench-wild/images/"));
        all.put("nocaps", noCaps());
        all.put("vsr", yesNo.vsr("vsr", "zeroshot"));
        all.put("vsr-random", yesNo.vsr("vsr-random", "random"));
        all.put("scienceqa", scienceQa.all(false));
        all.put("scienceqa-img", scienceQa.all(true));
        all.put("vqav2", vqa());
        all.put("pope", yesNo.pope());
        all.put("mme", yesNo.mme());
        all.put("gqa", gqa());
        return all;
    }

    /** By benchmark, as InstructBLIP's authors rank answers. */
    Map<String, Expected> ranked() {
        Map<String, Expected> ranked = new LinkedHashMap<>();
        ranked.put("vsr", yesNo.rankedVsr());
        ranked.put("scienceqa", scienceQa.ranked());
        return ranked;
    }

    @Nullable
    String ask(String question, @Nullable Path picture, int maxNewTokens) {
        return model.answer(
                "USER: " + (picture == null ? "" : "<image>\n") + question + " ASSISTANT:",
                picture,
                Math.min(maxNewTokens, mostTokens));
    }

    @Nullable
    String askShortly(String question, Path picture) {
        return ask(question + "\nAnswer the question using a single word or phrase.", picture, 128);
    }

    /** The likeliest candidate, or -1. */
    int rank(String prompt, Path picture, List<String> candidates, Expected expected) {
        List<Double> logLikelihoods = model.logLikelihoods(prompt, picture, candidates);
        expected.logLikelihoods.add(logLikelihoods);
        return logLikelihoods == null ? -1 : logLikelihoods.indexOf(Collections.max(logLikelihoods));
    }

    /** Its figures are a judge's. */
    private Expected free(String name, String questions, String pictures) {
        Expected expected = new Expected();
        for (JsonNode row : rows(data.resolve(name).resolve(questions))) {
            expected.answers.add(ask(text(row, "text"), data.resolve(pictures + text(row, "image")), 1024));
        }
        return expected;
    }

    private Expected noCaps() {
        Expected expected = new Expected();
        Path folder = data.resolve("nocaps");
        JsonNode file = json(folder.resolve("nocaps_val_4500_captions.json"));
        Map<String, List<String>> subsets = new LinkedHashMap<>();
        List<String> captions = new ArrayList<>();
        List<List<String>> references = new ArrayList<>();
        for (JsonNode image : file.get("images")) {
            String answer = ask(
                    "Provide a one-sentence caption for the provided image.",
                    folder.resolve("images").resolve(text(image, "file_name")),
                    64);
            expected.answers.add(answer);
            if (answer != null) {
                String index = Integer.toString(captions.size());
                subsets.computeIfAbsent("", name -> new ArrayList<>()).add(index);
                subsets.computeIfAbsent(text(image, "domain") + " ", name -> new ArrayList<>())
                        .add(index);
                // CoreNLP's tokens are held to CoreNLP's elsewhere.
                captions.add(PtbTokenizer.tokenize(answer));
                references.add(file.get("annotations")
                        .valueStream()
                        .filter(one -> one.get("image_id").equals(image.get("id")))
                        .map(one -> PtbTokenizer.tokenize(text(one, "caption")))
                        .toList());
            }
        }
        subsets.forEach((name, indices) -> {
            List<Integer> of = indices.stream().map(Integer::valueOf).toList();
            expected.figures.put(
                    name + "CIDEr",
                    PlainFigures.mean(PlainFigures.cider(
                            of.stream().map(captions::get).toList(),
                            of.stream().map(references::get).toList())));
        });
        return expected;
    }

    private Expected vqa() {
        Expected expected = new Expected();
        Path folder = data.resolve("vqav2");
        Map<String, String> questions = new HashMap<>();
        for (JsonNode row : json(folder.resolve("v2_OpenEnded_mscoco_val2014_questions.json"))
                .get("questions")) {
            questions.put(row.get("question_id").asString(), text(row, "question"));
        }
        Map<String, List<Double>> accuracies = new TreeMap<>();
        for (JsonNode row :
                json(folder.resolve("v2_mscoco_val2014_annotations.json")).get("annotations")) {
            String picture =
                    "COCO_val2014_%012d.jpg".formatted(row.get("image_id").intValue());
            String answer = askShortly(
                    String.valueOf(questions.get(row.get("question_id").asString())),
                    data.resolve("val2014").resolve(picture));
            expected.answers.add(answer);
            if (answer != null) {
                double accuracy = PlainFigures.vqa(
                        answer,
                        row.get("answers")
                                .valueStream()
                                .map(one -> text(one, "answer"))
                                .toList());
                for (String group : List.of("overall", "perAnswerType." + text(row, "answer_type"))) {
                    accuracies.computeIfAbsent(group, name -> new ArrayList<>()).add(accuracy);
                }
            }
        }
        accuracies.forEach(
                (name, values) -> expected.figures.put(name, PlainFigures.rounded(100 * PlainFigures.mean(values), 2)));
        return expected;
    }

    private Expected gqa() {
        Expected expected = new Expected();
        Path folder = data.resolve("gqa");
        Map<String, List<Boolean>> right = new TreeMap<>();
        for (JsonNode row : json(folder.resolve("testdev_balanced_questions.json"))) {
            String answer =
                    askShortly(text(row, "question"), folder.resolve("images").resolve(text(row, "imageId") + ".jpg"));
            expected.answers.add(answer);
            if (answer != null) {
                String said = answer.strip().replaceAll("\\.+$", "").toLowerCase(Locale.ROOT);
                boolean correct = said.equals(text(row, "answer"));
                boolean open = text(row.get("types"), "structural").equals("query");
                add(right, "accuracy", correct, true);
                add(right, open ? "open" : "binary", correct, true);
            }
        }
        right.forEach((name, group) -> expected.figures.put(name, PlainFigures.percent(group)));
        return expected;
    }

    static void add(Map<String, List<Boolean>> groups, String name, boolean value, boolean belongs) {
        if (belongs) {
            groups.computeIfAbsent(name, key -> new ArrayList<>()).add(value);
        }
    }

    static String text(JsonNode row, String field) {
        return row.get(field).stringValue();
    }

    static JsonNode json(Path file) {
        return JsonMapper.shared().readTree(file);
    }

    static List<JsonNode> rows(Path file) {
        return lines(file).stream().map(JsonMapper.shared()::readTree).toList();
    }

    static List<String> lines(Path file) {
        try {
            return Files.readAllLines(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
