package org.jocular.tokenizers;

import java.text.Normalizer;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What CLIP does to a text first. Characters written as in HTML become what they are ({@code simple_tokenizer.py} of
 * openai/CLIP; of the names the common ones are known). The rest is as in {@code tokenization_clip.py} where the
 * package {@code ftfy}, which repairs text that was decoded wrongly, is not installed.
 */
final class ClipText {
    /** No nested or open-ended repetition: linear time. */
    private static final Pattern ENTITY = Pattern.compile("&(#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-z]{2,4});");

    private static final Map<String, String> NAMES =
            Map.of("amp", "&", "lt", "<", "gt", ">", "quot", "\"", "apos", "'", "nbsp", "\u00A0");

    private static final BertText CLEAN = new BertText(true, true, true, false, false);

    private ClipText() {}

    static String prepared(String text) {
        // Twice, as in the original: "&amp;lt;" is common in captions from the web.
        String clean = CLEAN.apply(unescaped(unescaped(text)));
        return Normalizer.normalize(clean, Normalizer.Form.NFC).toLowerCase(Locale.ROOT);
    }

    private static String unescaped(String text) {
        Matcher entities = ENTITY.matcher(text);
        return entities.replaceAll(entity -> Matcher.quoteReplacement(character(entity.group(), entity.group(1))));
    }

    private static String character(String entity, String name) {
        if (!name.startsWith("#")) {
            return NAMES.getOrDefault(name, entity);
        }
        boolean hexadecimal = Character.toLowerCase(name.charAt(1)) == 'x';
        int codePoint = hexadecimal ? Integer.parseInt(name.substring(2), 16) : Integer.parseInt(name.substring(1));
        boolean fits = codePoint > 0 && codePoint <= Character.MAX_CODE_POINT && (codePoint >> 11) != 0x1B;
        return fits ? Character.toString(codePoint) : entity;
    }

    /** Spaces where words ended; whether there was one in the original is lost. */
    static String decoded(String text, String endOfWord) {
        return text.replace(endOfWord, " ").strip();
    }
}
