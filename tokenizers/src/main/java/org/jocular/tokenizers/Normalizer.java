package org.jocular.tokenizers;

import org.jocular.tokenizers.SentencePieceModel.NormalizerSpec;
import org.jspecify.annotations.Nullable;

/** Prepares text for segmentation; {@code normalizer.cc} of google/sentencepiece, step by step. */
final class Normalizer {
    /** U+2581, which stands for a space inside pieces. */
    static final char SPACE_SYMBOL = '\u2581';

    private final NormalizerSpec spec;
    private final boolean whitespaceAsSuffix;
    private final @Nullable CharsMap charsMap;
    private final PrefixMatcher userDefined;

    Normalizer(String source, NormalizerSpec spec, boolean whitespaceAsSuffix, PrefixMatcher userDefined) {
        this.spec = spec;
        this.whitespaceAsSuffix = whitespaceAsSuffix;
        this.charsMap = spec.charsMap().length == 0 ? null : new CharsMap(source, spec.charsMap());
        this.userDefined = userDefined;
    }

    String normalize(String raw) {
        String text = wellFormed(raw);
        int position = 0;
        if (spec.removeExtraWhitespaces()) {
            while (position < text.length()) {
                CharsMap.Match first = prefix(text, position);
                if (!first.replacement().equals(" ")) {
                    break;
                }
                position = first.end();
            }
        }
        if (position == text.length()) {
            return "";
        }
        StringBuilder out = new StringBuilder(text.length() + 1);
        char space = spec.escapeWhitespaces() ? SPACE_SYMBOL : ' ';
        if (!whitespaceAsSuffix && spec.addDummyPrefix()) {
            out.append(space);
        }
        boolean afterSpace = spec.removeExtraWhitespaces();
        while (position < text.length()) {
            CharsMap.Match match = prefix(text, position);
            String piece = match.replacement();
            int from = 0;
            while (afterSpace && from < piece.length() && piece.charAt(from) == ' ') {
                from++;
            }
            // A replacement that vanishes altogether leaves afterSpace as it was.
            if (from < piece.length()) {
                for (int i = from; i < piece.length(); i++) {
                    char c = piece.charAt(i);
                    out.append(c == ' ' ? space : c);
                }
                afterSpace = spec.removeExtraWhitespaces() && piece.endsWith(" ");
            }
            position = match.end();
        }
        if (spec.removeExtraWhitespaces()) {
            while (!out.isEmpty() && out.charAt(out.length() - 1) == space) {
                out.setLength(out.length() - 1);
            }
        }
        if (whitespaceAsSuffix && spec.addDummyPrefix()) {
            out.append(space);
        }
        return out.toString();
    }

    /** What stands at {@code start}: a user-defined symbol as it is, else the longest rule, else one character. */
    private CharsMap.Match prefix(String text, int start) {
        int symbol = userDefined.longest(text, start);
        if (symbol > 0) {
            return new CharsMap.Match(text.substring(start, start + symbol), start + symbol);
        }
        CharsMap.Match rule = charsMap == null ? null : charsMap.longest(text, start);
        if (rule != null) {
            return rule;
        }
        int end = start + Character.charCount(text.codePointAt(start));
        return new CharsMap.Match(text.substring(start, end), end);
    }

    /** Lone surrogates become U+FFFD, which is what the original makes of bytes that are not UTF-8. */
    static String wellFormed(String text) {
        StringBuilder fixed = null;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (!Character.isSurrogate(c)) {
                continue;
            }
            if (Character.isHighSurrogate(c) && i + 1 < text.length() && Character.isLowSurrogate(text.charAt(i + 1))) {
                i++;
                continue;
            }
            if (fixed == null) {
                fixed = new StringBuilder(text);
            }
            fixed.setCharAt(i, '\uFFFD');
        }
        return fixed == null ? text : fixed.toString();
    }
}
