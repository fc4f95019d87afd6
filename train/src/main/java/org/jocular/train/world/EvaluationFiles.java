package org.jocular.train.world;

import static org.jocular.train.world.PlannedFile.object;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.jocular.train.world.WorldFiles.Sizes;

/** A folder that {@code jocular eval --data} takes: pictures, and questions about them in the files of five benchmarks. */
final class EvaluationFiles {
    /** Of the kinds that GQA's file asks; each is a structural type there, so that GQA's figures tell them apart. */
    private static final List<Kind> SHORT_ANSWERS =
            List.of(Kind.COLOR, Kind.SHAPE, Kind.SIZE, Kind.WHERE, Kind.EXISTENCE, Kind.COUNT, Kind.COMPLEX);

    private final String folder;
    private final List<Photograph> photographs;
    private final List<Photograph> outOfDomain;
    private final int questions;
    private final long seed;

    /** @param outOfDomain what NoCaps' file holds besides, unless they are the photographs themselves */
    EvaluationFiles(String folder, List<Photograph> photographs, List<Photograph> outOfDomain, Sizes sizes, long seed) {
        this.folder = folder + "/";
        this.photographs = photographs;
        this.outOfDomain = outOfDomain;
        this.questions = sizes.questions();
        this.seed = seed;
    }

    List<PlannedFile> plan() {
        List<PlannedFile> files = new ArrayList<>();
        photographs.forEach(one -> files.add(PlannedFile.picture(folder + "images/" + one.file(), one)));
        files.addAll(
                new LlavaBenchFiles(folder + "llava-bench/", firsts(photographs)).plan(() -> random("llava-bench")));
        files.addAll(noCaps());
        files.add(vsr());
        files.addAll(new ScienceQaFiles(folder + "scienceqa/", "test")
                .plan(ScienceQaFiles.draw(photographs, questions, random("scienceqa"))));
        files.add(gqa());
        return files;
    }

    private RandomGenerator random(String file) {
        return Streams.of(seed, folder + file);
    }

    private List<Photograph> firsts(List<Photograph> all) {
        return all.subList(0, Math.min(questions, all.size()));
    }

    /** Both domains in one file where there are two: CIDEr weighs words over all that is scored together. */
    private List<PlannedFile> noCaps() {
        List<PlannedFile> files = new ArrayList<>();
        boolean both = photographs != outOfDomain;
        if (both) {
            firsts(outOfDomain)
                    .forEach(one -> files.add(PlannedFile.picture(folder + "nocaps/images/" + one.file(), one)));
        }
        files.add(PlannedFile.json(folder + "nocaps/nocaps_val_4500_captions.json", "captions", () -> {
            RandomGenerator random = random("nocaps");
            CocoJson coco = new CocoJson("captions in the format of NoCaps");
            firsts(photographs).forEach(one -> {
                List<String> references = Captions.all(one.scene(), random);
                coco.add(one, one.file(), both ? "in-domain" : "out-domain", references);
            });
            if (both) {
                firsts(outOfDomain)
                        .forEach(one -> coco.add(one, one.file(), "out-domain", Captions.all(one.scene(), random)));
            }
            return coco.json();
        }));
        return files;
    }

    private PlannedFile vsr() {
        return PlannedFile.lines(
                folder + "vsr/zeroshot/test.jsonl",
                "statements",
                () -> Asked.draw(photographs, questions, random("vsr"), Statement::draw).stream()
                        .map(VsrJson::row)
                        .toList());
    }

    /** The questions of Hudson and Manning 2019; without scene graphs, so programs and groups are empty. */
    private PlannedFile gqa() {
        return PlannedFile.json(folder + "gqa/testdev_balanced_questions.json", "questions", () -> {
            Map<String, Object> all = new LinkedHashMap<>();
            for (Kind kind : SHORT_ANSWERS) {
                RandomGenerator random = random("gqa/" + kind.word());
                List<Asked<Question>> asked = Asked.draw(
                        photographs, questions, random, (scene, source) -> Questions.draw(kind, scene, source));
                for (Asked<Question> one : asked) {
                    String id = Integer.toString(all.size() + 1);
                    all.put(id, gqa(id, one.about(), one.what()));
                }
            }
            return all;
        });
    }

    private static Map<String, Object> gqa(String id, Photograph about, Question question) {
        return object(
                "semantic", List.of(),
                "entailed", List.of(),
                "equivalent", List.of(id),
                "question", question.text(),
                "imageId", about.id(),
                "isBalanced", true,
                "groups", Map.of(),
                "answer", question.answer(),
                "semanticStr", "",
                "annotations", object("answer", Map.of(), "question", Map.of(), "fullAnswer", Map.of()),
                "types",
                        object(
                                "detailed", question.type(),
                                "semantic", "attr",
                                "structural", question.kind().word()),
                "fullAnswer", question.answer());
    }
}
