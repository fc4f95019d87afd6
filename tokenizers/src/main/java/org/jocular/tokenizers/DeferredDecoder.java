package org.jocular.tokenizers;

import java.util.function.UnaryOperator;

/** For rules that look at the whole text: nothing is certain before the end. */
final class DeferredDecoder implements StreamDecoder {
    private final StreamDecoder decoder;
    private final UnaryOperator<String> rule;
    private final StringBuilder text = new StringBuilder();

    DeferredDecoder(StreamDecoder decoder, UnaryOperator<String> rule) {
        this.decoder = decoder;
        this.rule = rule;
    }

    @Override
    public String feed(int id) {
        text.append(decoder.feed(id));
        return "";
    }

    @Override
    public String flush() {
        text.append(decoder.flush());
        String all = rule.apply(text.toString());
        text.setLength(0);
        return all;
    }
}
