package org.jocular.cli.bench;

import org.jocular.tokenizers.StreamDecoder;
import org.jocular.tokenizers.Tokenizer;

/** Random weights say nothing: every token is an empty text. */
record NoText(int vocabSize) implements Tokenizer {
    @Override
    public int[] encode(String text) {
        return new int[0];
    }

    @Override
    public StreamDecoder streamDecoder(boolean skipSpecial) {
        return new StreamDecoder() {
            @Override
            public String feed(int id) {
                return "";
            }

            @Override
            public String flush() {
                return "";
            }
        };
    }

    @Override
    public String piece(int id) {
        return "";
    }

    @Override
    public int id(String piece) {
        return -1;
    }

    @Override
    public int bosId() {
        return -1;
    }

    @Override
    public int eosId() {
        return -1;
    }

    @Override
    public int unkId() {
        return -1;
    }

    @Override
    public int padId() {
        return -1;
    }
}
