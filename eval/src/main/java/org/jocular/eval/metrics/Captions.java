package org.jocular.eval.metrics;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.Set;
import org.jocular.eval.data.DataFile;
import org.jocular.eval.metrics.CocoCaptions.Pair;
import org.jocular.tensor.BadInput;

/**
 * CIDEr, BLEU and ROUGE-L of captions in COCO's results format, in the scale of pycocoevalcap: 1, not 100.
 *
 * <p>COCO's own evaluation scores the images that the results name; NoCaps asks for all of them, and for each domain.
 */
public final class Captions {
    private static final Set<String> COCO =
            Set.of("captions_val2014.json", "coco_karpathy_val_gt.json", "coco_karpathy_test_gt.json");

    private Captions() {}

    /**
     * Captions of COCO.
     *
     * @param dir holds one of the published annotation files, there or below
     */
    public static Scores coco(Path answers, Path dir) {
        List<Path> found = DataFile.below(dir, COCO::contains);
        if (found.size() != 1) {
            throw new BadInput("%s holds %d files of COCO's captions, expected one of %s"
                    .formatted(
                            dir,
                            found.size(),
                            String.join(", ", COCO.stream().sorted().toList())));
        }
        SequencedMap<String, String> results = CocoCaptions.readResults(answers);
        SequencedMap<String, Double> metrics = new LinkedHashMap<>();
        add(metrics, "", CocoCaptions.read(found.getFirst()).pairs(results, results.keySet()));
        return new Scores("caption", metrics, results.size(), List.of());
    }

    /**
     * Captions of NoCaps: overall, by domain, and over LAVIS' list where it lies beside the annotations.
     *
     * @param dir holds nocaps_val_4500_captions.json, there or below
     */
    public static Scores noCaps(Path answers, Path dir) {
        SequencedMap<String, String> results = CocoCaptions.readResults(answers);
        CocoCaptions annotations = NoCaps.read(dir);
        SequencedMap<String, List<Pair>> bySubset = new LinkedHashMap<>();
        NoCaps.subsets(annotations, dir)
                .forEach((subset, ids) -> bySubset.put(subset, annotations.pairs(results, ids)));
        SequencedMap<String, Double> metrics = new LinkedHashMap<>();
        noCaps(metrics, bySubset);
        return new Scores("nocaps", metrics, results.size(), List.of());
    }

    /**
     * Adds the figures of each subset of NoCaps to {@code metrics}, under its name and a space unless it is the whole.
     *
     * @return CIDEr by subset, image by image in the order of its pairs
     */
    public static SequencedMap<String, CaptionScore> noCaps(
            SequencedMap<String, Double> metrics, SequencedMap<String, List<Pair>> bySubset) {
        SequencedMap<String, CaptionScore> cider = new LinkedHashMap<>();
        bySubset.forEach((subset, pairs) -> {
            String prefix = subset.equals(NoCaps.OVERALL) ? "" : subset + " ";
            cider.put(subset, add(metrics, prefix, pairs));
        });
        return cider;
    }

    /** Returns CIDEr. */
    private static CaptionScore add(SequencedMap<String, Double> metrics, String prefix, List<Pair> pairs) {
        List<Pair> tokenized = PtbTokenizer.tokenizePairs(pairs);
        CaptionScore cider = Cider.score(tokenized);
        metrics.put(prefix + "CIDEr", cider.corpus());
        List<CaptionScore> bleu = Bleu.score(tokenized);
        for (int n = 1; n <= bleu.size(); n++) {
            metrics.put(prefix + "Bleu_" + n, bleu.get(n - 1).corpus());
        }
        metrics.put(prefix + "ROUGE_L", RougeL.score(tokenized).corpus());
        return cider;
    }
}
