package org.jocular.cli;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.jocular.llama.GenerationSettings;
import org.jocular.llama.LanguageModel;
import org.jocular.systems.Preset;
import org.jocular.systems.VisionLanguageModel;
import org.jocular.tensor.BadInput;
import org.jocular.tokenizers.Tokenizer;
import org.jocular.weights.GenerationConfig.EarlyStopping;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** How to generate, in the words of Hugging Face's GenerationConfig; what is not given is as the preset says, or the model's own files. */
final class GenerationOptions {
    @Option(names = "--max-new-tokens", paramLabel = "N", description = "Generate at most so many tokens.")
    @Nullable
    Integer maxNewTokens;

    @Option(names = "--min-new-tokens", paramLabel = "N", description = "Do not end before so many tokens.")
    @Nullable
    Integer minNewTokens;

    @Option(
            names = "--do-sample",
            negatable = true,
            description = "Draw tokens from their distribution instead of taking the likeliest.")
    @Nullable
    Boolean doSample;

    @Option(names = "--temperature", paramLabel = "T", description = "Above 1 draws more boldly, below 1 less.")
    @Nullable
    Double temperature;

    @Option(
            names = "--top-p",
            paramLabel = "P",
            description = "Draw from the likeliest tokens of together this probability.")
    @Nullable
    Double topP;

    @Option(names = "--top-k", paramLabel = "K", description = "Draw from the K likeliest tokens; 0: from all.")
    @Nullable
    Integer topK;

    @Option(names = "--seed", paramLabel = "N", description = "The same seed draws the same answer (default: 0).")
    long seed;

    @Option(
            names = "--repetition-penalty",
            paramLabel = "R",
            description = "Above 1 avoids tokens that occurred already.")
    @Nullable
    Double repetitionPenalty;

    @Option(names = "--no-repeat-ngram-size", paramLabel = "N", description = "No sequence of N tokens occurs twice.")
    @Nullable
    Integer noRepeatNgramSize;

    @Option(
            names = "--eos-token-id",
            paramLabel = "ID",
            description = "End at this token (several: repeat the option).")
    List<Integer> eosTokenIds = new ArrayList<>();

    @Option(names = "--stop", paramLabel = "TEXT", description = "End before this text (several: repeat the option).")
    List<String> stop = new ArrayList<>();

    @Option(names = "--num-beams", paramLabel = "N", description = "Beams of a beam search; 1 for none.")
    @Nullable
    Integer numBeams;

    @Option(
            names = "--num-return-sequences",
            paramLabel = "N",
            description = "How many of the best sequences --json prints (default: 1).")
    @Nullable
    Integer numReturnSequences;

    @Option(
            names = "--length-penalty",
            paramLabel = "L",
            description = "Of a beam search: above 0 favours long answers, below 0 short ones.")
    @Nullable
    Double lengthPenalty;

    @Option(
            names = "--early-stopping",
            paramLabel = "WHEN",
            converter = EarlyStoppingConverter.class,
            description = "When a beam search stops: true, false or never.")
    @Nullable
    EarlyStopping earlyStopping;

    @Option(
            names = "--max-length",
            paramLabel = "N",
            description = "At most so many tokens, the prompt included where it counts.")
    @Nullable
    Integer maxLength;

    @Option(
            names = "--min-length",
            paramLabel = "N",
            description = "No end before so many tokens, the prompt included where it counts.")
    @Nullable
    Integer minLength;

    @Option(
            names = "--prompt-counts",
            negatable = true,
            description = "Whether the prompt's tokens count for lengths and repetitions.")
    @Nullable
    Boolean promptCounts;

    @Option(
            names = "--bad-word",
            paramLabel = "TEXT",
            description = "A word that must not occur (several: repeat the option).")
    List<String> badWords = new ArrayList<>();

    /** {@code true}, {@code false} and {@code never}, as transformers writes them. */
    static final class EarlyStoppingConverter implements ITypeConverter<EarlyStopping> {
        @Override
        public EarlyStopping convert(String value) {
            return switch (value) {
                case "true" -> EarlyStopping.AT_ENOUGH_HYPOTHESES;
                case "false" -> EarlyStopping.HEURISTIC;
                case "never" -> EarlyStopping.NEVER;
                default -> throw new TypeConversionException("expected true, false or never, not " + value);
            };
        }
    }

    /**
     * The settings of a run: what the model's files say, then the preset, then the user.
     *
     * @param preset null for a prompt as it is
     */
    GenerationSettings settings(VisionLanguageModel vlm, @Nullable Preset preset) {
        return settings(vlm, preset, Map.of());
    }

    /** The same with what a benchmark says between the preset and the user. */
    GenerationSettings settings(VisionLanguageModel vlm, @Nullable Preset preset, Map<String, Object> benchmark) {
        GenerationSettings model = vlm.generation().toBuilder()
                .set(preset == null ? Map.of() : preset.decoding())
                .set(benchmark)
                .build();
        int beams = or(numBeams, model.numBeams());
        List<String> stops = new ArrayList<>(preset == null ? List.of() : preset.stop());
        stops.addAll(stop);
        if (stops.contains("")) {
            throw new BadInput("--stop is empty, expected the text that ends an answer");
        }
        return model.toBuilder()
                .maxNewTokens(or(maxNewTokens, model.maxNewTokens()))
                .minNewTokens(or(minNewTokens, model.minNewTokens()))
                .maxLength(or(maxLength, model.maxLength()))
                .minLength(or(minLength, model.minLength()))
                .numBeams(beams)
                .numReturnSequences(or(numReturnSequences, Math.min(beams, model.numReturnSequences())))
                .lengthPenalty(or(lengthPenalty, model.lengthPenalty()))
                .earlyStopping(or(earlyStopping, model.earlyStopping()))
                .doSample(or(doSample, model.doSample()))
                .temperature(or(temperature, model.temperature()))
                .topK(or(topK, model.topK()))
                .topP(or(topP, model.topP()))
                .repetitionPenalty(or(repetitionPenalty, model.repetitionPenalty()))
                .noRepeatNgramSize(or(noRepeatNgramSize, model.noRepeatNgramSize()))
                .badWordsIds(badWords(vlm.tokenizer()))
                .promptCounts(or(promptCounts, model.promptCounts()))
                .seed(seed)
                .eosTokenIds(eosTokenIds.isEmpty() ? model.eosTokenIds() : eosTokenIds)
                .stop(stops)
                .build();
    }

    /**
     * The settings with a default for the new tokens that the context has room for. What the user demands stays, and is an error where there is
     * no room for it.
     *
     * @param prompt how many tokens
     */
    GenerationSettings fitted(GenerationSettings settings, LanguageModel model, int prompt) {
        return maxNewTokens != null ? settings : settings.fitted(model, prompt);
    }

    /** A word at the beginning of a text and one after a space are different tokens. */
    private List<List<Integer>> badWords(Tokenizer tokenizer) {
        Set<List<Integer>> words = new LinkedHashSet<>();
        for (String word : badWords) {
            for (String text : List.of(word, " " + word)) {
                words.add(IntStream.of(tokenizer.encode(text)).boxed().toList());
            }
        }
        return List.copyOf(words);
    }

    /** Says which options do nothing together. */
    void remark(GenerationSettings settings, Console console) {
        boolean drawing = temperature != null || topP != null || topK != null;
        if (drawing && !settings.doSample()) {
            console.note("jocular: note: --temperature, --top-p and --top-k have no effect without --do-sample");
        }
    }

    private static <T> T or(@Nullable T given, T absent) {
        return given == null ? absent : given;
    }
}
