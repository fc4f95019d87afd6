package org.jocular.train.run;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jocular.systems.Preset;
import org.jocular.systems.VisionLanguageModel;
import org.jocular.tensor.BadInput;
import org.jocular.tensor.Tensor;
import org.jocular.tokenizers.Tokenizer;
import org.jocular.train.Example;
import org.jocular.train.data.Lesson;
import org.jocular.train.recipe.Stage;

/**
 * Puts lessons into a system's words: its preset around the questions, answers to be learned, everything else only read. Each piece of text is cut
 * into tokens by itself, as it is when the model is asked.
 */
final class Examples {
    private final VisionLanguageModel model;
    private final Stage.Loss loss;
    private final int maxLength;
    private final Preset preset;
    private final boolean alignment;
    private final int[] end;

    /**
     * @param preset one of the model's
     * @param alignment whether there is nothing but the picture, the answer and a newline: LLaVA's plain format, train.py, preprocess_plain
     * @param maxLength rows beyond which a sequence is cut off; 0: never
     */
    Examples(VisionLanguageModel model, Preset preset, boolean alignment, Stage.Loss loss, int maxLength) {
        this.model = model;
        this.preset = preset;
        this.alignment = alignment;
        this.loss = loss;
        this.maxLength = maxLength;
        end = end();
    }

    /** What is learned to end an answer: the text that stops it where the preset has one, else the end of a sequence. */
    private int[] end() {
        Tokenizer tokenizer = model.tokenizer();
        if (alignment) {
            return tokenizer.encode("\n");
        }
        boolean stopped = preset.stop().stream().anyMatch(stop -> preset.next().startsWith("{a}" + stop));
        return stopped ? tokenizer.encode(preset.stop().getFirst()) : new int[] {tokenizer.eosId()};
    }

    /** @param picture prepared; null where the lesson has none */
    Example of(Lesson lesson, List<Tensor> pictures) {
        Ids ids = new Ids();
        List<Preset.Turn> turns = lesson.turns();
        String opening = alignment
                ? preset.image()
                : preset.prompt(pictures.size(), List.of(), turns.getFirst().question());
        ids.add(model.ids(opening, pictures.size()), 0);
        for (int i = 0; i < turns.size() && (i == 0 || preset.converses()); i++) {
            if (i > 0) {
                ids.read(next(turns.get(i).question()));
            }
            String answer = turns.get(i).answer();
            ids.add(model.candidateIds(answer), weight(answer));
            ids.add(end, (float) loss.end());
        }
        return new Example(pictures, false, model.instructionIds(opening), ids.ids(maxLength), ids.weights(maxLength));
    }

    /** Of a further turn what stands after the answer before it. */
    private int[] next(String question) {
        String text = preset.next()
                .substring(preset.next().indexOf("{a}") + "{a}".length())
                .replace("{q}", question);
        int[] next = model.tokenizer().encode(text);
        // The answer's end was learned with the answer.
        boolean ended = next.length >= end.length && Arrays.equals(Arrays.copyOf(next, end.length), end);
        return ended ? Arrays.copyOfRange(next, end.length, next.length) : next;
    }

    private float weight(String answer) {
        boolean isLong = loss.longWords() > 0 && answer.split("\\s+", -1).length >= loss.longWords();
        return (float) (isLong ? loss.longWeight() : 1);
    }

    /** Ids with the weight of each. */
    private final class Ids {
        private final List<Integer> values = new ArrayList<>();
        private final List<Float> weights = new ArrayList<>();

        void add(int[] ids, float weight) {
            for (int id : ids) {
                values.add(id);
                weights.add(weight);
            }
        }

        void read(int[] ids) {
            add(ids, 0);
        }

        int[] ids(int limit) {
            int[] ids = values.stream().mapToInt(Integer::intValue).toArray();
            return limit > 0 && limit < ids.length ? Arrays.copyOf(ids, limit) : ids;
        }

        float[] weights(int limit) {
            float[] all = new float[limit > 0 ? Math.min(limit, weights.size()) : weights.size()];
            for (int i = 0; i < all.length; i++) {
                all[i] = weights.get(i);
            }
            return all;
        }
    }

    /** The stage's own, or the model's first. */
    static Examples of(VisionLanguageModel model, Stage stage) {
        boolean alignment = stage.prompt().equals(Stage.ALIGNMENT);
        Preset preset = model.presets().stream()
                .filter(each -> each.name().equals(stage.prompt()))
                .findFirst()
                .orElse(alignment ? model.presets().getFirst() : null);
        if (preset == null) {
            throw new BadInput("stage %s asks for preset %s, expected %s or one of %s"
                    .formatted(
                            stage.name(),
                            stage.prompt(),
                            Stage.ALIGNMENT,
                            String.join(
                                    ", ",
                                    model.presets().stream().map(Preset::name).toList())));
        }
        return new Examples(model, preset, alignment, stage.loss(), stage.maxLength());
    }
}
