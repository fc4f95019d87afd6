package org.jocular.eval.task;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SequencedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jocular.eval.data.DataFile;
import org.jocular.eval.data.Row;
import org.jocular.eval.data.Tsv;
import org.jocular.eval.metrics.Verdict;
import org.jocular.eval.metrics.Vsr;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Visual Spatial Reasoning (Liu et al. 2023): is a caption about two objects true? The split that systems which were not taught VSR are
 * compared on is {@code vsr}, the other {@code vsr-random}.
 *
 * @param split zeroshot or random
 */
record VsrTask(String split) implements Task {
    private static final Wording LAVIS = new Wording(
            Wording.LAVIS,
            "InstructBLIP (Dai et al. 2023), appendix E, ranked with salesforce/LAVIS, predict_class",
            Map.of());
    /** Its table holds no more than the captions and these words, as the metadata of the hub's mm-eval/VSR quote it. */
    private static final Wording VLM_EVAL_KIT = new Wording(
            Wording.VLM_EVAL_KIT,
            "open-compass/VLMEvalKit, VSR-zeroshot; its LLaVA adapter generates up to 2,048 tokens",
            Map.of("do_sample", false, "num_beams", 1, "max_new_tokens", 2048));

    private static final Wording PLAIN =
            new Wording(Wording.PLAIN, "the caption alone, true and false ranked", Map.of());

    @Override
    public String name() {
        return split.equals("zeroshot") ? "vsr" : "vsr-" + split;
    }

    @Override
    public String title() {
        return split.equals("zeroshot") ? "VSR" : "VSR " + split;
    }

    @Override
    public List<Wording> wordings() {
        return List.of(LAVIS, VLM_EVAL_KIT, PLAIN);
    }

    @Override
    public void read(Data data, Wording wording, Consumer<Sample> each) {
        Path table = wording.equals(VLM_EVAL_KIT) && split.equals("zeroshot")
                ? data.fileOrNull("VSR-zeroshot.tsv", "vsr_zeroshot_dataset_yn_strict.tsv")
                : null;
        if (table == null) {
            readLines(data, wording, each);
        } else {
            Tsv.rows(table, row -> each.accept(sample(data, row)));
        }
    }

    private void readLines(Data data, Wording wording, Consumer<Sample> each) {
        Path file = data.file(
                split + "/test.jsonl", split + "-test.jsonl", "vsr_" + split + "/test.jsonl", name() + "/test.jsonl");
        Path kinds = data.fileOrNull("rel_meta_category_dict.txt");
        Map<String, String> metaCategories = kinds == null ? Map.of() : Vsr.readMetaCategories(kinds);
        int[] row = {0};
        DataFile.jsonLines(file, line -> {
            Vsr.Example example = Vsr.Example.of(line);
            ObjectNode doc = JsonNodeFactory.instance.objectNode();
            doc.put("caption", example.caption());
            doc.put("label", example.label());
            doc.put("relation", example.relation());
            String kind = metaCategories.get(example.relation());
            if (kind != null) {
                doc.put("meta_category", kind);
            }
            boolean holds = example.label() == 1;
            each.accept(new Sample(
                    Integer.toString(row[0]++),
                    data.picture(example.image()),
                    prompt(wording, example.caption()),
                    candidates(wording),
                    wording.equals(PLAIN) ? (holds ? "true" : "false") : holds ? "yes" : "no",
                    example.relation(),
                    doc));
        });
    }

    private static String prompt(Wording wording, String caption) {
        return switch (wording.name()) {
            case Wording.LAVIS ->
                "Based on the image, is this statement true or false? \"%s\" Answer:".formatted(caption);
            case Wording.PLAIN -> caption;
            default -> "%s Please answer yes or no. Please answer strictly Yes or No.".formatted(caption);
        };
    }

    private static List<String> candidates(Wording wording) {
        return switch (wording.name()) {
            case Wording.LAVIS -> List.of("yes", "true", "no", "false");
            case Wording.PLAIN -> List.of("true", "false");
            default -> List.of();
        };
    }

    /** A row of VLMEvalKit's table; nothing tells that it has the relation, so a figure by relation is only had where it does. */
    private static Sample sample(Data data, Row row) {
        boolean yes = Verdict.label(row, "answer") == Verdict.YES;
        String relation = row.textOrNull("relation");
        ObjectNode doc = JsonNodeFactory.instance.objectNode();
        doc.put("label", yes ? 1 : 0);
        if (relation != null) {
            doc.put("relation", relation);
        }
        String picture = data.embedded(row.bytes("image"));
        return new Sample(row.id("index"), picture, row.text("question"), List.of(), yes ? "yes" : "no", relation, doc);
    }

    private static Verdict verdict(Answered answered) {
        if (answered.logLikelihoods().isEmpty()) {
            return Vsr.words(answered.answer());
        }
        SequencedMap<String, Double> ranking = new LinkedHashMap<>();
        for (int i = 0; i < answered.logLikelihoods().size(); i++) {
            ranking.put(
                    answered.sample().candidates().get(i),
                    answered.logLikelihoods().get(i));
        }
        return Vsr.ranked(ranking);
    }

    @Override
    public String reading(Answered answered) {
        return verdict(answered).name().toLowerCase(Locale.ROOT);
    }

    @Override
    public Scoring scoring() {
        List<Vsr.Judged> judged = new ArrayList<>();
        Map<String, String> metaCategories = new TreeMap<>();
        return new Scoring() {
            @Override
            public void add(Answered answered) {
                ObjectNode doc = answered.sample().doc();
                String relation = doc.path("relation").asString("");
                if (doc.has("meta_category")) {
                    metaCategories.put(relation, doc.get("meta_category").stringValue());
                }
                Vsr.Example example = new Vsr.Example("", "", doc.get("label").intValue(), relation.intern());
                judged.add(new Vsr.Judged(example, verdict(answered)));
            }

            @Override
            public Result result() {
                boolean[] correct = new boolean[judged.size()];
                for (int i = 0; i < correct.length; i++) {
                    correct[i] = judged.get(i).correct();
                }
                return Result.ofAccuracy(Vsr.score(judged, metaCategories.isEmpty() ? null : metaCategories), correct);
            }
        };
    }
}
