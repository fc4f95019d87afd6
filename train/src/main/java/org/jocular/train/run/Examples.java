package org.jocular.train.run;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.jocular.systems.Preset;
import org.jocular.systems.VisionLanguageModel;
import org.jocular.tensor.BadInput;
import org.jocular.tensor.Tensor;
import org.jocular.tokenizers.Tokenizer;
import org.jocular.train.Example;
import org.jocular.train.data.Lesson;
import org.jocular.train.recipe.Stage;
import org.jspecify.annotations.Nullable;

/**
 * Puts lessons into a system's words: its preset around the questions, answers to be learned, everything else only read. Each piece of text is cut
 * into tokens by itself, as it is when the model is asked.
 */
final class Examples {
    private static final String ANSWER = "{a}";

    private final VisionLanguageModel model;
    private final Tokenizer tokenizer;
    private final Stage.Loss loss;
    private final int maxLength;
    private final Preset preset;
    private final boolean alignment;
    private final String stop;

    /**
     * @param preset one of the model's
     * @param alignment whether there is nothing but the picture, the answer and a newline: LLaVA's plain format, train.py, preprocess_plain
     * @param maxLength rows beyond which a sequence is cut off; 0: never
     */
    Examples(VisionLanguageModel model, Preset preset, boolean alignment, Stage.Loss loss, int maxLength) {
        this.model = model;
        tokenizer = model.tokenizer();
        this.preset = preset;
        this.alignment = alignment;
        this.loss = loss;
        this.maxLength = maxLength;
        stop = stop();
    }

    /** The text that ends an answer where there is one; otherwise the end of a sequence does. */
    private String stop() {
        if (alignment) {
            return "\n";
        }
        return preset.stop().stream()
                .filter(text -> !preset.converses() || following().startsWith(text))
                .findFirst()
                .orElse("");
    }

    /** What stands after an answer. */
    private String following() {
        return preset.next().substring(preset.next().indexOf(ANSWER) + ANSWER.length());
    }

    /**
     * A lesson in the system's words.
     *
     * @param pictures prepared; none where the lesson has none
     * @return null where the answer begins beyond the longest sequence, so that nothing can be learned
     */
    @Nullable
    Example of(Lesson lesson, List<Tensor> pictures) {
        Ids ids = new Ids();
        List<Preset.Turn> turns = lesson.turns();
        // The line end after a picture belongs to the question.
        String opening = alignment
                ? preset.image().strip()
                : preset.prompt(pictures.size(), List.of(), turns.getFirst().question());
        ids.add(model.ids(opening, pictures.size()), 0);
        int learned = !alignment && preset.converses() ? turns.size() : 1;
        for (int i = 0; i < learned; i++) {
            String answer = turns.get(i).answer();
            int[] words = tokenizer.encode(answer);
            int[] ended = ended(answer, words);
            ids.add(words, weight(answer));
            ids.add(after(words, ended), (float) loss.end());
            if (i + 1 < learned) {
                ids.add(next(answer, ended, turns.get(i + 1).question()), 0);
            }
        }
        float[] weights = ids.weights(maxLength);
        return IntStream.range(0, weights.length).noneMatch(i -> weights[i] > 0)
                ? null
                : new Example(pictures, false, model.instructionIds(opening), ids.ids(maxLength), weights);
    }

    /** An answer with its end, cut into tokens as one text, which is how it comes back when the model is asked again. */
    private int[] ended(String answer, int[] words) {
        int[] end = stop.isEmpty() ? new int[] {tokenizer.eosId()} : after(words, tokenizer.encode(answer + stop));
        return IntStream.concat(IntStream.of(words), IntStream.of(end)).toArray();
    }

    /** What of a further turn stands after the end of the answer before it. */
    private int[] next(String answer, int[] ended, String question) {
        String text = following().replace("{q}", question);
        if (stop.isEmpty()) {
            int[] next = tokenizer.encode(text);
            boolean eos = next.length > 0 && next[0] == tokenizer.eosId();
            return eos ? Arrays.copyOfRange(next, 1, next.length) : next;
        }
        return after(ended, tokenizer.encode(answer + text));
    }

    /** What {@code all} has beyond its beginning. */
    private static int[] after(int[] beginning, int[] all) {
        return Arrays.copyOfRange(all, Math.min(beginning.length, all.length), all.length);
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
