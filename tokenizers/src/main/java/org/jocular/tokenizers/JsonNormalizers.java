package org.jocular.tokenizers;

import java.text.Normalizer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.UnaryOperator;

/** {@code normalizer} of a {@code tokenizer.json}; {@code normalizers} of huggingface/tokenizers. */
final class JsonNormalizers {
    private static final String SUPPORTED =
            "Sequence, Prepend, Replace, NFC, NFD, NFKC, NFKD, Lowercase, Strip, BertNormalizer or Precompiled";
    /** Steps that grow a text could make gigabytes of a line: none of a real file comes near these. */
    private static final int MAX_INSERTED = 16;

    private static final int MAX_GROWTH = 64;
    private static final int ALWAYS_FINE = 4096;

    private JsonNormalizers() {}

    static UnaryOperator<String> read(JsonPart part) {
        return switch (part.type()) {
            case "" -> text -> text;
            case "Sequence" -> sequence(part);
            case "Prepend" -> {
                String prefix = inserted(part.at("prepend"));
                yield text -> text.isEmpty() ? text : prefix + text;
            }
            case "Replace" -> replace(part);
            case "NFC" -> text -> Normalizer.normalize(text, Normalizer.Form.NFC);
            case "NFD" -> text -> Normalizer.normalize(text, Normalizer.Form.NFD);
            case "NFKC" -> text -> Normalizer.normalize(text, Normalizer.Form.NFKC);
            case "NFKD" -> text -> Normalizer.normalize(text, Normalizer.Form.NFKD);
            case "Lowercase" -> JsonNormalizers::lowercase;
            case "Strip" ->
                strip(part.at("strip_left").flag(true), part.at("strip_right").flag(true));
            case "BertNormalizer" -> bert(part);
            case "Precompiled" -> new Precompiled(part.at("precompiled_charsmap"));
            default -> throw part.at("type").expected(SUPPORTED);
        };
    }

    private static UnaryOperator<String> sequence(JsonPart part) {
        List<UnaryOperator<String>> steps = new ArrayList<>();
        part.at("normalizers").items().forEach(step -> steps.add(read(step)));
        return text -> {
            String result = text;
            for (UnaryOperator<String> step : steps) {
                result = step.apply(result);
                if (result.length() > ALWAYS_FINE + (long) MAX_GROWTH * text.length()) {
                    throw new IllegalArgumentException(
                            part.file() + ": " + part.path() + " makes " + result.length() + " characters of "
                                    + text.length() + ", expected at most " + MAX_GROWTH + " times as many");
                }
            }
            return result;
        };
    }

    private static UnaryOperator<String> replace(JsonPart part) {
        String content = inserted(part.at("content"));
        JsonPart pattern = part.at("pattern");
        if (pattern.at("Regex").isThere()) {
            return switch (pattern.at("Regex").string()) {
                case "\\s+" -> text -> replaceRuns(text, 1, content);
                case " {2,}" -> text -> replaceRuns(text, 2, content);
                // A pattern of a stranger may take exponential time.
                default -> throw pattern.at("Regex").expected("\\s+ or  {2,}, the only patterns known here");
            };
        }
        String literal = pattern.at("String").string();
        if (literal.isEmpty()) {
            throw pattern.expected("a String that is not empty");
        }
        return text -> text.replace(literal, content);
    }

    /** @param least 1 for any whitespace, 2 for two spaces or more */
    private static String replaceRuns(String text, int least, String content) {
        StringBuilder out = new StringBuilder(text.length());
        for (int at = 0; at < text.length(); ) {
            int end = at;
            while (end < text.length() && (least == 1 ? GptWords.isSpace(text.charAt(end)) : text.charAt(end) == ' ')) {
                end++;
            }
            if (end - at >= least) {
                out.append(content);
            } else {
                end = Math.max(end, at + 1);
                out.append(text, at, end);
            }
            at = end;
        }
        return out.toString();
    }

    private static String inserted(JsonPart part) {
        if (part.string().length() > MAX_INSERTED) {
            throw part.expected("at most " + MAX_INSERTED + " characters");
        }
        return part.string();
    }

    /** By character, so that a final sigma is like any other. */
    private static String lowercase(String text) {
        StringBuilder out = new StringBuilder(text.length());
        text.codePoints().forEach(c -> out.append(Character.toString(c).toLowerCase(Locale.ROOT)));
        return out.toString();
    }

    private static UnaryOperator<String> strip(boolean left, boolean right) {
        return text -> {
            int start = 0;
            int end = text.length();
            while (left && start < end && GptWords.isSpace(text.charAt(start))) {
                start++;
            }
            while (right && end > start && GptWords.isSpace(text.charAt(end - 1))) {
                end--;
            }
            return text.substring(start, end);
        };
    }

    private static UnaryOperator<String> bert(JsonPart part) {
        boolean lowercase = part.at("lowercase").flag(true);
        return new BertText(
                part.at("clean_text").flag(true),
                false,
                part.at("handle_chinese_chars").flag(true),
                lowercase,
                part.at("strip_accents").flag(lowercase));
    }
}
