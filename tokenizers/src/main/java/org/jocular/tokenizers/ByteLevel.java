package org.jocular.tokenizers;

import java.nio.charset.StandardCharsets;
import java.util.function.IntFunction;

/**
 * Bytes as printable characters, so that a vocabulary of bytes can be written as text: {@code bytes_to_unicode} of
 * openai/gpt-2. Bytes that print stand for themselves, the other 68 in order for U+0100 to U+0143: a space is Ġ.
 */
final class ByteLevel {
    private ByteLevel() {}

    /** Each byte of the text as its character. */
    static String spell(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        StringBuilder out = new StringBuilder(bytes.length);
        for (byte b : bytes) {
            out.append(character(b & 0xFF));
        }
        return out.toString();
    }

    private static char character(int b) {
        if (b <= ' ') {
            return (char) (0x100 + b);
        }
        if (b >= 0x7F && b <= 0xA0) {
            return (char) (0x121 + b - 0x7F);
        }
        return b == 0xAD ? '\u0143' : (char) b;
    }

    /** The byte for which a character stands, -1 where it stands for none. */
    static int byteOf(char c) {
        int b = c < 0x100 ? c : c <= 0x120 ? c - 0x100 : c <= 0x142 ? c - 0x121 + 0x7F : c == 0x143 ? 0xAD : -1;
        return b >= 0 && character(b) == c ? b : -1;
    }

    /** Decodes ids one by one; a character whose bytes lie in several pieces comes with the last of them. */
    static final class Decoder implements StreamDecoder {
        private final IntFunction<Rendered> render;
        private final Utf8Assembler bytes = new Utf8Assembler(false);

        Decoder(IntFunction<Rendered> render) {
            this.render = render;
        }

        @Override
        public String feed(int id) {
            StringBuilder out = new StringBuilder();
            switch (render.apply(id)) {
                case Rendered.Nothing nothing -> {}
                case Rendered.RawByte raw -> bytes.feed(raw.value(), out);
                case Rendered.Literal literal -> {
                    bytes.flush(out);
                    out.append(literal.text());
                }
                case Rendered.Text piece -> {
                    for (byte b : bytes(piece.text())) {
                        bytes.feed(b, out);
                    }
                }
            }
            return out.toString();
        }

        @Override
        public String flush() {
            StringBuilder out = new StringBuilder();
            bytes.flush(out);
            return out.toString();
        }

        /** A piece that is not spelt in bytes ({@code <unk>} could be) is taken as text; {@code byte_level.rs}. */
        private static byte[] bytes(String piece) {
            byte[] bytes = new byte[piece.length()];
            for (int i = 0; i < bytes.length; i++) {
                int b = byteOf(piece.charAt(i));
                if (b < 0) {
                    return piece.getBytes(StandardCharsets.UTF_8);
                }
                bytes[i] = (byte) b;
            }
            return bytes;
        }
    }
}
