package org.jocular.weights;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jocular.weights.TensorFile.Beside;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Small pickles that unfold into more than memory holds, or keep a reader busy for ever. */
@Timeout(value = 10, unit = TimeUnit.SECONDS, threadMode = ThreadMode.SEPARATE_THREAD)
class PickleBombsTest {
    @TempDir
    private Path folder;

    /** Files that unfold: each level names the one before it ten times. */
    static Stream<Hostile> bombs() {
        byte[] laughs = laughs(100, 't');
        return Stream.of(
                bytes(
                        "10^100 tuples as a key",
                        "has a tuple of 10 as a key",
                        Pickle.begin().op('}').bytes(laughs).ops("Ns")),
                bytes(
                        "10^100 tuples as sizes",
                        "gives a tensor sizes that are a tuple of 10",
                        Pickle.begin()
                                .global("torch._utils", "_rebuild_tensor_v2")
                                .op('(')
                                .storage("FloatStorage", "0", 4)
                                .number(0)
                                .bytes(laughs)
                                .numbers(1)
                                .op(0x89, 'N')
                                .ops("tR")),
                bytes(
                        "10^100 tuples as an id",
                        "refers to a tuple of 10, a tuple of 10",
                        Pickle.begin().bytes(laughs).op('Q')),
                bytes(
                        "a million opcodes",
                        "has more than 524288 opcodes",
                        Pickle.begin().repeat(1 << 20, new byte[] {'}', 'q'})),
                bytes(
                        "a million values kept",
                        "has more than 524288 opcodes",
                        Pickle.begin(4).op('N').repeat(1 << 20, new byte[] {(byte) 0x94})),
                bytes(
                        "a million open values",
                        "keeps more than 100000 values open",
                        Pickle.begin().repeat(1 << 20, new byte[] {'N'})),
                bytes(
                        "a million open groups",
                        "nests deeper than 1000 levels",
                        Pickle.begin().repeat(1 << 20, new byte[] {'('})));
    }

    @ParameterizedTest
    @MethodSource("bombs")
    void isRefusedInOneSentence(Hostile pickle) throws IOException {
        pickle.assertRefused(folder);
    }

    @Test
    void whatUnfoldsBesideTheWeightsIsLeftFolded() {
        Pickle pickle = Pickle.begin().ops("}").put(255).op('(').text("w").vector("FloatStorage", "0", 4);
        pickle.text("laughs").bytes(laughs(100, 'l')).text("itself").get(255);
        pickle.text("deep").repeat(90_000, new byte[] {']'}).repeat(89_999, new byte[] {'a'});
        pickle.text("colliding").ops("}");
        for (int i = 0; i < 1 << 13; i++) {
            pickle.text(colliding(i)).ops("Ns");
        }
        Path file = Crafted.write(
                folder.resolve("w.pt"),
                Zip.torch(pickle.ops("u").stop(), new byte[16]).bytes());
        try (Arena arena = Arena.ofShared()) {
            assertThat(PyTorchFile.open(file, arena).beside())
                    .containsExactly(
                            new Beside("laughs", "a list of 10"),
                            new Beside("itself", "a dictionary of 5 entries"),
                            new Beside("deep", "a list of 1"),
                            new Beside("colliding", "a dictionary of 8192 entries"));
        }
        assertThat(Hostile.allocatedByOpening(file)).isLessThan(64L << 20);
    }

    private static Hostile bytes(String name, String reason, Pickle pickle) {
        return Hostile.pickle(name, pickle, reason);
    }

    /** Each level is a tuple ({@code t}) or a list of the level before it, ten times. */
    private static byte[] laughs(int levels, char kind) {
        Pickle pickle = Pickle.raw().repeat(levels, (kind == 't' ? "(" : "](").getBytes(StandardCharsets.US_ASCII));
        pickle.op('N');
        for (int level = 0; level < levels; level++) {
            pickle.put(level);
            for (int i = 1; i < 10; i++) {
                pickle.get(level);
            }
            pickle.op(kind == 't' ? 't' : 'e');
        }
        return pickle.toBytes();
    }

    /** One of 2^13 texts that have the same hash. */
    private static String colliding(int i) {
        StringBuilder text = new StringBuilder();
        for (int bit = 0; bit < 13; bit++) {
            text.append((i >> bit & 1) == 0 ? "Aa" : "BB");
        }
        return text.toString();
    }
}
