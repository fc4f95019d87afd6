package org.jocular.tokenizers;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Tokens that are cut out of a text before the model sees the rest; {@code AddedVocabulary} of huggingface/tokenizers.
 * The leftmost match wins, the longest among those that start together.
 */
final class AddedTokens {

    /**
     * @param special left out when special tokens are skipped
     * @param lstrip takes whitespace on its left with it
     * @param rstrip takes whitespace on its right with it
     * @param singleWord does not match inside a word
     * @param normalized matches in normalised text, where there is such a thing ({@code tokenizer.json})
     */
    record AddedToken(
            int id,
            String content,
            boolean special,
            boolean lstrip,
            boolean rstrip,
            boolean singleWord,
            boolean normalized) {
        static AddedToken plain(int id, String content, boolean special) {
            return new AddedToken(id, content, special, false, false, false, !special);
        }

        /** As the slow tokenizers of transformers do it, whatever the flag. */
        AddedToken inRawText() {
            return new AddedToken(id, content, special, lstrip, rstrip, singleWord, false);
        }

        AddedToken withContent(String content) {
            return new AddedToken(id, content, special, lstrip, rstrip, singleWord, normalized);
        }
    }

    /** A stretch of text from {@code start}; {@code token} is null where the model has to encode it. */
    record Stretch(int start, String text, @Nullable AddedToken token) {}

    private final Map<String, AddedToken> byContent = new HashMap<>();
    private final Map<Integer, AddedToken> byId = new HashMap<>();
    private final PrefixMatcher matcher;

    AddedTokens(Collection<AddedToken> tokens) {
        for (AddedToken token : tokens) {
            if (!token.content.isEmpty()) {
                byContent.put(token.content, token);
                byId.put(token.id, token);
            }
        }
        matcher = new PrefixMatcher(byContent.keySet());
    }

    @Nullable
    AddedToken byId(int id) {
        return byId.get(id);
    }

    @Nullable
    AddedToken byContent(String content) {
        return byContent.get(content);
    }

    Collection<AddedToken> all() {
        return byId.values();
    }

    /** One more than the largest id, at least {@code others}. */
    int sizeWith(int others) {
        int size = others;
        for (AddedToken token : byId.values()) {
            size = Math.max(size, token.id + 1);
        }
        return size;
    }

    /** All of {@code text} in order, save for whitespace that a token strips; no stretch is empty. */
    List<Stretch> split(String text) {
        List<Stretch> stretches = new ArrayList<>();
        int done = 0;
        for (int at = 0; at < text.length(); ) {
            int length = matcher.longest(text, at);
            AddedToken token = length == 0 ? null : byContent.get(text.substring(at, at + length));
            if (token == null || (token.singleWord && insideWord(text, at, at + length))) {
                at += Math.max(1, length);
                continue;
            }
            int start = at;
            int end = at + length;
            while (token.lstrip && start > done && isSpace(text.codePointBefore(start))) {
                start = text.offsetByCodePoints(start, -1);
            }
            while (token.rstrip && end < text.length() && isSpace(text.codePointAt(end))) {
                end = text.offsetByCodePoints(end, 1);
            }
            if (start > done) {
                stretches.add(new Stretch(done, text.substring(done, start), null));
            }
            stretches.add(new Stretch(start, text.substring(start, end), token));
            done = end;
            at = end;
        }
        if (done < text.length()) {
            stretches.add(new Stretch(done, text.substring(done), null));
        }
        return stretches;
    }

    private static boolean insideWord(String text, int start, int end) {
        return (start > 0 && isWord(text.codePointBefore(start)))
                || (end < text.length() && isWord(text.codePointAt(end)));
    }

    private static boolean isWord(int codePoint) {
        return Character.isLetterOrDigit(codePoint) || codePoint == '_';
    }

    private static boolean isSpace(int codePoint) {
        return Character.isWhitespace(codePoint) || GptWords.isSpace(codePoint);
    }
}
