package org.jocular.weights;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.BiFunction;
import java.util.stream.IntStream;
import org.jocular.tensor.BadInput;
import org.jspecify.annotations.Nullable;

/**
 * How a model wants its text to be generated, from {@code generation_config.json} or {@code config.json}; what neither says has the default
 * of transformers (generation/configuration_utils.py). Numbers of tokens; null where there is none.
 *
 * @param eosTokenIds  any of them ends a sequence; may be empty
 * @param maxLength    prompt and new tokens together; {@code maxNewTokens} has priority
 * @param minLength    prompt and new tokens together; {@code minNewTokens} has priority
 * @param topK         0 for no limit
 */
public record GenerationConfig(
        @Nullable Integer bosTokenId,
        List<Integer> eosTokenIds,
        @Nullable Integer padTokenId,
        @Nullable Integer decoderStartTokenId,
        boolean doSample,
        double temperature,
        double topP,
        int topK,
        double repetitionPenalty,
        int noRepeatNgramSize,
        int maxLength,
        @Nullable Integer maxNewTokens,
        int minLength,
        @Nullable Integer minNewTokens,
        int numBeams,
        double lengthPenalty,
        EarlyStopping earlyStopping) {
    private static final int MAX_TOKENS = 1 << 28;

    /** When a beam search stops: transformers writes false, true or "never". */
    public enum EarlyStopping {
        HEURISTIC,
        AT_ENOUGH_HYPOTHESES,
        NEVER
    }

    public GenerationConfig {
        eosTokenIds = List.copyOf(eosTokenIds);
    }

    /** What transformers assumes for a model that says nothing: 20 tokens, greedy. */
    public static GenerationConfig defaults() {
        return new GenerationConfig(
                null, List.of(), null, null, false, 1, 1, 50, 1, 0, 20, null, 0, null, 1, 1, EarlyStopping.HEURISTIC);
    }

    /**
     * The settings of a model directory. {@code generation_config.json} alone decides where there is one; otherwise older models keep the
     * same fields in {@code config.json}, or in its {@code text_config}. Token ids that are still unknown come from there in any case:
     * without an end token nothing would ever end.
     *
     * @throws BadInput for a field that makes no sense
     */
    public static GenerationConfig read(Path directory) {
        Path generation = directory.resolve("generation_config.json");
        Path model = directory.resolve("config.json");
        GenerationConfig config = defaults();
        if (Files.exists(generation)) {
            config = of(JsonFile.read(generation));
        }
        if (Files.exists(model)) {
            Fields whole = JsonFile.read(model);
            Fields text = whole.objectOrNull("text_config");
            GenerationConfig older = text == null ? of(whole) : of(whole, of(text));
            config = Files.exists(generation) ? config.withIdsOf(older) : older;
        }
        return config;
    }

    /** The settings of one object, with transformers' defaults. */
    public static GenerationConfig of(Fields fields) {
        return of(fields, defaults());
    }

    /** The settings of one object; what it lacks is as in {@code absent}. */
    public static GenerationConfig of(Fields fields, GenerationConfig absent) {
        return new GenerationConfig(
                or(fields, "bos_token_id", Fields::idOrNull, absent.bosTokenId),
                fields.has("eos_token_id")
                        ? IntStream.of(fields.ids("eos_token_id")).boxed().toList()
                        : absent.eosTokenIds,
                or(fields, "pad_token_id", Fields::idOrNull, absent.padTokenId),
                or(fields, "decoder_start_token_id", Fields::idOrNull, absent.decoderStartTokenId),
                fields.flag("do_sample", absent.doSample),
                atLeastZero(fields, "temperature", absent.temperature),
                probability(fields, "top_p", absent.topP),
                fields.intBetween("top_k", 0, MAX_TOKENS, absent.topK),
                fields.positiveNumber("repetition_penalty", absent.repetitionPenalty),
                fields.intBetween("no_repeat_ngram_size", 0, MAX_TOKENS, absent.noRepeatNgramSize),
                fields.positiveInt("max_length", absent.maxLength),
                or(fields, "max_new_tokens", Fields::positiveInt, absent.maxNewTokens),
                fields.intBetween("min_length", 0, MAX_TOKENS, absent.minLength),
                or(fields, "min_new_tokens", (f, name) -> f.intBetween(name, 0, MAX_TOKENS), absent.minNewTokens),
                fields.intBetween("num_beams", 1, 1 << 16, absent.numBeams),
                fields.number("length_penalty", absent.lengthPenalty),
                earlyStopping(fields, absent.earlyStopping));
    }

    private GenerationConfig withIdsOf(GenerationConfig other) {
        return new GenerationConfig(
                bosTokenId == null ? other.bosTokenId : bosTokenId,
                eosTokenIds.isEmpty() ? other.eosTokenIds : eosTokenIds,
                padTokenId == null ? other.padTokenId : padTokenId,
                decoderStartTokenId == null ? other.decoderStartTokenId : decoderStartTokenId,
                doSample,
                temperature,
                topP,
                topK,
                repetitionPenalty,
                noRepeatNgramSize,
                maxLength,
                maxNewTokens,
                minLength,
                minNewTokens,
                numBeams,
                lengthPenalty,
                earlyStopping);
    }

    private static @Nullable Integer or(
            Fields fields, String name, BiFunction<Fields, String, @Nullable Integer> read, @Nullable Integer absent) {
        return fields.has(name) ? read.apply(fields, name) : absent;
    }

    private static double atLeastZero(Fields fields, String name, double absent) {
        double value = fields.number(name, absent);
        fields.require(value >= 0, "has %s = %s, expected at least 0".formatted(name, value));
        return value;
    }

    private static double probability(Fields fields, String name, double absent) {
        double value = fields.number(name, absent);
        fields.require(value >= 0 && value <= 1, "has %s = %s, expected 0 to 1".formatted(name, value));
        return value;
    }

    private static EarlyStopping earlyStopping(Fields fields, EarlyStopping absent) {
        String name = "early_stopping";
        if (!fields.has(name)) {
            return absent;
        }
        if (fields.isText(name)) {
            fields.oneOf(name, List.of("never"));
            return EarlyStopping.NEVER;
        }
        return fields.flag(name) ? EarlyStopping.AT_ENOUGH_HYPOTHESES : EarlyStopping.HEURISTIC;
    }
}
