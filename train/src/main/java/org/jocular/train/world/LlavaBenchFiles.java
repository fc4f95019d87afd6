package org.jocular.train.world;

import static org.jocular.train.world.PlannedFile.object;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jocular.train.world.Scene.Thing;

/**
 * Questions of three categories about each picture in the files of LLaVA-Bench (haotian-liu/LLaVA, playground/data/coco2014_val_qa_eval and
 * llava/eval/table). References are the true answers, where LLaVA's are GPT-4's.
 */
record LlavaBenchFiles(String folder, List<Photograph> photographs) {
    private static final List<Mix> CATEGORIES =
            List.of(Mix.named("conversation"), Mix.named("detail"), Mix.named("complex"));

    /** As reviews call the categories. */
    private static final List<String> NAMES = List.of("conv", "detail", "complex");

    private static final String RULE =
            "Two assistants were asked the question above about a picture of coloured shapes,"
                    + " which the context describes to you. Rate how right, complete and to the point each answer is, with a whole"
                    + " number from 1 to 10; which of them stands first must not matter.\n"
                    + "Write both numbers in the first line, Assistant 1 before Assistant 2, a space between them and nothing else."
                    + " Explain your ratings in the lines that follow.";

    /** @param random begins anew each time, so that both files hold the same */
    List<PlannedFile> plan(Supplier<RandomGenerator> random) {
        return List.of(
                PlannedFile.lines(folder + "qa90_questions.jsonl", "questions", () -> rows(random.get(), true)),
                PlannedFile.lines(folder + "qa90_gpt4_answer.jsonl", "answers", () -> rows(random.get(), false)),
                PlannedFile.lines(
                        folder + "caps_boxes_coco2014_val_80.jsonl", "contexts", () -> contexts(random.get())),
                PlannedFile.json(folder + "rule.json", "rules", LlavaBenchFiles::rules));
    }

    private List<Map<String, Object>> rows(RandomGenerator random, boolean questions) {
        List<Map<String, Object>> rows = new ArrayList<>();
        for (Photograph one : photographs) {
            for (int i = 0; i < NAMES.size(); i++) {
                Question question = question(one.scene(), CATEGORIES.get(i), random);
                Map<String, Object> row = object("question_id", rows.size());
                if (questions) {
                    row.put("image", one.file());
                }
                row.put("text", questions ? question.text() : question.answer());
                row.put("category", NAMES.get(i));
                rows.add(row);
            }
        }
        return rows;
    }

    /** Every scene allows a question of each category: where things are can always be asked, and what would remain. */
    private static Question question(Scene scene, Mix mix, RandomGenerator random) {
        while (true) {
            Question question = Questions.draw(mix.draw(random), scene, random);
            if (question != null) {
                return question;
            }
        }
    }

    private List<Map<String, Object>> contexts(RandomGenerator random) {
        return photographs.stream()
                .map(one -> object(
                        "id",
                        one.id(),
                        "image",
                        one.file(),
                        "captions",
                        Captions.all(one.scene(), random),
                        "instances",
                        one.scene().things().stream()
                                .map(LlavaBenchFiles::instance)
                                .toList()))
                .toList();
    }

    private static Map<String, Object> instance(Thing thing) {
        List<Double> box = new ArrayList<>();
        for (int edge : Renderer.box(thing)) {
            box.add(Math.round(1000.0 * edge / Renderer.SIDE) / 1000.0);
        }
        return object("category", Phrases.full(thing), "bbox", box);
    }

    /** lmms-eval reads the rules that LLaVA wrote for the benchmark in the wild. */
    private static Map<String, Object> rules() {
        Map<String, Object> rules = object();
        for (String prefix : List.of("", "llava_bench_")) {
            NAMES.forEach(name -> rules.put(prefix + name, object("role", "Assistant", "prompt", RULE)));
        }
        return rules;
    }
}
