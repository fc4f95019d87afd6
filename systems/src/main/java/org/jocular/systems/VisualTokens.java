package org.jocular.systems;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import org.jocular.tensor.Tensor;
import org.jocular.vit.Picture;

/**
 * What was computed of a picture, once whatever is asked about it.
 *
 * @param rows (tokens, width): what the language model sees or, where the question changes that, what it is made from
 * @param picture a number that tells this picture from others, never 0
 */
public record VisualTokens(Tensor rows, long picture) {
    /** A number for the picture as it is seen with an instruction in mind. */
    long numberWith(int[] instruction) {
        long number = picture;
        for (int id : instruction) {
            number = (number ^ id) * 0x100000001b3L; // Fowler, Noll and Vo
        }
        return number == 0 ? 1 : number;
    }

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
