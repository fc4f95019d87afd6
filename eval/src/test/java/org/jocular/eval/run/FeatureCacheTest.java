package org.jocular.eval.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.jocular.systems.VisualTokens;
import org.jocular.tensor.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FeatureCacheTest {
    /** At least what one picture's features take. */
    private static final long ONE = 600;

    @TempDir
    private Path dir;

    private final Arena arena = Arena.ofAuto();
    private int seen;

    private VisualTokens see(int picture) {
        seen++;
        return new VisualTokens(Tensor.of(arena, new float[] {picture, 0.1f, -3e-7f, 7}, 2, 2), picture);
    }

    private float[] get(FeatureCache cache, int picture) {
        VisualTokens tokens = cache.get("hash" + picture, arena, () -> see(picture));
        assertThat(tokens.picture()).isEqualTo(picture);
        return tokens.rows().toFloats();
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> files = Files.list(dir)) {
            return files.sorted().toList();
        }
    }

    @Test
    void seesEachPictureOnce() {
        FeatureCache cache = new FeatureCache(dir, 1 << 20, "model");
        float[] first = get(cache, 5);
        assertThat(get(cache, 5)).isEqualTo(first);
        assertThat(get(new FeatureCache(dir, 1 << 20, "model"), 5)).isEqualTo(first);
        assertThat(seen).isEqualTo(1);
        get(new FeatureCache(dir, 1 << 20, "another model"), 5);
        assertThat(seen).isEqualTo(2);
    }

    @Test
    void seesAgainWhatIsBroken() throws IOException {
        FeatureCache cache = new FeatureCache(dir, 1 << 20, "model");
        float[] first = get(cache, 5);
        Path file = files().getFirst();
        byte[] whole = Files.readAllBytes(file);
        for (int length : new int[] {0, 4, whole.length / 2, whole.length - 1}) {
            Files.write(file, Arrays.copyOf(whole, length));
            assertThat(get(cache, 5)).isEqualTo(first);
            assertThat(file).hasBinaryContent(whole);
        }
        assertThat(seen).isEqualTo(5);
    }

    @Test
    void staysWithinItsBoundAndForgetsWhatWasNotUsedForLongest() throws IOException {
        FeatureCache cache = new FeatureCache(dir, 10 * ONE, "model");
        for (int picture = 1; picture <= 60; picture++) {
            get(cache, picture);
            List<Path> files = files();
            long bytes = 0;
            for (Path file : files) {
                bytes += Files.size(file);
                // So that all are older than what comes next, however coarse the file system's clock is.
                Files.setLastModifiedTime(
                        file,
                        FileTime.fromMillis(Files.getLastModifiedTime(file).toMillis() - 10_000));
            }
            assertThat(bytes).isLessThanOrEqualTo(10 * ONE);
        }
        int before = seen;
        get(cache, 60);
        assertThat(seen).isEqualTo(before);
        get(cache, 1);
        assertThat(seen).isEqualTo(before + 1);
    }

    @Test
    void keepsNothingWhereItMayNot() throws IOException {
        FeatureCache cache = new FeatureCache(dir, 0, "model");
        get(cache, 1);
        get(cache, 1);
        assertThat(seen).isEqualTo(2);
        assertThat(files()).isEmpty();
    }
}
