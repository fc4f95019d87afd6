package org.jocular.tokenizers;

import java.util.ArrayList;
import java.util.List;

/**
 * {@code post_processor} of a {@code tokenizer.json}: the special tokens around a single text; {@code processors} of
 * huggingface/tokenizers.
 */
final class JsonPostProcessors {
    private static final String SUPPORTED =
            "null, Sequence, TemplateProcessing, BertProcessing, RobertaProcessing or ByteLevel";

    private JsonPostProcessors() {}

    static SpecialTokens read(JsonPart part) {
        return switch (part.type()) {
            case "" -> SpecialTokens.NONE;
            case "Sequence" -> sequence(part);
            case "TemplateProcessing" -> template(part);
            case "BertProcessing", "RobertaProcessing" ->
                around(List.of(id(part.at("cls"))), List.of(id(part.at("sep"))));
            // Only moves offsets.
            case "ByteLevel" -> SpecialTokens.NONE;
            default -> throw part.at("type").expected(SUPPORTED);
        };
    }

    private static SpecialTokens around(List<Integer> before, List<Integer> after) {
        return new SpecialTokens(before, after, false, false);
    }

    /** Each goes around what the ones before it made. */
    private static SpecialTokens sequence(JsonPart part) {
        List<Integer> before = new ArrayList<>();
        List<Integer> after = new ArrayList<>();
        for (JsonPart step : part.at("processors").items()) {
            SpecialTokens more = read(step);
            before.addAll(0, more.before());
            after.addAll(more.after());
        }
        return around(before, after);
    }

    private static SpecialTokens template(JsonPart part) {
        List<Integer> before = new ArrayList<>();
        List<Integer> after = new ArrayList<>();
        int texts = 0;
        for (JsonPart item : part.at("single").items()) {
            if (item.at("Sequence").isThere()) {
                texts++;
                continue;
            }
            String token = item.at("SpecialToken").at("id").string();
            JsonPart ids = part.at("special_tokens").at(token).at("ids");
            if (ids.items().isEmpty()) {
                throw ids.expected("the ids of a token that the template names");
            }
            for (JsonPart id : ids.items()) {
                (texts == 0 ? before : after).add(id.id());
            }
        }
        if (texts != 1) {
            throw part.at("single").expected("a template with one Sequence");
        }
        return around(before, after);
    }

    /** {@code ["[SEP]", 102]}. */
    private static int id(JsonPart pair) {
        return pair.at(1).id();
    }
}
