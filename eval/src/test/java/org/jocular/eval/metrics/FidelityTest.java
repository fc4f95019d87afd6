package org.jocular.eval.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.jocular.eval.Shared;
import org.jocular.eval.data.DataFile;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Every published figure whose answers are published too, beside what comes out here; the table is printed and kept in target. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class FidelityTest {
    private final List<String> table = new ArrayList<>();

    @BeforeAll
    void head() {
        table.add("| file | figure | expected | got | where the expected figure stands |");
        table.add("|---|---|---|---|---|");
    }

    @AfterAll
    void print() throws IOException {
        Files.write(Path.of("target", "fidelity.md"), table);
        table.forEach(System.out::println);
    }

    /** Digits as the expected figure has them, so that equal text is equality to every published digit. */
    private void row(String file, String figure, String expected, double got, String source) {
        int point = expected.indexOf('.');
        int digits = point < 0 ? 0 : expected.length() - point - 1;
        String shown = digits > 6 ? Double.toString(got) : String.format(Locale.ROOT, "%." + digits + "f", got);
        table.add("| %s | %s | %s | %s | %s |".formatted(file, figure, expected, shown, source));
        assertThat(shown).as("%s, %s", file, figure).isEqualTo(expected);
    }

    @Test
    void vqa() {
        for (String name : List.of("official_vqaEval", "m4c_EvalAI")) {
            String file = name + "_normalise.tsv";
            List<String> lines = DataFile.lines(Shared.path("assets/eval/vqa_norm/" + file));
            long equal = lines.stream()
                    .map(line -> line.split("\t", -1))
                    .filter(pair ->
                            (name.startsWith("m4c") ? VqaText.m4c(pair[0]) : VqaText.official(pair[0])).equals(pair[1]))
                    .count();
            row(file, "equal answers of 3,350", "3350", (double) equal, "the file");
        }
    }

    @Test
    void scienceQa() {
        Path dir = Shared.path("assets/eval/llava15/scienceqa");
        String file = "scienceqa, llava-v1.5-13b_output.jsonl";
        Scores scores = ScienceQa.score(dir.resolve("answers/llava-v1.5-13b_output.jsonl"), dir);
        String published = String.join("\n", DataFile.lines(dir.resolve("answers/llava-v1.5-13b_result.json")));
        row(
                file,
                "acc",
                number(published, "\"acc\": ([0-9.]+)"),
                scores.metric("accuracy"),
                "llava-v1.5-13b_result.json");
        row(file, "accuracy", "74.39", scores.metric("accuracy"), "printed by eval_science_qa.py");
        row(file, "IMG-Accuracy", "71.64", scores.metric("IMG"), "printed by eval_science_qa.py");
        row(file, "IMG", "71.6", scores.metric("IMG"), "LLaVA-1.5, Liu et al. 2023");
    }

    @Test
    void pope() {
        Path answers = Shared.path("assets/eval/llava15/pope/answers/llava-v1.5-13b.jsonl");
        Path questions = Shared.path("assets/eval/llava15/pope/llava_pope_test.jsonl");
        Scores scores = Pope.score(Pope.judge(answers, questions, Shared.path("assets/eval/pope")));
        String file = "pope, llava-v1.5-13b.jsonl";
        String expected =
                String.join("\n", DataFile.lines(Shared.path("assets/eval/pope/llava-v1.5-13b.expected.txt")));
        Map<String, String> papers = Map.of("adversarial", "84.5", "random", "87.1", "popular", "86.2");
        for (String category : new TreeSet<>(papers.keySet())) {
            String block = expected.substring(expected.indexOf("Category: " + category));
            for (String name : List.of("Accuracy", "Precision", "Recall", "F1 score", "Yes ratio")) {
                String metric = name.equals("F1 score")
                        ? "f1"
                        : name.toLowerCase(Locale.ROOT).replace(' ', '_');
                row(
                        file,
                        category + " " + name,
                        number(block, name + ": ([0-9.]+)"),
                        scores.metric(category + "." + metric),
                        "llava-v1.5-13b.expected.txt");
            }
            row(
                    file,
                    category + " F1, percent",
                    papers.getOrDefault(category, ""),
                    scores.metric(category + ".f1") * 100,
                    "LLaVA-1.5, Liu et al. 2023");
        }
        row(file, "F1, mean, percent", "85.9", scores.metric("f1") * 100, "LLaVA-1.5, Liu et al. 2023");
    }

    /** The answers of the 7B model are not there, but its counts are. */
    @Test
    void popeFromCounts() {
        String text = String.join("\n", DataFile.lines(Shared.path("assets/eval/pope/POPE_results_llava-v1.5-7b.txt")));
        Pattern block = Pattern.compile("FN\\s+(\\d+)\t(\\d+)\t(\\d+)\t(\\d+)\nAccuracy: (\\S+)\nPrecision: (\\S+)\n"
                + "Recall: (\\S+)\nF1 score: (\\S+)\nYes ratio: (\\S+)");
        List<MatchResult> blocks = block.matcher(text).results().toList();
        assertThat(blocks).hasSize(2);
        for (MatchResult one : blocks) {
            Confusion counts = new Confusion(
                    Integer.parseInt(one.group(1)),
                    Integer.parseInt(one.group(2)),
                    Integer.parseInt(one.group(3)),
                    Integer.parseInt(one.group(4)));
            String file = "pope, POPE_results_llava-v1.5-7b.txt";
            String figure = "from %d, %d, %d, %d: ".formatted(counts.tp(), counts.fp(), counts.tn(), counts.fn());
            row(file, figure + "Accuracy", one.group(5), counts.accuracy(), "the file");
            row(file, figure + "Precision", one.group(6), counts.precision(), "the file");
            row(file, figure + "Recall", one.group(7), counts.recall(), "the file");
            row(file, figure + "F1 score", one.group(8), counts.f1(), "the file");
            row(file, figure + "Yes ratio", one.group(9), counts.yesRatio(), "the file");
        }
    }

    @Test
    void mmeOfLavin() {
        Path dir = Shared.path("assets/eval/mme/eval_tool/LaVIN");
        Scores scores = Mme.score(dir, dir);
        Map<String, String> printed = Map.ofEntries(
                Map.entry("perception", "963.2932627596495"),
                Map.entry("existence", "185.0"),
                Map.entry("count", "88.33333333333334"),
                Map.entry("position", "63.333333333333336"),
                Map.entry("color", "75.0"),
                Map.entry("posters", "79.59183673469389"),
                Map.entry("celebrity", "47.35294117647059"),
                Map.entry("scene", "136.75"),
                Map.entry("landmark", "93.18181818181819"),
                Map.entry("artwork", "87.25"),
                Map.entry("OCR", "107.5"),
                Map.entry("cognition", "249.64285714285714"),
                Map.entry("commonsense_reasoning", "87.14285714285714"),
                Map.entry("numerical_calculation", "65.0"),
                Map.entry("text_translation", "47.5"),
                Map.entry("code_reasoning", "50.0"));
        new TreeSet<>(printed.keySet())
                .forEach(name -> row(
                        "mme, eval_tool/LaVIN",
                        name,
                        printed.getOrDefault(name, ""),
                        scores.metric(name),
                        "printed by calculation.py"));
        assertThat(scores.n()).isEqualTo(2370);
    }

    @Test
    void mmeOfLlava() {
        Path answers = Shared.path("assets/eval/llava15/MME/answers/llava-v1.5-13b.jsonl");
        Scores scores = Mme.score(answers, Shared.path("assets/eval/mme/eval_tool"));
        String file = "mme, llava-v1.5-13b.jsonl";
        String source = "printed by calculation.py; two landmarks lack their ground truth, see MmeTest";
        row(file, "perception", "1531.7783234505923", scores.metric("perception"), source);
        row(file, "cognition", "295.3571428571429", scores.metric("cognition"), source);
        row(file, "cognition", "295.4", scores.metric("cognition"), "LLaVA-1.5, Liu et al. 2023");
        assertThat(scores.notes()).contains("4 answers are left out: the ground truth lacks their questions");
    }

    @Test
    void llavaBench() {
        String file = "llava-bench-in-the-wild, llava-v1.5-13b-eval1.jsonl";
        Scores wild = LlavaBench.score(
                Shared.path("assets/eval/llava15/llava-bench-in-the-wild/reviews/llava-v1.5-13b-eval1.jsonl"));
        printed(file, wild, "all 72.8 86.5 63.0");
        printed(file, wild, "llava_bench_complex 82.8 85.4 70.7");
        printed(file, wild, "llava_bench_conv 74.7 87.1 65.0");
        printed(file, wild, "llava_bench_detail 52.6 88.0 46.3");
        Scores text = LlavaBench.score(Shared.path("assets/eval/llava_bench_coco/review_bard_vicuna-13b.jsonl"));
        printed("review_bard_vicuna-13b.jsonl", text, "all 98.7 83.0 81.9");
    }

    /** @param line category, relative score, and the two means, as summarize_gpt_review.py prints them */
    private void printed(String file, Scores scores, String line) {
        String[] words = line.split(" ", -1);
        String source = "printed by summarize_gpt_review.py";
        row(file, words[0], words[1], scores.metric(words[0]), source);
        row(file, words[0] + ", reference", words[2], scores.metric(words[0] + ".reference"), source);
        row(file, words[0] + ", candidate", words[3], scores.metric(words[0] + ".candidate"), source);
    }

    @Test
    void sizes() {
        Map<String, String> splits =
                Map.of("random-dev", "1097", "random-test", "2195", "zeroshot-dev", "340", "zeroshot-test", "1222");
        for (String split : new TreeSet<>(splits.keySet())) {
            int rows =
                    Vsr.read(Shared.path("assets/eval/vsr/" + split + ".jsonl")).size();
            row("vsr, " + split + ".jsonl", "rows", splits.getOrDefault(split, ""), rows, "the repository's files");
        }
        for (String model : List.of("vicuna7b", "flant5xl")) {
            String name = "caption_nocaps_out_domain_%s_eval.yaml".formatted(model);
            row(
                    "nocaps, " + name,
                    "img_ids",
                    "1413",
                    NoCaps.readImageIds(Shared.path("assets/eval/nocaps/" + name))
                            .size(),
                    "the file");
        }
    }

    private static String number(String text, String pattern) {
        return Pattern.compile(pattern)
                .matcher(text)
                .results()
                .findFirst()
                .orElseThrow()
                .group(1);
    }
}
