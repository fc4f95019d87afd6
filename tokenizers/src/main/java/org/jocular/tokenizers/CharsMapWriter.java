package org.jocular.tokenizers;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Map;
import java.util.TreeMap;

/**
 * Puts rules that replace a string by another into a {@code precompiled_charsmap}, which {@link CharsMap} reads: a Darts
 * double array over UTF-8 bytes, and the replacements behind it. Units as in {@code darts.h} of s-yata/darts-clone:
 * label in bits 0 to 7, "a rule ends here" in bit 8, from bit 10 on what leads to the children by exclusive or.
 */
final class CharsMapWriter {
    private static final int LEAF = 1 << 8;
    private static final int VALUE = 1 << 31;
    private static final int BLOCK = 256;
    /** Beyond it an offset is written in another way, which thousands of rules do not need. */
    private static final int MAX_OFFSET = 1 << 21;

    private int[] units = new int[0];
    private final BitSet taken = new BitSet();
    /** Places from which children are counted: two nodes with the same would see each other's children. */
    private final BitSet bases = new BitSet();

    private static final class Node {
        final TreeMap<Integer, Node> children = new TreeMap<>();
        /** Where its replacement begins, -1 where no rule ends here. */
        int value = -1;
    }

    private CharsMapWriter() {}

    /** @throws IllegalArgumentException if a rule replaces nothing, or holds a zero byte, which ends strings there */
    static byte[] write(Map<String, String> rules) {
        if (rules.isEmpty()) {
            return new byte[0];
        }
        Node root = new Node();
        ByteArrayOutputStream replacements = new ByteArrayOutputStream();
        new TreeMap<>(rules).forEach((from, to) -> {
            if (from.isEmpty() || (from + to).indexOf(0) >= 0) {
                throw new IllegalArgumentException(
                        "a rule replaces '" + from + "' by '" + to + "', expected a text without zero bytes");
            }
            node(root, from).value = replacements.size();
            replacements.writeBytes(to.getBytes(StandardCharsets.UTF_8));
            replacements.write(0);
        });
        CharsMapWriter array = new CharsMapWriter();
        array.taken.set(0);
        array.place(root, 0, 0);
        ByteBuffer blob = ByteBuffer.allocate(4 + 4 * array.units.length + replacements.size())
                .order(ByteOrder.LITTLE_ENDIAN);
        blob.putInt(4 * array.units.length);
        for (int unit : array.units) {
            blob.putInt(unit);
        }
        return blob.put(replacements.toByteArray()).array();
    }

    private static Node node(Node root, String key) {
        Node node = root;
        for (byte b : key.getBytes(StandardCharsets.UTF_8)) {
            node = node.children.computeIfAbsent(b & 0xFF, label -> new Node());
        }
        return node;
    }

    private void place(Node node, int index, int label) {
        int base = freeBase(node);
        bases.set(base);
        int offset = index ^ base;
        if (offset >= MAX_OFFSET) {
            throw new IllegalArgumentException("these are more rules than one array of offsets below 2^21 holds");
        }
        units[index] = label | offset << 10;
        if (node.value >= 0) {
            units[index] |= LEAF;
            taken.set(base);
            units[base] = VALUE | node.value;
        }
        node.children.keySet().forEach(child -> taken.set(base ^ child));
        node.children.forEach((child, below) -> place(below, base ^ child, child));
    }

    /** The first place from which all children, and the replacement's unit, fall on free ones. */
    private int freeBase(Node node) {
        int base = 1;
        while (bases.get(base)
                || (node.value >= 0 && taken.get(base))
                || anyTaken(
                        base,
                        node.children.keySet().stream().mapToInt(label -> label).toArray())) {
            base++;
        }
        grow(base);
        return base;
    }

    private boolean anyTaken(int base, int[] labels) {
        return Arrays.stream(labels).anyMatch(label -> taken.get(base ^ label));
    }

    /** In whole blocks: children lie in the block of their base. No text leads to what is left free: it looks like a value. */
    private void grow(int base) {
        int size = (base / BLOCK + 1) * BLOCK;
        if (size > units.length) {
            int before = units.length;
            units = Arrays.copyOf(units, size);
            Arrays.fill(units, before, size, VALUE);
        }
    }
}
