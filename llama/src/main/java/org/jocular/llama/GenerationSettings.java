package org.jocular.llama;

import java.util.List;
import org.jocular.tensor.BadInput;

/**
 * How tokens are chosen and when to stop; the components are named as in Hugging Face's GenerationConfig.
 *
 * @param maxNewTokens at most so many tokens are generated
 * @param minNewTokens no end token before so many
 * @param doSample draw from the distribution instead of taking the likeliest token
 * @param temperature divides the logits before drawing
 * @param topK draw from the k likeliest only; 0 from all
 * @param topP draw from the smallest set of likeliest tokens that together have this probability; 1 from all
 * @param repetitionPenalty above 1 makes each token that occurred less likely; Keskar et al. 2019
 * @param noRepeatNgramSize no sequence of so many tokens occurs twice; 0 for no limit
 * @param promptCounts whether the prompt's tokens count for the two settings above: true for Hugging Face's decoder-only classes, false
 *     for the original repositories, which hand over embeddings alone
 * @param seed for drawing: the same seed gives the same answer
 * @param eosTokenIds tokens that end the answer
 * @param stop texts that end the answer; they are cut off
 */
public record GenerationSettings(
        int maxNewTokens,
        int minNewTokens,
        boolean doSample,
        double temperature,
        int topK,
        double topP,
        double repetitionPenalty,
        int noRepeatNgramSize,
        boolean promptCounts,
        long seed,
        List<Integer> eosTokenIds,
        List<String> stop) {

    public GenerationSettings {
        eosTokenIds = List.copyOf(eosTokenIds);
        stop = List.copyOf(stop);
        require(maxNewTokens >= 1, "max_new_tokens is %d, expected at least 1", maxNewTokens);
        require(minNewTokens >= 0, "min_new_tokens is %d, expected at least 0", minNewTokens);
        require(
                temperature > 0,
                "temperature is %s, expected more than 0 (without do_sample nothing is drawn)",
                temperature);
        require(topK >= 0, "top_k is %d, expected at least 0", topK);
        require(topP > 0 && topP <= 1, "top_p is %s, expected more than 0 and at most 1", topP);
        require(repetitionPenalty > 0, "repetition_penalty is %s, expected more than 0", repetitionPenalty);
        require(noRepeatNgramSize >= 0, "no_repeat_ngram_size is %d, expected at least 0", noRepeatNgramSize);
    }

    /** The likeliest token each time. */
    public static GenerationSettings greedy(int maxNewTokens, List<Integer> eosTokenIds) {
        return new GenerationSettings(maxNewTokens, 0, false, 1, 50, 1, 1, 0, true, 0, eosTokenIds, List.of());
    }

    private static void require(boolean holds, String message, Object value) {
        if (!holds) {
            throw new BadInput(message.formatted(value));
        }
    }
}
