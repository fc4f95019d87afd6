package org.jocular.tokenizers;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * What goes around a text, and where a text that is too long loses ids; {@code build_inputs_with_special_tokens} and
 * {@code truncate_sequences} of huggingface/transformers.
 *
 * @param before ids in front
 * @param after ids behind
 * @param afterOnce nothing goes behind a text whose last id is the last of {@code after} already (T5)
 * @param truncateLeft a text that is too long loses its beginning, not its end ({@code truncation_side})
 */
public record SpecialTokens(List<Integer> before, List<Integer> after, boolean afterOnce, boolean truncateLeft) {
    /** Nothing around. */
    public static final SpecialTokens NONE = new SpecialTokens(List.of(), List.of(), false, false);

    public SpecialTokens {
        before = List.copyOf(before);
        after = List.copyOf(after);
    }

    /** {@code ids} with everything around. */
    public int[] around(int[] ids) {
        boolean there = afterOnce && ids.length > 0 && !after.isEmpty() && ids[ids.length - 1] == after.getLast();
        return Stream.of(ints(before), ids, there ? new int[0] : ints(after))
                .flatMapToInt(IntStream::of)
                .toArray();
    }

    /**
     * As {@link #around(int[])}, with {@code ids} cut so that at most {@code maxLength} come out.
     *
     * @throws IllegalArgumentException if {@code maxLength} does not even hold the special tokens
     */
    public int[] around(int[] ids, int maxLength) {
        int room = maxLength - before.size() - after.size();
        if (room < 0) {
            throw new IllegalArgumentException("a length of " + maxLength + " leaves no room for the "
                    + (before.size() + after.size()) + " special tokens");
        }
        if (ids.length <= room) {
            return around(ids);
        }
        return around(truncateLeft ? Arrays.copyOfRange(ids, ids.length - room, ids.length) : Arrays.copyOf(ids, room));
    }

    SpecialTokens withTruncateLeft(boolean left) {
        return new SpecialTokens(before, after, afterOnce, left);
    }

    private static int[] ints(List<Integer> list) {
        return list.stream().mapToInt(Integer::intValue).toArray();
    }
}
