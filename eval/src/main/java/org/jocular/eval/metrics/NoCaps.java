package org.jocular.eval.metrics;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.SequencedMap;
import java.util.SequencedSet;
import java.util.stream.Stream;
import org.jocular.eval.data.DataFile;
import org.jocular.eval.data.Row;
import org.jocular.eval.metrics.CocoCaptions.Image;
import org.jocular.tensor.BadInput;

/**
 * NoCaps (Agrawal et al. 2019), validation: 4,500 images with ten captions each, in three domains. A score is taken over the images of
 * one subset, and the document frequencies of CIDEr with it.
 *
 * <p>LAVIS, where the BLIP family's figures come from, scores a list of 1,413 images that its configurations spell out
 * (lavis/projects/instructblip/caption_nocaps_out_domain_*.yaml). The list is not the annotations' out-domain and cannot be derived from
 * them, so that subset is there only where such a file lies beside the annotations.
 */
public final class NoCaps {
    /** Name of the subset of all images. */
    public static final String OVERALL = "overall";

    /** Name of the subset that LAVIS scores. */
    public static final String LAVIS = "lavis-img-ids";

    private static final List<String> DOMAINS = List.of("in-domain", "near-domain", "out-domain");

    /** Names of all subsets. */
    public static final List<String> SUBSETS = Stream.of(List.of(OVERALL), DOMAINS, List.of(LAVIS))
            .flatMap(List::stream)
            .toList();

    private NoCaps() {}

    /** The annotations, nocaps_val_4500_captions.json. */
    public static CocoCaptions read(Path dir) {
        return CocoCaptions.read(DataFile.find(dir, "nocaps_val_4500_captions.json"));
    }

    /**
     * Image ids by subset: all, each domain that the annotations tell, and LAVIS' list where {@code dir} holds one of its configurations,
     * there or below.
     */
    public static SequencedMap<String, SequencedSet<String>> subsets(CocoCaptions annotations, Path dir) {
        return subsets(annotations, DataFile.below(dir, NoCaps::isLavisConfiguration));
    }

    /** Whether a file of this name is one of the configurations in which LAVIS lists what it scores. */
    public static boolean isLavisConfiguration(String name) {
        return name.matches("caption_nocaps_out_domain_.*\\.yaml");
    }

    /** @param lists configurations of LAVIS, of which the first is read; may be none */
    public static SequencedMap<String, SequencedSet<String>> subsets(CocoCaptions annotations, List<Path> lists) {
        SequencedMap<String, SequencedSet<String>> subsets = new LinkedHashMap<>();
        subsets.put(OVERALL, annotations.ids());
        DOMAINS.forEach(domain -> subsets.put(domain, new LinkedHashSet<>()));
        for (Image image : annotations.images()) {
            if (image.domain() != null) {
                SequencedSet<String> ids = DOMAINS.contains(image.domain()) ? subsets.get(image.domain()) : null;
                if (ids == null) {
                    throw new BadInput("%s, image %s, has domain = %s, expected one of %s"
                            .formatted(
                                    annotations.file(),
                                    image.id(),
                                    Row.quote(image.domain()),
                                    String.join(", ", DOMAINS)));
                }
                ids.add(image.id());
            }
        }
        subsets.values().removeIf(SequencedSet::isEmpty);
        if (!lists.isEmpty()) {
            subsets.put(LAVIS, readImageIds(lists.getFirst()));
        }
        return subsets;
    }

    /** The ids that a configuration of LAVIS scores: its line {@code img_ids: [2, 4, 5]}. */
    public static SequencedSet<String> readImageIds(Path file) {
        int number = 0;
        for (String line : DataFile.lines(file)) {
            number++;
            String entry = line.strip();
            if (entry.startsWith("img_ids:")) {
                String list = entry.substring("img_ids:".length()).strip();
                return ids(file, number, list);
            }
        }
        throw new BadInput("%s lacks img_ids".formatted(file));
    }

    private static SequencedSet<String> ids(Path file, int line, String list) {
        SequencedSet<String> ids = new LinkedHashSet<>();
        boolean brackets = list.startsWith("[") && list.endsWith("]");
        for (String id : list.replaceAll("^\\[|]$", "").split(",", -1)) {
            if (!brackets || !id.strip().matches("\\d+")) {
                throw Row.bad(file, "line " + line, "has img_ids that are no list of numbers in brackets");
            }
            ids.add(id.strip());
        }
        return ids;
    }
}
