package org.jocular.eval.judge;

import org.jocular.eval.data.Row;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A reply of a chat endpoint that holds a review.
 *
 * @param raw    the whole reply as it came
 * @param review what the model wrote, untouched
 * @param model  who answered, by its own word; a pinned name may stand for a dated one
 * @param tokens that it says were used for question and answer; 0 where it does not say
 */
record Completion(String raw, String review, @Nullable String model, long tokens) implements Endpoint.Outcome {
    /** A reply that holds no review. */
    static final class Unusable extends Exception {
        private final long tokens;

        Unusable(String message, long tokens) {
            super(message);
            this.tokens = tokens;
        }

        /** What it cost all the same. */
        long tokens() {
            return tokens;
        }
    }

    /** @throws Unusable if this is no JSON, holds no choices, or an empty answer */
    static Completion read(String raw) throws Unusable {
        JsonNode reply;
        try {
            reply = JsonMapper.shared().readTree(raw);
        } catch (JacksonException e) {
            throw new Unusable("a reply that is not valid JSON: " + Row.quote(raw), 0);
        }
        long tokens = Math.max(0, reply.path("usage").path("total_tokens").asLong(0));
        JsonNode choice = reply.path("choices").path(0);
        JsonNode content = choice.path("message").path("content");
        if (!content.isString() && !choice.has("finish_reason")) {
            throw new Unusable("a reply without an answer: " + Row.quote(raw), tokens);
        }
        if (!content.isString() || content.stringValue().isBlank()) {
            throw new Unusable(
                    "an empty answer, finish_reason "
                            + choice.path("finish_reason").asString("unknown"),
                    tokens);
        }
        JsonNode model = reply.path("model");
        return new Completion(raw, content.stringValue(), model.isString() ? model.stringValue() : null, tokens);
    }
}
