package org.jocular.llama;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jocular.tensor.BadInput;
import org.jocular.weights.GenerationConfig;
import org.jocular.weights.GenerationConfig.EarlyStopping;

/**
 * How tokens are chosen and when to stop; the components are named as in Hugging Face's GenerationConfig.
 *
 * @param maxNewTokens at most so many tokens are generated
 * @param minNewTokens no end token before so many
 * @param maxLength at most so many tokens that count, see {@code promptCounts}; 0 for no limit
 * @param minLength no end token before so many tokens that count
 * @param numBeams sequences that a beam search follows; 1 for none
 * @param numReturnSequences how many of the best are returned
 * @param lengthPenalty exponent of the length by which a sequence's log-probability is divided; above 0 favours long ones
 * @param earlyStopping when a beam search stops
 * @param doSample draw from the distribution instead of taking the likeliest token
 * @param temperature divides the scores before drawing
 * @param topK draw from the k likeliest only; 0 from all
 * @param topP draw from the smallest set of likeliest tokens that together have this probability; 1 from all
 * @param repetitionPenalty above 1 makes each token that occurred less likely; Keskar et al. 2019
 * @param noRepeatNgramSize no sequence of so many tokens occurs twice; 0 for no limit
 * @param badWordsIds sequences of tokens that must not occur
 * @param promptCounts whether the prompt's tokens count for lengths and repetitions: true for Hugging Face's decoder-only classes, false for
 *     the original repositories, which hand over embeddings alone. With an encoder the decoder's own tokens count, the start token too
 * @param seed for drawing: the same seed gives the same answer
 * @param eosTokenIds tokens that end the answer
 * @param stop texts that end the answer; they are cut off
 */
public record GenerationSettings(
        int maxNewTokens,
        int minNewTokens,
        int maxLength,
        int minLength,
        int numBeams,
        int numReturnSequences,
        double lengthPenalty,
        EarlyStopping earlyStopping,
        boolean doSample,
        double temperature,
        int topK,
        double topP,
        double repetitionPenalty,
        int noRepeatNgramSize,
        List<List<Integer>> badWordsIds,
        boolean promptCounts,
        long seed,
        List<Integer> eosTokenIds,
        List<String> stop) {

    public GenerationSettings {
        eosTokenIds = List.copyOf(eosTokenIds);
        stop = List.copyOf(stop);
        badWordsIds = badWordsIds.stream().map(List::copyOf).toList();
        require(maxNewTokens >= 1, "max_new_tokens is %s, expected at least 1", maxNewTokens);
        require(minNewTokens >= 0, "min_new_tokens is %s, expected at least 0", minNewTokens);
        require(maxLength >= 0, "max_length is %s, expected at least 0", maxLength);
        require(minLength >= 0, "min_length is %s, expected at least 0", minLength);
        require(numBeams >= 1 && numBeams <= 1024, "num_beams is %s, expected 1 to 1024", numBeams);
        require(
                numReturnSequences >= 1 && numReturnSequences <= numBeams,
                "num_return_sequences is %s, expected 1 to the number of beams",
                numReturnSequences);
        require(Double.isFinite(lengthPenalty), "length_penalty is %s, expected a number", lengthPenalty);
        require(
                temperature > 0,
                "temperature is %s, expected more than 0 (without do_sample nothing is drawn)",
                temperature);
        require(topK >= 0, "top_k is %s, expected at least 0", topK);
        require(topP > 0 && topP <= 1, "top_p is %s, expected more than 0 and at most 1", topP);
        require(repetitionPenalty > 0, "repetition_penalty is %s, expected more than 0", repetitionPenalty);
        require(noRepeatNgramSize >= 0, "no_repeat_ngram_size is %s, expected at least 0", noRepeatNgramSize);
        require(badWordsIds.stream().noneMatch(List::isEmpty), "a forbidden word has no tokens%s", "");
    }

    /** The likeliest token each time. */
    public static GenerationSettings greedy(int maxNewTokens, List<Integer> eosTokenIds) {
        return builder().maxNewTokens(maxNewTokens).eosTokenIds(eosTokenIds).build();
    }

    /** How many tokens at most, where {@code counted} tokens that count precede the first. */
    int newTokens(int counted) {
        if (maxLength == 0) {
            return maxNewTokens;
        }
        if (maxLength <= counted) {
            throw new BadInput(
                    "max_length is %d, but %d tokens precede the answer and count".formatted(maxLength, counted));
        }
        return Math.min(maxNewTokens, maxLength - counted);
    }

    /** 20 new tokens, greedy: what transformers assumes. */
    public static Builder builder() {
        return new Builder(new GenerationSettings(
                20,
                0,
                0,
                0,
                1,
                1,
                1,
                EarlyStopping.HEURISTIC,
                false,
                1,
                50,
                1,
                1,
                0,
                List.of(),
                true,
                0,
                List.of(),
                List.of()));
    }

    /** What a model's files say; where they do not limit the new tokens, {@code maxNewTokens}. */
    public static Builder builder(GenerationConfig config, int maxNewTokens) {
        return builder()
                .maxNewTokens(config.maxNewTokens() == null ? maxNewTokens : config.maxNewTokens())
                .minNewTokens(config.minNewTokens() == null ? 0 : config.minNewTokens())
                .numBeams(config.numBeams())
                .lengthPenalty(config.lengthPenalty())
                .earlyStopping(config.earlyStopping())
                .doSample(config.doSample())
                // Files of models that do not sample say 0, for "not used"; a distribution divided by 0 is none.
                .temperature(config.temperature() == 0 ? 1 : config.temperature())
                .topK(config.topK())
                .topP(config.topP() == 0 ? 1 : config.topP())
                .repetitionPenalty(config.repetitionPenalty())
                .noRepeatNgramSize(config.noRepeatNgramSize())
                .eosTokenIds(config.eosTokenIds());
    }

    /** The settings under Hugging Face's names, as results and presets show them. */
    public Map<String, Object> asMap() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("max_new_tokens", maxNewTokens);
        map.put("min_new_tokens", minNewTokens);
        map.put("max_length", maxLength);
        map.put("min_length", minLength);
        map.put("num_beams", numBeams);
        map.put("num_return_sequences", numReturnSequences);
        map.put("length_penalty", lengthPenalty);
        map.put(
                "early_stopping",
                switch (earlyStopping) {
                    case HEURISTIC -> false;
                    case AT_ENOUGH_HYPOTHESES -> true;
                    case NEVER -> "never";
                });
        map.put("do_sample", doSample);
        map.put("temperature", temperature);
        map.put("top_k", topK);
        map.put("top_p", topP);
        map.put("repetition_penalty", repetitionPenalty);
        map.put("no_repeat_ngram_size", noRepeatNgramSize);
        map.put("bad_words_ids", badWordsIds);
        map.put("prompt_counts", promptCounts);
        map.put("seed", seed);
        map.put("eos_token_id", eosTokenIds);
        map.put("stop", stop);
        return map;
    }

    /** With no more new tokens than the context has room for after a prompt of so many. */
    public GenerationSettings fitted(LanguageModel model, int prompt) {
        int room = switch (model) {
            case CausalLm causal -> model.contextLength() - prompt;
            case EncoderDecoderLm encoderDecoder -> model.contextLength() - 1; // the start token
        };
        return room < 1 || room >= maxNewTokens
                ? this
                : toBuilder().maxNewTokens(room).build();
    }

    public Builder toBuilder() {
        return new Builder(this);
    }

    private static void require(boolean holds, String message, Object value) {
        if (!holds) {
            throw new BadInput(message.formatted(value));
        }
    }

    /** Changes some of the settings. */
    public static final class Builder {
        private int maxNewTokens;
        private int minNewTokens;
        private int maxLength;
        private int minLength;
        private int numBeams;
        private int numReturnSequences;
        private double lengthPenalty;
        private EarlyStopping earlyStopping;
        private boolean doSample;
        private double temperature;
        private int topK;
        private double topP;
        private double repetitionPenalty;
        private int noRepeatNgramSize;
        private List<List<Integer>> badWordsIds;
        private boolean promptCounts;
        private long seed;
        private List<Integer> eosTokenIds;
        private List<String> stop;

        private Builder(GenerationSettings from) {
            maxNewTokens = from.maxNewTokens;
            minNewTokens = from.minNewTokens;
            maxLength = from.maxLength;
            minLength = from.minLength;
            numBeams = from.numBeams;
            numReturnSequences = from.numReturnSequences;
            lengthPenalty = from.lengthPenalty;
            earlyStopping = from.earlyStopping;
            doSample = from.doSample;
            temperature = from.temperature;
            topK = from.topK;
            topP = from.topP;
            repetitionPenalty = from.repetitionPenalty;
            noRepeatNgramSize = from.noRepeatNgramSize;
            badWordsIds = from.badWordsIds;
            promptCounts = from.promptCounts;
            seed = from.seed;
            eosTokenIds = from.eosTokenIds;
            stop = from.stop;
        }

        public Builder maxNewTokens(int value) {
            maxNewTokens = value;
            return this;
        }

        public Builder minNewTokens(int value) {
            minNewTokens = value;
            return this;
        }

        public Builder maxLength(int value) {
            maxLength = value;
            return this;
        }

        public Builder minLength(int value) {
            minLength = value;
            return this;
        }

        public Builder numBeams(int value) {
            numBeams = value;
            return this;
        }

        public Builder numReturnSequences(int value) {
            numReturnSequences = value;
            return this;
        }

        public Builder lengthPenalty(double value) {
            lengthPenalty = value;
            return this;
        }

        public Builder earlyStopping(EarlyStopping value) {
            earlyStopping = value;
            return this;
        }

        public Builder doSample(boolean value) {
            doSample = value;
            return this;
        }

        public Builder temperature(double value) {
            temperature = value;
            return this;
        }

        public Builder topK(int value) {
            topK = value;
            return this;
        }

        public Builder topP(double value) {
            topP = value;
            return this;
        }

        public Builder repetitionPenalty(double value) {
            repetitionPenalty = value;
            return this;
        }

        public Builder noRepeatNgramSize(int value) {
            noRepeatNgramSize = value;
            return this;
        }

        public Builder badWordsIds(List<List<Integer>> value) {
            badWordsIds = value;
            return this;
        }

        public Builder promptCounts(boolean value) {
            promptCounts = value;
            return this;
        }

        public Builder seed(long value) {
            seed = value;
            return this;
        }

        public Builder eosTokenIds(List<Integer> value) {
            eosTokenIds = value;
            return this;
        }

        public Builder stop(List<String> value) {
            stop = value;
            return this;
        }

        /**
         * Changes settings by Hugging Face's names: numbers, flags, and for {@code early_stopping} also "never".
         *
         * @throws BadInput for a name that is none, or a value of another type
         */
        public Builder set(Map<String, ?> named) {
            named.forEach(this::set);
            return this;
        }

        private void set(String name, Object value) {
            try {
                switch (name) {
                    case "max_new_tokens" -> maxNewTokens = ((Number) value).intValue();
                    case "min_new_tokens" -> minNewTokens = ((Number) value).intValue();
                    case "max_length" -> maxLength = ((Number) value).intValue();
                    case "min_length" -> minLength = ((Number) value).intValue();
                    case "num_beams" -> numBeams = ((Number) value).intValue();
                    case "num_return_sequences" -> numReturnSequences = ((Number) value).intValue();
                    case "length_penalty" -> lengthPenalty = ((Number) value).doubleValue();
                    case "early_stopping" ->
                        earlyStopping = value.equals("never")
                                ? EarlyStopping.NEVER
                                : (Boolean) value ? EarlyStopping.AT_ENOUGH_HYPOTHESES : EarlyStopping.HEURISTIC;
                    case "do_sample" -> doSample = (Boolean) value;
                    case "temperature" -> temperature = ((Number) value).doubleValue();
                    case "top_k" -> topK = ((Number) value).intValue();
                    case "top_p" -> topP = ((Number) value).doubleValue();
                    case "repetition_penalty" -> repetitionPenalty = ((Number) value).doubleValue();
                    case "no_repeat_ngram_size" -> noRepeatNgramSize = ((Number) value).intValue();
                    case "prompt_counts" -> promptCounts = (Boolean) value;
                    case "seed" -> seed = ((Number) value).longValue();
                    case "eos_token_id" -> eosTokenIds = List.of(((Number) value).intValue());
                    default -> throw new BadInput("there is no generation setting " + name);
                }
            } catch (ClassCastException e) {
                throw new BadInput("the generation setting %s cannot be %s".formatted(name, value), e);
            }
        }

        /** @throws BadInput if a setting makes no sense */
        public GenerationSettings build() {
            return new GenerationSettings(
                    maxNewTokens,
                    minNewTokens,
                    maxLength,
                    minLength,
                    numBeams,
                    numReturnSequences,
                    lengthPenalty,
                    earlyStopping,
                    doSample,
                    temperature,
                    topK,
                    topP,
                    repetitionPenalty,
                    noRepeatNgramSize,
                    badWordsIds,
                    promptCounts,
                    seed,
                    eosTokenIds,
                    stop);
        }
    }
}
