package org.jocular.train.world;

import static org.jocular.train.world.PlannedFile.object;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.jocular.train.world.WorldFiles.Sizes;

/** The folder to train on: pictures, and texts about them in the formats in which the five systems' training data are published. */
final class TrainingFiles {
    private static final String FOLDER = "training/";

    /** As many as MiniGPT-4's second stage has: about 3,500. */
    private static final int ALIGNED = 3_500;

    /** ScienceQA keeps a picture a second time for each question, so not every picture has one. */
    private static final int ASKED_OF = 4;

    /** As X-PLUG/mPLUG-Owl's README begins a sample for tuning. */
    private static final String OWL = "The following is a conversation between a curious human and AI assistant."
            + " The assistant gives helpful, detailed, and polite answers to the user's questions.";

    private final Sizes sizes;
    private final long seed;
    private final List<Photograph> photographs;

    TrainingFiles(Sizes sizes, long seed) {
        this.sizes = sizes;
        this.seed = seed;
        this.photographs = Photograph.training(sizes.scenes(), seed);
    }

    List<PlannedFile> plan() {
        List<PlannedFile> files = new ArrayList<>();
        photographs.forEach(one -> files.add(PlannedFile.picture(FOLDER + "images/" + one.file(), one)));
        files.add(cocoCaptions());
        files.add(llava("chat.json", "al", 1));
        files.add(llava("instruct.json", "full", Integer.MAX_VALUE));
        files.add(llava("instruct_easy.json", "easy", Integer.MAX_VALUE));
        files.add(llava("conversation.json", "conversation", Integer.MAX_VALUE));
        files.add(llava("detail.json", "detail", 1));
        files.add(llava("complex_reasoning.json", "complex", 1));
        files.addAll(ccSbuAlign());
        files.add(owl());
        files.add(vsr());
        List<Photograph> asked = photographs.subList(0, Math.ceilDiv(photographs.size(), ASKED_OF));
        files.addAll(new ScienceQaFiles(FOLDER + "scienceqa/", "train")
                .plan(ScienceQaFiles.draw(asked, asked.size(), random("scienceqa"))));
        return files;
    }

    private RandomGenerator random(String file) {
        return Streams.of(seed, FOLDER + file);
    }

    /** COCO's captions_train2014.json. */
    private PlannedFile cocoCaptions() {
        return PlannedFile.json(FOLDER + "captions_train.json", "captions", () -> {
            RandomGenerator random = random("captions");
            CocoJson coco = new CocoJson("captions of the training pictures");
            photographs.forEach(one -> coco.add(one, one.file(), null, Captions.all(one.scene(), random)));
            return coco.json();
        });
    }

    /** LLaVA's chat.json and llava_instruct_150k.json (haotian-liu/LLaVA, docs/Finetune_Custom_Data.md); the folder of pictures goes apart. */
    private PlannedFile llava(String file, String mixName, int turns) {
        Mix mix = Mix.named(mixName);
        return PlannedFile.json(FOLDER + file, "dialogues", () -> {
            RandomGenerator random = random(file);
            List<Map<String, Object>> entries = new ArrayList<>();
            for (int again = 0; again < sizes.dialogues(); again++) {
                for (Photograph one : photographs) {
                    Dialogue dialogue = dialogue(one, mix, random, turns);
                    if (!dialogue.turns().isEmpty()) {
                        String id = one.id() + (again == 0 ? "" : "-" + (again + 1));
                        entries.add(object("id", id, "image", one.file(), "conversations", conversations(dialogue)));
                    }
                }
            }
            return entries;
        });
    }

    private static Dialogue dialogue(Photograph one, Mix mix, RandomGenerator random, int turns) {
        return Dialogue.draw(one.scene(), mix, random, Dialogue.MAX_WORDS, turns);
    }

    private static List<Map<String, Object>> conversations(Dialogue dialogue) {
        List<Map<String, Object>> conversations = new ArrayList<>();
        for (Question turn : dialogue.turns()) {
            String mark = conversations.isEmpty() ? "<image>\n" : "";
            conversations.add(object("from", "human", "value", mark + turn.text()));
            conversations.add(object("from", "gpt", "value", turn.answer()));
        }
        return conversations;
    }

    /** The second stage of MiniGPT-4 (Vision-CAIR/MiniGPT-4, dataset/README_2_STAGE.md): pictures under their numbers, detailed descriptions. */
    private List<PlannedFile> ccSbuAlign() {
        List<Photograph> aligned = photographs.subList(0, Math.min(ALIGNED, photographs.size()));
        List<PlannedFile> files = new ArrayList<>();
        aligned.forEach(
                one -> files.add(PlannedFile.picture(FOLDER + "cc_sbu_align/image/" + one.number() + ".png", one)));
        files.add(PlannedFile.json(FOLDER + "cc_sbu_align/filter_cap.json", "captions", () -> {
            List<Map<String, Object>> annotations = aligned.stream()
                    .map(one ->
                            object("image_id", Integer.toString(one.number()), "caption", Captions.detail(one.scene())))
                    .toList();
            return object("annotations", annotations);
        }));
        return files;
    }

    /** mPLUG-Owl's samples for tuning (X-PLUG/mPLUG-Owl, README and configs/v0.yaml). */
    private PlannedFile owl() {
        return PlannedFile.lines(FOLDER + "sft_v0.1_train.jsonl", "dialogues", () -> {
            RandomGenerator random = random("mplug-owl");
            Mix full = Mix.named("full");
            List<Map<String, Object>> rows = new ArrayList<>();
            for (Photograph one : photographs) {
                StringBuilder text = new StringBuilder(OWL).append("\nHuman: <image>");
                for (Question turn :
                        dialogue(one, full, random, Integer.MAX_VALUE).turns()) {
                    text.append("\nHuman: ").append(turn.text());
                    text.append("\nAI: ").append(turn.answer());
                }
                rows.add(object(
                        "image", List.of("images/" + one.file()), "text", text.toString(), "task_type", "llava_sft"));
            }
            return rows;
        });
    }

    private PlannedFile vsr() {
        return PlannedFile.lines(FOLDER + "vsr/train.jsonl", "statements", () -> {
            RandomGenerator random = random("vsr");
            return Asked.draw(photographs, photographs.size(), random, Statement::draw).stream()
                    .map(VsrJson::row)
                    .toList();
        });
    }
}
