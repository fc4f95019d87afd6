package org.jocular.llama;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Set;

/**
 * Changes the scores of the next token in view of the tokens so far: the logits processors and warpers of Hugging Face
 * ({@code generation/logits_process.py}), one small piece each. Greedy search, sampling and beams use the same list.
 */
@FunctionalInterface
interface Constraint {
    /**
     * @param scores one a token of the vocabulary, changed in place: logits, or log-probabilities in a beam search
     * @param tokens the tokens that count, oldest first: of the prompt too, where the settings say so
     * @param generated how many tokens were generated so far
     */
    void apply(float[] scores, List<Integer> tokens, int generated);

    /** What the settings ask for, in the order in which transformers applies it; empty if nothing. */
    static List<Constraint> of(GenerationSettings settings) {
        List<Constraint> constraints = new ArrayList<>();
        if (settings.repetitionPenalty() != 1) {
            constraints.add(repetitionPenalty((float) settings.repetitionPenalty()));
        }
        if (settings.noRepeatNgramSize() > 0) {
            constraints.add(noRepeatNgram(settings.noRepeatNgramSize()));
        }
        if (!settings.badWordsIds().isEmpty()) {
            constraints.add(badWords(settings.badWordsIds()));
        }
        if (settings.minLength() > 0) {
            constraints.add(minLength(settings.minLength(), settings.eosTokenIds()));
        }
        if (settings.minNewTokens() > 0) {
            constraints.add(minNewTokens(settings.minNewTokens(), settings.eosTokenIds()));
        }
        if (settings.doSample()) {
            constraints.addAll(warpers(settings));
        }
        return constraints;
    }

    private static List<Constraint> warpers(GenerationSettings settings) {
        // A beam search needs candidates that go on besides those that end: min_tokens_to_keep in transformers.
        int keep = settings.numBeams() == 1 ? 1 : settings.eosTokenIds().size() + 1;
        List<Constraint> warpers = new ArrayList<>();
        if (settings.temperature() != 1) {
            warpers.add(temperature((float) settings.temperature()));
        }
        if (settings.topK() > 0) {
            warpers.add(topK(Math.max(settings.topK(), keep)));
        }
        if (settings.topP() < 1) {
            warpers.add(topP(settings.topP(), keep));
        }
        return warpers;
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
                if (tokens.subList(i, i + prefix).equals(last)) {
                    forbid(scores, tokens.get(i + prefix));
                }
            }
        };
    }

    /** No token that would complete one of these sequences. */
    static Constraint badWords(List<List<Integer>> words) {
        return (scores, tokens, generated) -> {
            for (List<Integer> word : words) {
                int prefix = word.size() - 1;
                if (tokens.size() >= prefix
                        && tokens.subList(tokens.size() - prefix, tokens.size()).equals(word.subList(0, prefix))) {
                    forbid(scores, word.getLast());
                }
            }
        };
    }

    /** No end token before {@code min} tokens, those of the prompt included where it counts. */
    static Constraint minLength(int min, List<Integer> eosTokenIds) {
        return (scores, tokens, generated) -> {
            if (tokens.size() < min) {
                eosTokenIds.forEach(id -> forbid(scores, id));
            }
        };
    }

    /** No end token before {@code min} new tokens. */
    static Constraint minNewTokens(int min, List<Integer> eosTokenIds) {
        return (scores, tokens, generated) -> {
            if (generated < min) {
                eosTokenIds.forEach(id -> forbid(scores, id));
            }
        };
    }

    /** Above 1 makes the distribution flatter, below 1 sharper. */
    static Constraint temperature(float temperature) {
        return (scores, tokens, generated) -> {
            for (int id = 0; id < scores.length; id++) {
                scores[id] /= temperature;
            }
        };
    }

    /** Leaves the k highest, and those that equal the lowest of them; Fan et al. 2018. */
    static Constraint topK(int k) {
        return (scores, tokens, generated) -> {
            if (k >= scores.length) {
                return;
            }
            PriorityQueue<Float> highest = new PriorityQueue<>(k + 1);
            for (float score : scores) {
                if (highest.size() < k || score > highest.element()) {
                    highest.add(score);
                    if (highest.size() > k) {
                        highest.remove();
                    }
                }
            }
            float lowest = highest.element();
            for (int id = 0; id < scores.length; id++) {
                if (scores[id] < lowest) {
                    scores[id] = Float.NEGATIVE_INFINITY;
                }
            }
        };
    }

    /** Leaves the smallest set of the highest that together have probability p, at least {@code keep}; Holtzman et al. 2020. */
    static Constraint topP(double p, int keep) {
        return (scores, tokens, generated) -> {
            float[] sorted = scores.clone();
            Arrays.sort(sorted); // ascending, −∞ first
            float max = sorted[sorted.length - 1];
            double sum = 0;
            for (float score : sorted) {
                sum += Math.exp(score - max);
            }
            // From the lowest on, as long as what is left out stays at most 1 − p.
            double below = 0;
            int cut = 0;
            while (cut < sorted.length - keep && (below += Math.exp(sorted[cut] - max)) <= (1 - p) * sum) {
                cut++;
            }
            float lowest = sorted[cut];
            for (int id = 0; id < scores.length; id++) {
                if (scores[id] < lowest) {
                    scores[id] = Float.NEGATIVE_INFINITY;
                }
            }
        };
    }

    private static void forbid(float[] scores, int id) {
        if (id >= 0 && id < scores.length) {
            scores[id] = Float.NEGATIVE_INFINITY;
        }
    }
}
