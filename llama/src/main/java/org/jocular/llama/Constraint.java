package org.jocular.llama;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Changes the scores of the next token in view of the tokens so far: the logits processors of Hugging Face, one small piece each, in the
 * order in which transformers applies them.
 */
@FunctionalInterface
interface Constraint {
    /**
     * @param scores one a token of the vocabulary, changed in place: logits, or log-probabilities in a beam search
     * @param tokens the tokens that count, oldest first: of the prompt too, where the settings say so
     * @param generated how many tokens were generated so far
     */
    void apply(float[] scores, List<Integer> tokens, int generated);

    /** What the settings ask for; empty if nothing. */
    static List<Constraint> of(GenerationSettings settings) {
        List<Constraint> constraints = new ArrayList<>();
        if (settings.repetitionPenalty() != 1) {
            constraints.add(repetitionPenalty((float) settings.repetitionPenalty()));
        }
        if (settings.noRepeatNgramSize() > 0) {
            constraints.add(noRepeatNgram(settings.noRepeatNgramSize()));
        }
        if (settings.minNewTokens() > 0) {
            constraints.add(minNewTokens(settings.minNewTokens(), settings.eosTokenIds()));
        }
        return constraints;
    }

    /** Each distinct token once: a positive score is divided, a negative one multiplied; Keskar et al. 2019. */
    static Constraint repetitionPenalty(float penalty) {
        return (scores, tokens, generated) -> {
            Set<Integer> seen = new HashSet<>(tokens);
            for (int id : seen) {
                if (id >= 0 && id < scores.length) {
                    scores[id] = scores[id] > 0 ? scores[id] / penalty : scores[id] * penalty;
                }
            }
        };
    }

    /** No token that would complete a sequence of {@code size} tokens that occurred before. */
    static Constraint noRepeatNgram(int size) {
        return (scores, tokens, generated) -> {
            int prefix = size - 1;
            if (tokens.size() < prefix) {
                return;
            }
            List<Integer> last = tokens.subList(tokens.size() - prefix, tokens.size());
            for (int i = 0; i + prefix < tokens.size(); i++) {
                int next = tokens.get(i + prefix);
                if (next >= 0
                        && next < scores.length
                        && tokens.subList(i, i + prefix).equals(last)) {
                    scores[next] = Float.NEGATIVE_INFINITY;
                }
            }
        };
    }

    /** No end token before {@code min} tokens. */
    static Constraint minNewTokens(int min, List<Integer> eosTokenIds) {
        return (scores, tokens, generated) -> {
            if (generated < min) {
                for (int id : eosTokenIds) {
                    if (id < scores.length) {
                        scores[id] = Float.NEGATIVE_INFINITY;
                    }
                }
            }
        };
    }
}
