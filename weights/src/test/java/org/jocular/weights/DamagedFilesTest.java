package org.jocular.weights;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.jocular.tensor.BadInput;
import org.jocular.tensor.DType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.api.io.TempDir;

/** Good files with one byte changed: each is read, or refused in one sentence; nothing else is ever thrown. */
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = ThreadMode.SEPARATE_THREAD)
class DamagedFilesTest {
    @TempDir
    private Path folder;

    @Test
    void pickles() {
        Pickle pickle = Pickle.begin().ops("}(").text("w").vector("FloatStorage", "0", 4);
        pickle.text("t").tensor("FloatStorage", "0", 4, 0, new long[] {2, 2}, new long[] {1, 2});
        pickle.text("e").number(1L << 40).text("l").ops("]N");
        byte[] good = Zip.torch(pickle.ops("au").stop(), new byte[16]).bytes();
        assertThat(refusals("w.pt", good)).isBetween(1000, 6 * good.length - 1000);
    }

    @Test
    void safetensors() {
        Path file = new Stored()
                .add("w", DType.F32, 2, 1, 2, 3, 4)
                .add("v", DType.F16, 0, 1, 2)
                .to(folder.resolve("good.safetensors"));
        byte[] good = Crafted.read(file);
        assertThat(refusals("w.safetensors", good)).isBetween(100, 6 * good.length - 100);
    }

    private int refusals(String name, byte[] good) {
        int refusals = 0;
        for (int at = 0; at < good.length; at++) {
            for (int value : new int[] {0, 1, 0x7f, 0x80, 0xff, good[at] ^ 1 << at % 8}) {
                byte[] damaged = good.clone();
                damaged[at] = (byte) value;
                refusals += isRefused(Crafted.write(folder.resolve(name), damaged)) ? 1 : 0;
            }
        }
        return refusals;
    }

    private static boolean isRefused(Path file) {
        try (Checkpoint checkpoint = Checkpoint.open(file);
                Arena arena = Arena.ofShared()) {
            checkpoint.tensors().forEach(info -> checkpoint.tensor(info.name(), arena));
            return false;
        } catch (BadInput refused) {
            assertThat(refused.getMessage())
                    .startsWith(file + " ")
                    .hasSizeLessThan(1000)
                    .doesNotContain("\n");
            return true;
        }
    }
}
