package org.jocular.eval.run;

import java.util.List;
import org.jocular.eval.data.Row;
import org.jocular.eval.task.Answered;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * A line of answers.jsonl: what came of a question.
 *
 * @param number         of its {@link Entry}
 * @param pictureSha256  of the picture's file; null where there was none to be read
 * @param text           what was generated; null where candidates were ranked, or nothing came of it
 * @param ending         why the text ended
 * @param tokens         of the text
 * @param logLikelihoods of the candidates; empty where a text was generated
 * @param failure        the sentence that tells why there is neither
 */
public record Reply(
        int number,
        @Nullable String pictureSha256,
        @Nullable String text,
        @Nullable String ending,
        int tokens,
        List<Double> logLikelihoods,
        @Nullable String failure) {
    static Reply failed(int number, @Nullable String pictureSha256, String failure) {
        return new Reply(number, pictureSha256, null, null, 0, List.of(), failure);
    }

    ObjectNode json() {
        ObjectNode line = JsonNodeFactory.instance.objectNode();
        line.put("n", number);
        if (failure != null) {
            line.put("failed", failure);
        } else if (text != null) {
            line.put("answer", text);
            line.put("ending", ending);
            line.put("tokens", tokens);
        } else {
            ArrayNode values = line.putArray("log_likelihoods");
            logLikelihoods.forEach(values::add);
        }
        if (pictureSha256 != null) {
            line.put("picture_sha256", pictureSha256);
        }
        return line;
    }

    static Reply of(Row line) {
        return new Reply(
                line.whole("n", 0, Integer.MAX_VALUE),
                line.textOrNull("picture_sha256"),
                line.textOrNull("answer"),
                line.textOrNull("ending"),
                line.has("tokens") ? line.whole("tokens", 0, Integer.MAX_VALUE) : 0,
                line.has("log_likelihoods") ? line.numbers("log_likelihoods") : List.of(),
                line.textOrNull("failed"));
    }

    /** The answer to a question, or null if there is none. */
    @Nullable
    Answered answered(Entry entry, @Nullable String review) {
        if (failure != null) {
            return null;
        }
        return new Answered(
                entry.sample(), text != null ? text : likeliest(entry.sample().candidates()), logLikelihoods, review);
    }

    private String likeliest(List<String> candidates) {
        int best = 0;
        for (int i = 1; i < candidates.size(); i++) {
            if (logLikelihoods.get(i) > logLikelihoods.get(best)) {
                best = i;
            }
        }
        return candidates.get(best);
    }
}
