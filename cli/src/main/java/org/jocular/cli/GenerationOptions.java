package org.jocular.cli;

import java.util.ArrayList;
import java.util.List;
import org.jocular.llama.GenerationSettings;
import org.jocular.tensor.BadInput;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How to generate, in the words of Hugging Face's GenerationConfig; what is not given is as the model's own files say. */
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

    @Option(names = "--num-beams", paramLabel = "N", description = "Beams of a beam search; this version has 1 only.")
    int numBeams = 1;

    @Option(names = "--length-penalty", paramLabel = "L", description = "For a beam search; no effect with 1 beam.")
    double lengthPenalty = 1;

    /**
     * The settings of a run.
     *
     * @param model what the model's files say
     * @param alwaysStop the texts that end an answer whatever the user says
     */
    GenerationSettings settings(GenerationSettings model, List<String> alwaysStop) {
        if (numBeams != 1) {
            throw new BadInput(
                    "--num-beams is %d, but this version has no beam search yet: expected 1".formatted(numBeams));
        }
        List<String> stops = new ArrayList<>(alwaysStop);
        stops.addAll(stop);
        if (stops.contains("")) {
            throw new BadInput("--stop is empty, expected the text that ends an answer");
        }
        return new GenerationSettings(
                or(maxNewTokens, model.maxNewTokens()),
                or(minNewTokens, model.minNewTokens()),
                or(doSample, model.doSample()),
                or(temperature, model.temperature()),
                or(topK, model.topK()),
                or(topP, model.topP()),
                or(repetitionPenalty, model.repetitionPenalty()),
                or(noRepeatNgramSize, model.noRepeatNgramSize()),
                model.promptCounts(),
                seed,
                eosTokenIds.isEmpty() ? model.eosTokenIds() : eosTokenIds,
                stops);
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
