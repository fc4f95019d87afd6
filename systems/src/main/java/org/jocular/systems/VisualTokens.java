package org.jocular.systems;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import org.jocular.tensor.Tensor;
import org.jocular.vit.Picture;

/**
 * A picture as a language model sees it, computed once whatever is asked about it.
 *
 * @param rows (tokens, width of the language model)
 * @param picture a number that tells this picture from others, never 0
 */
public record VisualTokens(Tensor rows, long picture) {
    /**
     * The same number for the same pixels. From a cryptographic hash: with that of {@link Picture#hashCode} two colours are soon found that
     * share a number, and then one picture would be answered for as if it were the other.
     */
    static long number(Picture picture) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(ByteBuffer.allocate(8)
                    .putInt(picture.width())
                    .putInt(picture.height())
                    .flip());
            long number = ByteBuffer.wrap(digest.digest(picture.rgb())).getLong();
            return number == 0 ? 1 : number;
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every JDK has SHA-256", e);
        }
    }
}
