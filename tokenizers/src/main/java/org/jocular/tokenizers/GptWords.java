package org.jocular.tokenizers;

import java.util.ArrayList;
import java.util.List;

/**
 * Cuts text into words as the regular expressions of GPT-2 and CLIP do. They are scanners rather than patterns, since
 * these two are all that the models here use, and a scanner takes linear time whatever the text.
 */
enum GptWords {
    /** Spaces belong to the word behind them; of several, the last one. {@code encoder.py} of openai/gpt-2. */
    GPT2("'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+"),
    /** Spaces vanish, digits stand alone. {@code simple_tokenizer.py} of openai/CLIP. */
    CLIP("'s|'t|'re|'ve|'m|'ll|'d|[\\p{L}]+|[\\p{N}]|[^\\s\\p{L}\\p{N}]+");

    private static final List<String> CONTRACTIONS = List.of("'s", "'t", "'re", "'ve", "'m", "'ll", "'d");

    private enum Kind {
        SPACE,
        LETTER,
        NUMBER,
        OTHER
    }

    private final String pattern;

    GptWords(String pattern) {
        this.pattern = pattern;
    }

    /** Whether a {@code tokenizer.json} writes it so. CLIP's special tokens were cut out before, as added tokens. */
    boolean isPattern(String regex) {
        return regex.equals(pattern)
                || (this == CLIP && regex.equals("<\\|startoftext\\|>|<\\|endoftext\\|>|" + pattern));
    }

    List<String> words(String text) {
        List<String> words = new ArrayList<>();
        for (int at = 0; at < text.length(); ) {
            int end = contraction(text, at);
            if (end == at) {
                end = this == GPT2 ? gpt2Word(text, at) : clipWord(text, at);
            }
            if (this == GPT2 || kind(text, at) != Kind.SPACE) {
                words.add(text.substring(at, end));
            }
            at = end;
        }
        return words;
    }

    private static int contraction(String text, int at) {
        for (String contraction : CONTRACTIONS) {
            if (text.startsWith(contraction, at)) {
                return at + contraction.length();
            }
        }
        return at;
    }

    private static int gpt2Word(String text, int at) {
        int start = text.charAt(at) == ' ' && at + 1 < text.length() ? at + 1 : at;
        Kind kind = kind(text, start);
        if (kind != Kind.SPACE) {
            return runEnd(text, start, kind);
        }
        int end = runEnd(text, at, Kind.SPACE);
        int last = text.offsetByCodePoints(end, -1);
        // The last space before a word is left to that word.
        return end < text.length() && last > at ? last : end;
    }

    private static int clipWord(String text, int at) {
        Kind kind = kind(text, at);
        return kind == Kind.NUMBER ? text.offsetByCodePoints(at, 1) : runEnd(text, at, kind);
    }

    private static int runEnd(String text, int start, Kind kind) {
        int end = start;
        while (end < text.length() && kind(text, end) == kind) {
            end = text.offsetByCodePoints(end, 1);
        }
        return end;
    }

    private static Kind kind(String text, int at) {
        int codePoint = text.codePointAt(at);
        if (Character.isLetter(codePoint)) {
            return Kind.LETTER;
        }
        if (isSpace(codePoint)) {
            return Kind.SPACE;
        }
        return switch (Character.getType(codePoint)) {
            case Character.DECIMAL_DIGIT_NUMBER, Character.LETTER_NUMBER, Character.OTHER_NUMBER -> Kind.NUMBER;
            default -> Kind.OTHER;
        };
    }

    /** Unicode's White_Space, which neither of Java's two methods is. */
    static boolean isSpace(int codePoint) {
        return (codePoint >= '\t' && codePoint <= '\r') || codePoint == 0x85 || Character.isSpaceChar(codePoint);
    }
}
