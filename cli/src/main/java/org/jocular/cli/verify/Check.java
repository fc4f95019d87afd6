package org.jocular.cli.verify;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One output that a publisher recorded, and what led to it. */
public sealed interface Check {
    /** Its name among the checks of its checkpoint. */
    String id();

    /** Keys of {@link Catalogue#pictures}, in the order of the prompt. */
    List<String> pictures();

    /** The whole prompt, with the system's own marks for pictures. */
    String prompt();

    /**
     * What was generated.
     *
     * @param settings by Hugging Face's names. What is not here is as transformers has it by default, whatever the model's files say: those
     *     changed since. The end token alone is the model's own where it is not here
     * @param promptCounts whether the prompt's ids counted for lengths and repetitions: false for LAVIS and for BLIP-2 and InstructBLIP in
     *     transformers 4.42 and before, which handed over embeddings alone
     * @param recorded one or several outputs that were published for the same question, the one that matters most first
     * @param required what must agree; null for the whole of one record
     */
    record Generation(
            String id,
            List<String> pictures,
            String prompt,
            Map<String, Object> settings,
            boolean promptCounts,
            List<Recorded> recorded,
            @Nullable Required required)
            implements Check {
        public Generation {
            pictures = List.copyOf(pictures);
            settings = Map.copyOf(settings);
            recorded = List.copyOf(recorded);
            if (recorded.isEmpty()) {
                throw new IllegalArgumentException(id + ": nothing is recorded");
            }
            if (required != null
                    && required.ids() > recorded.getFirst().generated().size()) {
                throw new IllegalArgumentException(id + ": more ids are required than recorded");
            }
        }

        /** Whether the output is only shown, because nothing of the record can be required. */
        public boolean onlyShown() {
            return required != null && required.ids() == 0 && required.text().isEmpty();
        }
    }

    /**
     * The first scores of the first rows.
     *
     * @param promptIds the prompt's text as ids, where today's tokenizers cut it in another way than the record's; otherwise empty
     * @param decoderIds with an encoder: what the decoder was given
     * @param values from the first row and the first token of the vocabulary on; with a decoder alone the rows are the prompt's, the picture's
     *     first
     * @param tolerance how far one value may be off
     * @param why that tolerance
     */
    record Logits(
            String id,
            List<String> pictures,
            String prompt,
            List<Integer> promptIds,
            List<Integer> decoderIds,
            List<List<Double>> values,
            double tolerance,
            String precision,
            String source,
            String why)
            implements Check {
        public Logits {
            pictures = List.copyOf(pictures);
            promptIds = orEmpty(promptIds);
            decoderIds = orEmpty(decoderIds);
            values = List.copyOf(values);
            if (!(tolerance > 0)) {
                throw new IllegalArgumentException(id + ": a tolerance is missing");
            }
        }
    }

    /**
     * One recorded output.
     *
     * @param precision what it was computed in
     * @param source where it is published
     * @param start ids that stand before the first generated one: transformers 4.42 and before has the start token there, even where it was
     *     given embeddings alone
     * @param ids as published, the start included; empty where the text alone is recorded
     * @param text as published, the prompt cut off; null where the ids alone are recorded
     */
    record Recorded(
            String precision,
            String source,
            List<Integer> start,
            List<Integer> ids,
            @Nullable String text) {
        public Recorded {
            start = orEmpty(start);
            ids = orEmpty(ids);
            if (ids.size() < start.size() || !ids.subList(0, start.size()).equals(start)) {
                throw new IllegalArgumentException("%s: %s does not begin with %s".formatted(source, ids, start));
            }
            if (ids.isEmpty() && text == null) {
                throw new IllegalArgumentException(source + ": neither ids nor a text");
            }
        }

        /** The ids without the start: what can be compared with an answer. */
        List<Integer> generated() {
            return ids.subList(start.size(), ids.size());
        }
    }

    /**
     * The part of a record that must agree where the whole cannot be expected to.
     *
     * @param ids how many of the generated ids of the first record; 0 for none
     * @param text how the text must begin; empty for any
     */
    record Required(int ids, String text, String why) {
        public Required {
            text = text == null ? "" : text;
        }
    }

    private static List<Integer> orEmpty(@Nullable List<Integer> ids) {
        return ids == null ? List.of() : List.copyOf(ids);
    }
}
