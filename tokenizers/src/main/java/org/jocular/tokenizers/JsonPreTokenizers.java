package org.jocular.tokenizers;

import java.util.ArrayList;
import java.util.List;
import org.jocular.tokenizers.PipelineTokenizer.PreTokenizer;

/** {@code pre_tokenizer} of a {@code tokenizer.json}; {@code pre_tokenizers} of huggingface/tokenizers. */
final class JsonPreTokenizers {
    private static final String SUPPORTED = "null, Sequence, Metaspace, ByteLevel, BertPreTokenizer or Split";

    private JsonPreTokenizers() {}

    static PreTokenizer read(JsonPart part) {
        return switch (part.type()) {
            case "" -> (text, atStart) -> List.of(text);
            case "Sequence" -> sequence(part);
            case "Metaspace" -> metaspace(part);
            case "ByteLevel" -> byteLevel(part);
            case "BertPreTokenizer" -> (text, atStart) -> BertText.words(text);
            case "Split" -> split(part);
            default -> throw part.at("type").expected(SUPPORTED);
        };
    }

    private static PreTokenizer sequence(JsonPart part) {
        List<PreTokenizer> steps = new ArrayList<>();
        part.at("pretokenizers").items().forEach(step -> steps.add(read(step)));
        return (text, atStart) -> {
            List<String> words = List.of(text);
            for (PreTokenizer step : steps) {
                List<String> finer = new ArrayList<>();
                for (int i = 0; i < words.size(); i++) {
                    finer.addAll(step.words(words.get(i), atStart && i == 0));
                }
                words = finer;
            }
            return words;
        };
    }

    /** Unlike Prepend, no second ▁ where there is one already; {@code metaspace.rs}. */
    private static PreTokenizer metaspace(JsonPart part) {
        String symbol = part.at("replacement").string(String.valueOf(Normalizer.SPACE_SYMBOL));
        if (!symbol.equals(String.valueOf(Normalizer.SPACE_SYMBOL))) {
            throw part.at("replacement").expected("▁");
        }
        String scheme = prependScheme(part);
        boolean split = part.at("split").flag(true);
        return (text, atStart) -> {
            String spaced = text.replace(" ", symbol);
            boolean prepend = scheme.equals("always") || (scheme.equals("first") && atStart);
            String whole = prepend && !spaced.startsWith(symbol) ? symbol + spaced : spaced;
            return split ? splitBefore(whole, symbol) : List.of(whole);
        };
    }

    private static List<String> splitBefore(String text, String symbol) {
        List<String> words = new ArrayList<>();
        int start = 0;
        while (start < text.length()) {
            int next = text.indexOf(symbol, start + 1);
            int end = next < 0 ? text.length() : next;
            words.add(text.substring(start, end));
            start = end;
        }
        return words;
    }

    /** Before there were schemes there was a flag. */
    static String prependScheme(JsonPart part) {
        boolean flag = part.at("add_prefix_space").flag(true);
        String scheme = part.at("prepend_scheme").string(flag ? "always" : "never");
        if (!List.of("always", "first", "never").contains(scheme)) {
            throw part.at("prepend_scheme").expected("always, first or never");
        }
        return scheme;
    }

    private static PreTokenizer byteLevel(JsonPart part) {
        boolean prefix = part.at("add_prefix_space").flag(true);
        boolean cut = part.at("use_regex").flag(true);
        return (text, atStart) -> {
            String spaced = prefix && !text.startsWith(" ") ? " " + text : text;
            List<String> words = cut ? GptWords.GPT2.words(spaced) : List.of(spaced);
            return words.stream().map(ByteLevel::spell).toList();
        };
    }

    private static PreTokenizer split(JsonPart part) {
        JsonPart pattern = part.at("pattern").at("Regex");
        String regex = pattern.string();
        String behavior = part.at("behavior").string("");
        boolean invert = part.at("invert").flag(false);
        // What the pattern finds is a word in both spellings; what it does not find, CLIP's whitespace, is lost in one.
        boolean keepsMatchesOnly = behavior.equals("Removed") && invert;
        boolean keepsAll = behavior.equals("Isolated") && !invert;
        if (GptWords.CLIP.isPattern(regex) && keepsMatchesOnly) {
            return (text, atStart) -> GptWords.CLIP.words(text);
        }
        if (GptWords.GPT2.isPattern(regex) && (keepsMatchesOnly || keepsAll)) {
            return (text, atStart) -> GptWords.GPT2.words(text);
        }
        if (!GptWords.GPT2.isPattern(regex) && !GptWords.CLIP.isPattern(regex)) {
            // A pattern of a stranger may take exponential time.
            throw pattern.expected("the pattern of GPT-2 or CLIP, the only ones known here");
        }
        throw part.at("behavior").expected("Removed with invert, so that words are what the pattern finds");
    }
}
