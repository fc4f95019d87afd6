package org.jocular.eval.judge;

import java.nio.file.Path;
import org.jocular.tensor.BadInput;

/** All judges. */
public final class Judges {
    private static final String FILE = "file:";

    private Judges() {}

    /**
     * Opens a judge.
     *
     * @param spec    as on the command line: {@code file:PATH}, {@code local}, {@code exact}, or the address of an OpenAI-compatible endpoint as
     *                far as before {@code /chat/completions}
     * @param options for an endpoint
     * @param replies folder where an endpoint's replies are kept; made when needed
     * @throws BadInput if it is none of these, or the file or the options are not right
     */
    public static Judge open(String spec, HttpJudge.Options options, Path replies) {
        if (spec.equals("local")) {
            return new LocalJudge();
        }
        if (spec.equals("exact")) {
            return new ExactJudge();
        }
        if (spec.startsWith(FILE)) {
            return new FileJudge(Path.of(spec.substring(FILE.length())));
        }
        if (spec.startsWith("http://") || spec.startsWith("https://")) {
            return new HttpJudge(spec, options, new ReplyCache(replies));
        }
        throw new BadInput(
                "%s is no judge, expected none, local, exact, file:PATH or the address of an endpoint like https://api.openai.com/v1"
                        .formatted(spec));
    }
}
