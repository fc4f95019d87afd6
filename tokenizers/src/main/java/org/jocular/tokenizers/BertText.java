package org.jocular.tokenizers;

import java.text.Normalizer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.UnaryOperator;

/**
 * What BERT does to a text before it looks words up; {@code BasicTokenizer} in {@code tokenization_bert.py}, {@code
 * normalizers/bert.rs}. For characters that are younger than Unicode 8 the two disagree, and Java with both.
 *
 * @param clean control characters vanish, all whitespace becomes spaces
 * @param dropUnassigned with {@code clean}, code points without a character vanish too: in Python, not in Rust
 * @param chinese each ideograph is a word
 * @param lowercase by character, so that a final sigma is like any other
 * @param stripAccents what combines in the canonical decomposition vanishes; the rest stays decomposed
 */
record BertText(boolean clean, boolean dropUnassigned, boolean chinese, boolean lowercase, boolean stripAccents)
        implements UnaryOperator<String> {

    @Override
    public String apply(String text) {
        StringBuilder out = new StringBuilder(text.length());
        text.codePoints().forEach(codePoint -> {
            if (!clean || !vanishes(codePoint)) {
                append(out, clean && GptWords.isSpace(codePoint) ? ' ' : codePoint);
            }
        });
        String prepared = out.toString();
        return stripAccents ? withoutAccents(prepared) : prepared;
    }

    private void append(StringBuilder out, int codePoint) {
        boolean alone = chinese && isChinese(codePoint);
        if (alone) {
            out.append(' ');
        }
        if (lowercase) {
            // By Character.toLowerCase alone, İ would lose its dot without leaving one to strip.
            out.append(Character.toString(codePoint).toLowerCase(Locale.ROOT));
        } else {
            out.appendCodePoint(codePoint);
        }
        if (alone) {
            out.append(' ');
        }
    }

    private static String withoutAccents(String text) {
        StringBuilder out = new StringBuilder(text.length());
        Normalizer.normalize(text, Normalizer.Form.NFD)
                .codePoints()
                .filter(codePoint -> Character.getType(codePoint) != Character.NON_SPACING_MARK)
                .forEach(out::appendCodePoint);
        return out.toString();
    }

    private boolean vanishes(int codePoint) {
        if (codePoint == '\t' || codePoint == '\n' || codePoint == '\r') {
            return false;
        }
        return codePoint == 0xFFFD
                || switch (Character.getType(codePoint)) {
                    case Character.CONTROL, Character.FORMAT, Character.SURROGATE, Character.PRIVATE_USE -> true;
                    case Character.UNASSIGNED -> dropUnassigned;
                    default -> false;
                };
    }

    /** Ideographs of Chinese, Japanese and Korean; kana and hangul are written with spaces or long words. */
    private static boolean isChinese(int c) {
        return (c >= 0x4E00 && c <= 0x9FFF)
                || (c >= 0x3400 && c <= 0x4DBF)
                || (c >= 0x20000 && c <= 0x2A6DF)
                || (c >= 0x2A700 && c <= 0x2CEAF)
                || (c >= 0xF900 && c <= 0xFAFF)
                || (c >= 0x2F800 && c <= 0x2FA1F);
    }

    /** Words of a prepared text: whitespace separates, and each punctuation character is a word. */
    static List<String> words(String text) {
        List<String> words = new ArrayList<>();
        int start = 0;
        for (int at = 0; at < text.length(); ) {
            int codePoint = text.codePointAt(at);
            int end = at + Character.charCount(codePoint);
            boolean punctuation = isPunctuation(codePoint);
            if (punctuation || GptWords.isSpace(codePoint)) {
                if (at > start) {
                    words.add(text.substring(start, at));
                }
                if (punctuation) {
                    words.add(text.substring(at, end));
                }
                start = end;
            }
            at = end;
        }
        if (start < text.length()) {
            words.add(text.substring(start));
        }
        return words;
    }

    /** All ASCII that is no letter, digit or space counts, also what Unicode calls symbols: ^ $ `. */
    private static boolean isPunctuation(int codePoint) {
        if (codePoint < 0x80) {
            return codePoint > ' ' && codePoint < 0x7F && !Character.isLetterOrDigit(codePoint);
        }
        return switch (Character.getType(codePoint)) {
            case Character.CONNECTOR_PUNCTUATION,
                    Character.DASH_PUNCTUATION,
                    Character.START_PUNCTUATION,
                    Character.END_PUNCTUATION,
                    Character.INITIAL_QUOTE_PUNCTUATION,
                    Character.FINAL_QUOTE_PUNCTUATION,
                    Character.OTHER_PUNCTUATION -> true;
            default -> false;
        };
    }
}
