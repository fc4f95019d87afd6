package org.jocular.cli;

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
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;

/** Those of the small benchmarks that ask for a letter, a word or two, or yes or no. */
final class TinyShortAnswers {
    static final String ENDING = "\nAnswer the question using a single word or phrase.";

    private static final List<String> MME_FLAT = List.of(
            "existence",
            "count",
            "position",
            "color",
            "OCR",
            "commonsense_reasoning",
            "numerical_calculation",
            "text_translation",
            "code_reasoning");
    private static final List<String> MME_NESTED = List.of("posters", "celebrity", "scene", "landmark", "artwork");

    private TinyShortAnswers() {}

    static void write(Path data) throws IOException {
        scienceQa(data.resolve("scienceqa"));
        vqa(data.resolve("vqav2"));
        pope(data.resolve("pope"));
        mme(data.resolve("mme"));
        gqa(data.resolve("gqa"));
    }

    /** lupantech/ScienceQA: data/scienceqa and its pictures. */
    private static void scienceQa(Path folder) throws IOException {
        Random random = new Random(6);
        Map<String, Object> problems = fields();
        List<String> test = new ArrayList<>();
        for (int i = 0; i < 32; i++) {
            String id = Integer.toString(11 + 3 * i);
            boolean pictured = i % 3 != 0;
            String hint = i % 4 == 1 ? "The %s is small.".formatted(draw(random, THINGS)) : "";
            List<String> choices = new ArrayList<>(THINGS);
            Collections.shuffle(choices, random);
            choices = List.copyOf(choices.subList(0, 2 + i % 4));
            problems.put(
                    id,
                    fields(
                            "question",
                            "Which is the %s?".formatted(draw(random, List.of("square", "small one", "answer"))),
                            "choices",
                            choices,
                            "answer",
                            random.nextInt(choices.size()),
                            "hint",
                            i == 13 ? "All is as it was. ".repeat(80).strip() : hint,
                            "image",
                            pictured ? "image.png" : TinyBenchmarks.NOTHING,
                            "task",
                            "closed choice",
                            "grade",
                            "grade" + (1 + i % 12),
                            "subject",
                            List.of("natural science", "social science", "language science")
                                    .get(i % 3),
                            "lecture",
                            i % 2 == 0 ? "A square is small." : "",
                            "solution",
                            ""));
            String split = i % 8 == 7 ? "train" : "test";
            if (split.equals("test")) {
                test.add(id);
            }
            if (pictured) {
                picture(folder.resolve("images").resolve(split).resolve(id).resolve("image.png"), 500 + i / 2);
            }
        }
        json(folder.resolve("problems.json"), problems);
        json(folder.resolve("pid_splits.json"), fields("train", List.of(), "val", List.of(), "test", test));
    }

    /** visualqa.org: questions and annotations of v2, val2014. */
    private static void vqa(Path folder) throws IOException {
        Random random = new Random(7);
        List<Object> questions = new ArrayList<>();
        List<Object> annotations = new ArrayList<>();
        for (int i = 0; i < 24; i++) {
            int image = Integer.parseInt(coco(i % TinyBenchmarks.COCO_PICTURES).replace(".jpg", ""));
            int id = image * 1000 + i;
            String type = List.of("yes/no", "number", "other").get(i % 3);
            List<String> known = switch (type) {
                case "yes/no" -> List.of("no", "yes");
                case "number" -> List.of("2", "0");
                default -> List.of("man", "table", "square", "no man");
            };
            String common = draw(random, known);
            List<Object> answers = new ArrayList<>();
            for (int j = 1; j <= 10; j++) {
                // Some questions have one answer ten times, which scorers treat in a way of its own, and some answers
                // are given once or twice.
                String answer = i % 4 == 0
                        ? common
                        : j <= 1 + i % 2 ? draw(random, List.of("no", "yes", "man")) : draw(random, known);
                answers.add(fields("answer", answer, "answer_confidence", "yes", "answer_id", j));
            }
            String question = switch (type) {
                case "yes/no" -> "Is there a %s?".formatted(draw(random, THINGS));
                case "number" -> "How many %ss are there?".formatted(draw(random, THINGS));
                default -> "What is (on) the %s?".formatted(draw(random, THINGS));
            };
            questions.add(fields("image_id", image, "question", question, "question_id", id));
            annotations.add(fields(
                    "question_type",
                            question.substring(0, question.indexOf(' ', 4)).toLowerCase(Locale.ROOT),
                    "multiple_choice_answer", common,
                    "answers", answers,
                    "image_id", image,
                    "answer_type", type,
                    "question_id", id));
        }
        json(folder.resolve("v2_OpenEnded_mscoco_val2014_questions.json"), fields("questions", questions));
        json(folder.resolve("v2_mscoco_val2014_annotations.json"), fields("annotations", annotations));
    }

    /** RUCAIBox/POPE: output/coco; haotian-liu/LLaVA asks fewer of its questions, in a file of its own. */
    private static void pope(Path folder) throws IOException {
        Random random = new Random(8);
        List<Object> asked = new ArrayList<>();
        for (String category : List.of("adversarial", "popular", "random")) {
            List<Object> labels = new ArrayList<>();
            for (int i = 1; i <= 12; i++) {
                String image = "COCO_val2014_" + coco(i % 4);
                String question = "Is there a %s in the image?".formatted(THINGS.get(i % THINGS.size()));
                labels.add(fields(
                        "question_id",
                        i,
                        "image",
                        image,
                        "text",
                        question,
                        "label",
                        random.nextInt(3) > 0 ? "yes" : "no"));
                if (!category.equals("random") || i <= 11) {
                    asked.add(fields(
                            "question_id",
                            asked.size() + 1,
                            "image",
                            image,
                            "text",
                            question + ENDING,
                            "category",
                            category));
                }
            }
            jsonLines(folder.resolve("coco_pope_%s.json".formatted(category)), labels);
        }
        jsonLines(folder.resolve("llava_pope_test.jsonl"), asked);
    }

    /** BradyFU/Awesome-Multimodal-Large-Language-Models: the release, in whose folders pictures and questions lie in two ways. */
    private static void mme(Path folder) throws IOException {
        Random random = new Random(9);
        Path release = folder.resolve("MME_Benchmark_release_version");
        for (String subtask :
                Stream.concat(MME_FLAT.stream(), MME_NESTED.stream()).toList()) {
            boolean nested = MME_NESTED.contains(subtask);
            for (int i = 1; i <= 2; i++) {
                Path base = release.resolve(subtask);
                String name = "%04d".formatted(i);
                picture(
                        base.resolve(nested ? "images" : ".").resolve(name + (i == 1 ? ".jpg" : ".png")),
                        600 + random.nextInt(9));
                String first = "Is this a small %s? Please answer yes or no.\tYes\n";
                String second = "Is there a %s in the image? Please answer yes or no.\tNo\n";
                Path file = base.resolve(nested ? "questions_answers_YN" : ".").resolve(name + ".txt");
                Files.createDirectories(file.getParent());
                Files.writeString(file, first.formatted(draw(random, THINGS)) + second.formatted(draw(random, THINGS)));
            }
        }
    }

    /** cs.stanford.edu/people/dorarad/gqa: the balanced test-dev questions and their pictures. */
    private static void gqa(Path folder) throws IOException {
        Random random = new Random(10);
        Map<String, Object> questions = fields();
        for (int i = 0; i < 20; i++) {
            String image = "n%d".formatted(70 + i % 7);
            String structural = List.of("query", "verify", "query", "choose").get(i % 4);
            boolean open = structural.equals("query");
            questions.put(
                    "2013%05d".formatted(i),
                    fields(
                            "semantic",
                            List.of(),
                            "question",
                            open
                                    ? "What is left of the %s?".formatted(draw(random, THINGS))
                                    : "Is the %s great?".formatted(draw(random, THINGS)),
                            "imageId",
                            image,
                            "isBalanced",
                            true,
                            "answer",
                            draw(random, open ? List.of("man", "two", "table") : List.of("no", "yes")),
                            "fullAnswer",
                            "",
                            "types",
                            fields("detailed", "is", "semantic", "rel", "structural", structural)));
            if (!image.equals("n73")) {
                picture(folder.resolve("images").resolve(image + ".jpg"), 700 + i);
            }
        }
        json(folder.resolve("testdev_balanced_questions.json"), questions);
    }
}
