package org.jocular.tokenizers;

import java.util.Base64;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * SentencePiece's rules as huggingface/tokenizers applies them ({@code normalizers/precompiled.rs}), which is not how
 * SentencePiece does: the shortest rule that begins a short grapheme replaces all of it, else each character counts.
 */
final class Precompiled implements UnaryOperator<String> {
    private static final Pattern GRAPHEME = Pattern.compile("\\X");
    /** UTF-8 bytes from which on a grapheme is taken apart. */
    private static final int LONG = 6;

    private final CharsMap rules;

    /** @param charsMap the field {@code precompiled_charsmap}, base64 */
    Precompiled(JsonPart charsMap) {
        byte[] blob;
        try {
            blob = Base64.getDecoder().decode(charsMap.string());
        } catch (IllegalArgumentException e) {
            throw charsMap.expected("base64", e);
        }
        this.rules = new CharsMap(charsMap.file().toString(), blob);
    }

    @Override
    public String apply(String text) {
        StringBuilder out = new StringBuilder(text.length());
        Matcher graphemes = GRAPHEME.matcher(text);
        while (graphemes.find()) {
            int start = graphemes.start();
            int end = graphemes.end();
            String whole = utf8Length(text, start, end) < LONG ? rules.shortest(text, start, end) : null;
            if (whole != null) {
                out.append(whole);
                continue;
            }
            for (int at = start; at < end; ) {
                int next = text.offsetByCodePoints(at, 1);
                String one = rules.shortest(text, at, next);
                out.append(one == null ? text.substring(at, next) : one);
                at = next;
            }
        }
        return out.toString();
    }

    private static int utf8Length(String text, int start, int end) {
        int bytes = 0;
        for (int i = start; i < end; i++) {
            char c = text.charAt(i);
            bytes += c < 0x80 ? 1 : c < 0x800 || Character.isSurrogate(c) ? 2 : 3;
        }
        return bytes;
    }
}
