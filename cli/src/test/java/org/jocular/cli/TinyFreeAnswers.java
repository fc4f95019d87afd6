package org.jocular.cli;

import static org.jocular.cli.TinyBenchmarks.NOTHING;
import static org.jocular.cli.TinyBenchmarks.THINGS;
import static org.jocular.cli.TinyBenchmarks.coco;
import static org.jocular.cli.TinyBenchmarks.draw;
import static org.jocular.cli.TinyBenchmarks.fields;
import static org.jocular.cli.TinyBenchmarks.json;
import static org.jocular.cli.TinyBenchmarks.jsonLines;
import static org.jocular.cli.TinyBenchmarks.picture;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Those of the small benchmarks that ask for a sentence or more. */
final class TinyFreeAnswers {
    private static final List<String> SIZES = List.of("small", "two", "no", "great");

    private TinyFreeAnswers() {}

    static void write(Path data) throws IOException {
        llavaBench(data.resolve("llava-bench"));
        llavaBenchWild(data.resolve("llava-bench-wild"));
        noCaps(data.resolve("nocaps"));
    }

    /** haotian-liu/LLaVA: playground/data/coco2014_val_qa_eval and llava/eval/table. */
    private static void llavaBench(Path folder) throws IOException {
        Random random = new Random(3);
        List<Object> questions = new ArrayList<>();
        List<Object> answers = new ArrayList<>();
        List<Object> contexts = new ArrayList<>();
        for (int picture = 0; picture < 4; picture++) {
            String image = coco(picture);
            contexts.add(fields(
                    "id", image.replace(".jpg", ""),
                    "image", image,
                    "captions", List.of(caption(random), caption(random)),
                    "instances",
                            List.of(fields("category", draw(random, THINGS), "bbox", List.of(0.1, 0.25, 1.0, 1)))));
            for (String category : List.of("conv", "detail", "complex")) {
                questions.add(fields(
                        "question_id",
                        questions.size(),
                        "image",
                        image,
                        "text",
                        freeQuestion(random, category),
                        "category",
                        category));
                answers.add(fields(
                        "question_id", answers.size(),
                        "text", caption(random),
                        "category", category));
            }
        }
        jsonLines(folder.resolve("qa90_questions.jsonl"), questions);
        jsonLines(folder.resolve("qa90_gpt4_answer.jsonl"), answers);
        jsonLines(folder.resolve("caps_boxes_coco2014_val_80.jsonl"), contexts);
        Map<String, Object> rules = fields("default", rule("Rate both."));
        for (String category : List.of("conv", "detail", "complex")) {
            rules.put(category, rule("Rate the %s of both.".formatted(category)));
            rules.put("llava_bench_" + category, rule("Rate their %s.".formatted(category)));
        }
        json(folder.resolve("rule.json"), rules);
    }

    /** liuhaotian/llava-bench-in-the-wild on the hub, and the same rules. */
    private static void llavaBenchWild(Path folder) throws IOException {
        Random random = new Random(4);
        List<Object> questions = new ArrayList<>();
        List<Object> answers = new ArrayList<>();
        List<Object> contexts = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            String image = "%03d.jpg".formatted(1 + i / 2);
            String category = List.of("complex", "conv", "detail").get(i % 3);
            String question = freeQuestion(random, category);
            if (i % 2 == 0) {
                contexts.add(fields("id", image.replace(".jpg", ""), "image", image, "caption", caption(random)));
                picture(folder.resolve("images").resolve(image), 300 + i);
            }
            questions.add(fields("question_id", i, "image", image, "category", category, "text", question));
            answers.add(fields(
                    "question_id",
                    i,
                    "prompt",
                    question,
                    "answer_id",
                    "a" + i,
                    "model_id",
                    "gpt-4",
                    "metadata",
                    fields(),
                    "text",
                    caption(random)));
        }
        jsonLines(folder.resolve("questions.jsonl"), questions);
        jsonLines(folder.resolve("answers_gpt4.jsonl"), answers);
        jsonLines(folder.resolve("context.jsonl"), contexts);
        Map<String, Object> rules = fields();
        for (String category : List.of("conv", "detail", "complex")) {
            rules.put("llava_bench_" + category, rule("Rate their %s.".formatted(category)));
        }
        json(folder.resolve("rule.json"), rules);
    }

    private static Map<String, Object> rule(String prompt) {
        return fields("role", "Assistant", "prompt", prompt);
    }

    private static String freeQuestion(Random random, String category) {
        return switch (category) {
            case "conv" -> "What is the %s?".formatted(draw(random, THINGS));
            case "detail" -> "Describe the picture.";
            default -> "Why is there a %s %s?".formatted(draw(random, SIZES), draw(random, THINGS));
        };
    }

    /** nocaps.org: nocaps_val_4500_captions.json, and one of LAVIS's configurations. */
    private static void noCaps(Path folder) throws IOException {
        Random random = new Random(5);
        List<Object> images = new ArrayList<>();
        List<Object> annotations = new ArrayList<>();
        for (int i = 0; i < 13; i++) {
            // CIDEr counts only words that not all pictures have.
            List<String> things = List.of(THINGS.get(i % 5), THINGS.get((i + 1) % 5));
            String image = "%016x.jpg".formatted(0xa0b1_c2d3L * (i + 1));
            images.add(fields(
                    "license",
                    0,
                    "url",
                    NOTHING,
                    "file_name",
                    image,
                    "id",
                    i,
                    "width",
                    64,
                    "height",
                    48,
                    "date_captured",
                    NOTHING,
                    "open_images_id",
                    image.replace(".jpg", ""),
                    "coco_url",
                    "",
                    "domain",
                    List.of("in-domain", "near-domain", "out-domain").get(i % 3)));
            for (int j = 0; j < 10; j++) {
                annotations.add(fields("image_id", i, "id", annotations.size(), "caption", caption(random, things)));
            }
            picture(folder.resolve("images").resolve(image), 400 + i);
            if (i == 7) {
                Files.writeString(folder.resolve("images").resolve(image), "<html>404 Not Found</html>");
            }
        }
        json(
                folder.resolve("nocaps_val_4500_captions.json"),
                fields("licenses", List.of(), "info", fields(), "images", images, "annotations", annotations));
        Files.writeString(
                folder.resolve("caption_nocaps_out_domain_vicuna7b_eval.yaml"),
                "run:\n  task: captioning\n  img_ids: [1, 2, 5, 7, 8]\n");
    }

    private static String caption(Random random) {
        return caption(random, THINGS);
    }

    private static String caption(Random random, List<String> things) {
        return IntStream.rangeClosed(0, random.nextInt(3))
                        .mapToObj(i -> "%s %s".formatted(draw(random, SIZES), draw(random, things)))
                        .collect(Collectors.joining(" on a ", "A ", ""))
                + (random.nextBoolean() ? "." : "");
    }
}
