package org.jocular.eval.task;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.StringJoiner;
import java.util.function.Consumer;
import org.jocular.eval.data.DataFile;
import org.jocular.eval.data.Row;
import org.jocular.eval.metrics.Answer;
import org.jocular.eval.metrics.LlavaBench;
import org.jocular.eval.metrics.Python;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * LLaVA-Bench (Liu et al. 2023, section 5.1): free questions about pictures, in three categories. A judge that is told in words what the
 * picture shows marks GPT-4's answer, which was given from those words too, and the model's. {@code llava-bench} is 90 questions about 30
 * pictures of COCO, {@code llava-bench-wild} 60 about 24 others.
 */
record LlavaBenchTask(Edition edition) implements JudgedTask {
    /** One of the two sets, the files that it is published in, and the script that asks the judge. */
    enum Edition {
        COCO(
                "llava-bench",
                "LLaVA-Bench (COCO)",
                "qa90_questions.jsonl",
                "qa90_gpt4_answer.jsonl",
                "caps_boxes_coco2014_val_80.jsonl",
                "eval_gpt_review_visual.py"),
        WILD(
                "llava-bench-wild",
                "LLaVA-Bench (In-the-Wild)",
                "questions.jsonl",
                "answers_gpt4.jsonl",
                "context.jsonl",
                "eval_gpt_review_bench.py");

        private final String task;
        private final String title;
        private final String questions;
        private final String references;
        private final String contexts;
        private final String script;

        Edition(String task, String title, String questions, String references, String contexts, String script) {
            this.task = task;
            this.title = title;
            this.questions = questions;
            this.references = references;
            this.contexts = contexts;
            this.script = script;
        }
    }

    private static final String SYSTEM =
            "You are a helpful and precise assistant for checking the quality of the answer.";

    private static Map<String, Object> decoding(int maxNewTokens) {
        return Map.of("do_sample", false, "num_beams", 1, "max_new_tokens", maxNewTokens);
    }

    @Override
    public String name() {
        return edition.task;
    }

    @Override
    public String title() {
        return edition.title;
    }

    /** Both ask the same; lmms-eval's judge of the COCO set sees captions but no boxes, and reads the rule that was written for the wild. */
    @Override
    public List<Wording> wordings() {
        return List.of(
                new Wording(
                        Wording.LLAVA,
                        "haotian-liu/LLaVA, llava/eval/model_vqa.py at temperature 0, judged with " + edition.script,
                        decoding(1024)),
                new Wording(
                        Wording.LMMS_EVAL,
                        "EvolvingLMMs-Lab/lmms-eval, "
                                + (edition == Edition.COCO ? "llava_bench_coco" : "llava_in_the_wild"),
                        decoding(edition == Edition.COCO ? 1024 : 4096)));
    }

    /** LLaVA's asks the question alone already. */
    @Override
    public Wording wordingFor(String system, @Nullable String own) {
        return JudgedTask.super.wordingFor(system, Wording.PLAIN.equals(own) ? Wording.LLAVA : own);
    }

    @Override
    public void read(Data data, Wording wording, Consumer<Sample> each) {
        boolean coco = edition == Edition.COCO;
        boolean boxes = coco && wording.name().equals(Wording.LLAVA);
        Path questions = data.file(edition.questions);
        Path references = data.file(edition.references);
        Path contexts = data.file(edition.contexts);
        Path rules = data.file("rule.json");
        Map<String, Answer> answers = Answer.readById(references);
        Map<String, String> shown = readContexts(contexts, boxes);
        Map<String, Row> told = new HashMap<>();
        DataFile.jsonObject(rules, told::put);
        Set<String> ids = new HashSet<>();
        DataFile.jsonLines(questions, row -> {
            String id = row.id("question_id");
            String image = row.text("image");
            String category = row.text("category");
            String rule = (boxes ? "" : LlavaBench.WILD) + category;
            if (!ids.add(id)) {
                throw row.bad("has question_id %s a second time".formatted(id));
            }
            String context = required(row, "image", image, shown.get(image), contexts);
            Answer reference = required(row, "question_id", id, answers.get(id), references);
            Row instruction = required(row, "category", category, told.get(rule), rules);
            ObjectNode doc = JsonNodeFactory.instance.objectNode();
            doc.put("context", context);
            doc.put("role", instruction.text("role"));
            doc.put("prompt", instruction.text("prompt"));
            doc.put("category", published(category));
            each.accept(new Sample(
                    id,
                    coco ? data.picture(image, "COCO_val2014_" + image) : data.picture("images/" + image, image),
                    row.text("text"),
                    List.of(),
                    reference.text(),
                    category,
                    doc));
        });
    }

    /** As reviews call it. */
    private String published(String category) {
        return edition == Edition.COCO ? category : LlavaBench.WILD + category;
    }

    private static <T> T required(Row row, String field, String value, @Nullable T found, Path file) {
        if (found == null) {
            throw row.bad("has %s = %s, of which %s says nothing".formatted(field, Row.quote(value), file));
        }
        return found;
    }

    /** What the judge is told about each picture: COCO's captions and, where wanted, boxes; the wild's description. */
    private Map<String, String> readContexts(Path file, boolean boxes) {
        Map<String, String> contexts = new HashMap<>();
        DataFile.jsonLines(file, row -> {
            List<String> captions = edition == Edition.COCO
                    ? row.texts("captions")
                    : row.node().path("caption").isArray() ? row.texts("caption") : List.of(row.text("caption"));
            StringJoiner context = new StringJoiner("\n");
            captions.forEach(context::add);
            if (boxes) {
                context.add("").add(boxes(row.objects("instances")));
            }
            if (contexts.put(row.text("image"), context.toString()) != null) {
                throw row.bad("has image %s a second time".formatted(Row.quote(row.text("image"))));
            }
        });
        return contexts;
    }

    private static String boxes(List<Row> instances) {
        StringJoiner lines = new StringJoiner("\n");
        for (Row instance : instances) {
            JsonNode box = instance.node().path("bbox");
            if (!box.isArray() || !box.valueStream().allMatch(JsonNode::isNumber)) {
                throw instance.wrong("bbox", "a list of numbers");
            }
            StringJoiner numbers = new StringJoiner(", ", "[", "]");
            // As Python prints what it has read from JSON.
            box.valueStream()
                    .map(number -> number.isIntegralNumber()
                            ? number.asString()
                            : Python.repr(number.numberValue().doubleValue()))
                    .forEach(numbers::add);
            lines.add(instance.text("category") + ": " + numbers);
        }
        return lines.toString();
    }

    /** The same layout in both scripts; since July 2026 lmms-eval puts what is here {@code system} before the message, or leaves it out. */
    @Override
    public Question question(Answered answered) {
        Sample sample = answered.sample();
        ObjectNode doc = sample.doc();
        String role = doc.get("role").stringValue();
        String message = """
                [Context]
                %s

                [Question]
                %s

                [%s 1]
                %s

                [End of %s 1]

                [%s 2]
                %s

                [End of %s 2]

                [System]
                %s

                """.formatted(
                        doc.get("context").stringValue(),
                        sample.question(),
                        role,
                        sample.target(),
                        role,
                        role,
                        answered.answer(),
                        role,
                        doc.get("prompt").stringValue());
        return new Question(SYSTEM, message, sample.question(), sample.target(), answered.answer());
    }

    @Override
    public Scoring scoring() {
        return new LlavaBenchScoring(name(), published(""));
    }
}
