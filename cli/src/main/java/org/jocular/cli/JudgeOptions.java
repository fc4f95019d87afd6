package org.jocular.cli;

import java.nio.file.Path;
import java.time.Duration;
import org.jocular.eval.judge.HttpJudge;
import org.jocular.eval.judge.Judge;
import org.jocular.eval.judge.Judges;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Who marks free answers. */
final class JudgeOptions {
    @Option(
            names = "--judge",
            paramLabel = "WHO",
            description = {
                "Who marks free answers: none, file:PATH with reviews, the address of an OpenAI-compatible endpoint,",
                "local, which compares words, or exact, which compares sentences with a reference that is the truth;",
                "these two are no language models (default: ${DEFAULT-VALUE})."
            })
    String judge = "none";

    @Option(names = "--judge-model", paramLabel = "NAME", description = "Which model of the endpoint, to the version.")
    @Nullable
    String model;

    @Option(
            names = "--judge-temperature",
            paramLabel = "T",
            description = "Its temperature (default: ${DEFAULT-VALUE}, as LLaVA's scripts).")
    double temperature = 0.2;

    @Option(names = "--judge-max-tokens", paramLabel = "N", description = "Longest review (default: ${DEFAULT-VALUE}).")
    int maxTokens = 1024;

    @Option(names = "--judge-seed", paramLabel = "N", description = "Sent to the endpoint, where it takes one.")
    @Nullable
    Long seed;

    @Option(
            names = "--judge-timeout",
            paramLabel = "S",
            description = "Seconds for a review (default: ${DEFAULT-VALUE}).")
    int timeout = 120;

    @Option(
            names = "--judge-tries",
            paramLabel = "N",
            description = "How often an answer is sent at most (default: ${DEFAULT-VALUE}).")
    int tries = 6;

    @Option(names = "--judge-budget", paramLabel = "N", description = "Send at most N requests; kept replies are free.")
    @Nullable
    Long requests;

    @Option(
            names = "--judge-token-budget",
            paramLabel = "N",
            description = "Send nothing more after N tokens, by the endpoint's account.")
    @Nullable
    Long tokens;

    @Option(
            names = "--judge-at-once",
            paramLabel = "N",
            description = "Requests under way at the same time (default: ${DEFAULT-VALUE}).")
    int atOnce = 4;

    @Option(
            names = "--judge-key-variable",
            paramLabel = "NAME",
            description = "Environment variable that holds the endpoint's key (default: ${DEFAULT-VALUE}).")
    String keyVariable = "OPENAI_API_KEY";

    @Option(
            names = "--judge-replies",
            paramLabel = "DIR",
            description = "Where replies are kept, for other runs too (default: OUT/replies).")
    @Nullable
    Path replies;

    /** Sentences are compared with the truth, where nothing else is said. */
    static JudgeOptions exact() {
        JudgeOptions options = new JudgeOptions();
        options.judge = "exact";
        return options;
    }

    /** The judge; null for none. */
    @Nullable
    Judge open(Path out) {
        if (judge.equals("none")) {
            return null;
        }
        HttpJudge.Options options = new HttpJudge.Options(
                model,
                temperature,
                maxTokens,
                seed,
                Duration.ofSeconds(timeout),
                tries,
                requests,
                tokens,
                atOnce,
                keyVariable);
        return Judges.open(judge, options, replies == null ? out.resolve("replies") : replies);
    }
}
