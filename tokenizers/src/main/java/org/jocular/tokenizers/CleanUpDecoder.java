package org.jocular.tokenizers;

/**
 * Takes spaces away that stand before punctuation and English contractions; {@code clean_up_tokenization} of
 * huggingface/transformers. The last word is held back until the next one begins.
 */
final class CleanUpDecoder implements StreamDecoder {
    private final StreamDecoder decoder;
    private final StringBuilder held = new StringBuilder();

    private CleanUpDecoder(StreamDecoder decoder) {
        this.decoder = decoder;
    }

    static StreamDecoder around(StreamDecoder decoder, boolean cleanUp) {
        return cleanUp ? new CleanUpDecoder(decoder) : decoder;
    }

    static String cleaned(String text) {
        return text.replace(" .", ".")
                .replace(" ?", "?")
                .replace(" !", "!")
                .replace(" ,", ",")
                .replace(" ' ", "'")
                .replace(" n't", "n't")
                .replace(" 'm", "'m")
                .replace(" 's", "'s")
                .replace(" 've", "'ve")
                .replace(" 're", "'re");
    }

    @Override
    public String feed(int id) {
        held.append(decoder.feed(id));
        int end = held.length() - 1;
        while (end > 0 && !isSeam(end)) {
            end--;
        }
        return end > 0 ? take(end) : "";
    }

    /** A place that no replacement looks across: a space by itself, not the second one of " ' ". */
    private boolean isSeam(int at) {
        return held.charAt(at) == ' ' && held.charAt(at - 1) != ' ' && held.charAt(at - 1) != '\'';
    }

    private String take(int end) {
        String text = cleaned(held.substring(0, end));
        held.delete(0, end);
        return text;
    }

    @Override
    public String flush() {
        held.append(decoder.flush());
        return take(held.length());
    }
}
