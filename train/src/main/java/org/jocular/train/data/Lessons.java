package org.jocular.train.data;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jocular.systems.Preset;
import org.jspecify.annotations.Nullable;

/**
 * Many lessons, kept as UTF-8 outside of the heap: LLaVA's 665 thousand conversations then need hardly more than their text, where objects for
 * each would need a multiple.
 */
final class Lessons {
    private static final int CHUNK = 4 << 20;

    private final Arena arena = Arena.ofAuto();
    private final List<MemorySegment> chunks = new ArrayList<>();
    private final ByteArrayOutputStream buffer = new ByteArrayOutputStream();
    private long[] places = new long[1024];
    private int[] lengths = new int[1024];
    private int used = CHUNK;
    private int size;

    int size() {
        return size;
    }

    void add(Lesson lesson) {
        byte[] bytes = encoded(lesson);
        if (used + bytes.length > CHUNK) {
            chunks.add(arena.allocate(Math.max(CHUNK, bytes.length)));
            used = 0;
        }
        MemorySegment.copy(MemorySegment.ofArray(bytes), 0, chunks.getLast(), used, bytes.length);
        if (size == places.length) {
            places = Arrays.copyOf(places, 2 * size);
            lengths = Arrays.copyOf(lengths, 2 * size);
        }
        places[size] = (long) (chunks.size() - 1) << 32 | used;
        lengths[size++] = bytes.length;
        used += bytes.length;
    }

    Lesson get(int index) {
        if (index >= size) {
            throw new IndexOutOfBoundsException(index);
        }
        MemorySegment chunk = chunks.get((int) (places[index] >>> 32));
        byte[] bytes = new byte[lengths[index]];
        MemorySegment.copy(chunk, places[index] & 0xffffffffL, MemorySegment.ofArray(bytes), 0, bytes.length);
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
            return decoded(in);
        } catch (IOException e) {
            throw new AssertionError("reading memory", e);
        }
    }

    private byte[] encoded(Lesson lesson) {
        buffer.reset();
        try (DataOutputStream out = new DataOutputStream(buffer)) {
            write(out, lesson.id());
            Path picture = lesson.picture();
            write(out, picture == null ? null : picture.toString());
            out.writeBoolean(lesson.pictureFirst());
            out.writeInt(lesson.turns().size());
            for (Preset.Turn turn : lesson.turns()) {
                write(out, turn.question());
                write(out, turn.answer());
            }
        } catch (IOException e) {
            throw new AssertionError("writing memory", e);
        }
        return buffer.toByteArray();
    }

    private static Lesson decoded(DataInputStream in) throws IOException {
        String id = text(in);
        String picture = textOrNull(in);
        boolean pictureFirst = in.readBoolean();
        int n = in.readInt();
        List<Preset.Turn> turns = new ArrayList<>(n);
        for (int i = 0; i < n; i++) {
            turns.add(new Preset.Turn(text(in), text(in)));
        }
        return new Lesson(id, picture == null ? null : Path.of(picture), pictureFirst, List.copyOf(turns));
    }

    private static void write(DataOutputStream out, @Nullable String text) throws IOException {
        byte[] bytes = text == null ? new byte[0] : text.getBytes(StandardCharsets.UTF_8);
        out.writeInt(text == null ? -1 : bytes.length);
        out.write(bytes);
    }

    private static String text(DataInputStream in) throws IOException {
        String text = textOrNull(in);
        if (text == null) {
            throw new IOException("a text is missing");
        }
        return text;
    }

    private static @Nullable String textOrNull(DataInputStream in) throws IOException {
        int length = in.readInt();
        return length < 0 ? null : new String(in.readNBytes(length), StandardCharsets.UTF_8);
    }
}
