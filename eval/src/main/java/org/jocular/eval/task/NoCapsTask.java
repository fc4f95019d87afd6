package org.jocular.eval.task;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SequencedMap;
import java.util.SequencedSet;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jocular.eval.metrics.CaptionScore;
import org.jocular.eval.metrics.Captions;
import org.jocular.eval.metrics.ClusterBootstrap;
import org.jocular.eval.metrics.CocoCaptions;
import org.jocular.eval.metrics.CocoCaptions.Image;
import org.jocular.eval.metrics.CocoCaptions.Pair;
import org.jocular.eval.metrics.NoCaps;
import org.jocular.eval.metrics.Scores;
import org.jocular.tensor.BadInput;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * NoCaps (Agrawal et al. 2019), validation: captions of 4,500 pictures of Open Images, overall, by how far the objects in them are from
 * COCO's, and over the 1,413 pictures that LAVIS scores where a configuration of it lies beside the annotations.
 */
record NoCapsTask() implements Task {
    private static final Wording LAVIS = new Wording(
            Wording.LAVIS,
            "salesforce/LAVIS, projects/instructblip/caption_nocaps_out_domain_vicuna7b_eval.yaml",
            beams());
    private static final Wording LAVIS_BLIP2 = new Wording(
            "lavis-blip2",
            "salesforce/LAVIS, projects/blip2/eval/caption_nocaps_out_domain_flant5xl_eval.yaml, no prompt",
            beams());
    private static final Wording INSTRUCTBLIP = new Wording(
            "instructblip", "InstructBLIP (Dai et al. 2023), appendix E, decoded as in salesforce/LAVIS", beams());
    private static final Wording LMMS_EVAL = new Wording(
            Wording.LMMS_EVAL,
            "EvolvingLMMs-Lab/lmms-eval, nocaps_val",
            Map.of("do_sample", false, "num_beams", 1, "max_new_tokens", 64));

    private static final Wording PLAIN =
            new Wording(Wording.PLAIN, "a request for a short description, and nothing else", ShortAnswers.greedy(64));

    /** The configurations say nothing about repetitions; the captioning task then passes its own 1.15. */
    private static Map<String, Object> beams() {
        return Map.of(
                "do_sample",
                false,
                "num_beams",
                5,
                "max_new_tokens",
                80,
                "min_length",
                10,
                "repetition_penalty",
                1.15,
                "length_penalty",
                1.0,
                "prompt_counts",
                false);
    }

    @Override
    public String name() {
        return "nocaps";
    }

    @Override
    public String title() {
        return "NoCaps";
    }

    @Override
    public List<Wording> wordings() {
        return List.of(LAVIS, LAVIS_BLIP2, INSTRUCTBLIP, LMMS_EVAL, PLAIN);
    }

    @Override
    public Wording wordingFor(String system) {
        return system.equals("blip2") ? LAVIS_BLIP2 : Task.super.wordingFor(system);
    }

    private static String question(Wording wording) {
        return switch (wording.name()) {
            case Wording.LAVIS -> "A short image caption.";
            case "lavis-blip2" -> "";
            case "instructblip" -> "A short image description:";
            case Wording.LMMS_EVAL -> "Provide a one-sentence caption for the provided image.";
            case Wording.PLAIN -> "Describe the picture briefly.";
            default -> throw new IllegalArgumentException("nocaps has no wording " + wording.name());
        };
    }

    @Override
    public void read(Data data, Wording wording, Consumer<Sample> each) {
        CocoCaptions annotations = CocoCaptions.read(data.file("nocaps_val_4500_captions.json"));
        SequencedMap<String, SequencedSet<String>> subsets =
                NoCaps.subsets(annotations, data.files(NoCaps::isLavisConfiguration));
        String question = question(wording);
        for (Image image : annotations.images()) {
            if (image.fileName() == null) {
                throw new BadInput("%s, image %s, lacks file_name".formatted(annotations.file(), image.id()));
            }
            List<String> references = annotations.captions().getOrDefault(image.id(), List.of());
            ObjectNode doc = JsonNodeFactory.instance.objectNode();
            references.forEach(doc.putArray("references")::add);
            // How many pictures each of its subsets has, for telling when some were not captioned.
            ObjectNode sizes = doc.putObject("subsets");
            subsets.forEach((subset, ids) -> {
                if (ids.contains(image.id())) {
                    sizes.put(subset, ids.size());
                }
            });
            each.accept(new Sample(
                    image.id(),
                    data.picture(image.fileName()),
                    question,
                    List.of(),
                    references.getFirst(),
                    image.domain(),
                    doc));
        }
    }

    @Override
    public Scoring scoring() {
        return new Comparing();
    }

    /**
     * Answers to one subset.
     *
     * @param rows which of all answers they are
     * @param size how many pictures the subset has, captioned or not
     */
    private record Subset(List<Pair> pairs, List<Integer> rows, int size) {}

    /** Keeps all captions, because CIDEr weighs words by how many of the pictures have them in their references. */
    private static final class Comparing implements Scoring {
        private final SequencedMap<String, Subset> subsets =
                new TreeMap<>(Comparator.comparing(NoCaps.SUBSETS::indexOf));
        private int answers;

        @Override
        public void add(Answered answered) {
            ObjectNode doc = answered.sample().doc();
            Pair pair = new Pair(
                    answered.sample().id(),
                    answered.answer(),
                    doc.get("references")
                            .valueStream()
                            .map(JsonNode::stringValue)
                            .toList());
            doc.get("subsets").forEachEntry((name, size) -> {
                Subset subset = subsets.computeIfAbsent(
                        name, key -> new Subset(new ArrayList<>(), new ArrayList<>(), size.intValue()));
                subset.pairs.add(pair);
                subset.rows.add(answers);
            });
            answers++;
        }

        @Override
        public Result result() {
            SequencedMap<String, List<Pair>> pairs = new LinkedHashMap<>();
            subsets.forEach((name, subset) -> pairs.put(name, subset.pairs));
            SequencedMap<String, Double> metrics = new LinkedHashMap<>();
            List<Result.Headline> headlines = new ArrayList<>();
            SequencedMap<String, double[]> columns = new LinkedHashMap<>();
            List<String> partial = new ArrayList<>();
            SequencedMap<String, CaptionScore> cider = Captions.noCaps(metrics, pairs);
            subsets.forEach((name, subset) -> {
                List<Double> perImage = Objects.requireNonNull(cider.get(name)).perImage();
                if (name.equals(NoCaps.OVERALL)) {
                    columns.put("CIDEr", column(perImage));
                }
                if (!name.equals(NoCaps.LAVIS)) {
                    headlines.add(headline(name, subset.rows, perImage));
                }
                if (subset.rows.size() < subset.size) {
                    partial.add("%d of %d images (%s)".formatted(subset.rows.size(), subset.size, name));
                }
            });
            List<String> notes = partial.isEmpty()
                    ? List.of()
                    : List.of(
                            "scored over %s, which no score over all of them can be compared with: CIDEr weighs words by"
                                            .formatted(String.join(", ", partial))
                                    + " how many of the images scored have them");
            return new Result(new Scores("nocaps", metrics, answers, notes), headlines, columns);
        }

        /**
         * The mean over the subset's pictures, of each as often as it is drawn. Its words keep the weights that they have among all
         * pictures: to weigh them anew in every resample would change the metric.
         */
        private Result.Headline headline(String subset, List<Integer> rows, List<Double> perImage) {
            double[] scores = new double[answers];
            double[] counted = new double[answers];
            for (int i = 0; i < rows.size(); i++) {
                scores[rows.get(i)] = 100 * perImage.get(i);
                counted[rows.get(i)] = 1;
            }
            String title = subset.equals(NoCaps.OVERALL) ? "CIDEr" : subset.replace("-domain", "");
            return new Result.Headline(title, ClusterBootstrap.ratio(scores, counted), null);
        }

        private static double[] column(List<Double> perImage) {
            return perImage.stream().mapToDouble(Double::doubleValue).toArray();
        }
    }
}
