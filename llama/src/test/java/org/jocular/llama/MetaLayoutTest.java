package org.jocular.llama;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jocular.tensor.DType;
import org.jocular.tensor.Executor;
import org.jocular.tensor.Tensor;
import org.jocular.weights.Checkpoint;
import org.jocular.weights.SafetensorsWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The same model as Meta stores it and as Hugging Face converts it. */
class MetaLayoutTest {
    @TempDir
    private Path directory;

    @Test
    void namesAndOrderOfRowsAreThoseOfTheConversion() throws IOException {
        Path hub = Shared.path("assets/llama/stories260K.hf.safetensors");
        Path meta = directory.resolve("meta.safetensors");
        try (Arena arena = Arena.ofShared()) {
            SafetensorsWriter.write(meta, new Llama2c(Shared.path("assets/llama/stories260K.bin"), arena).tensors());
        }
        int[] ids = Tiny.randomIds(40, 512);
        try (Executor executor = Tiny.executor("simd");
                Checkpoint ofHub = Checkpoint.open(hub);
                Checkpoint ofMeta = Checkpoint.open(meta)) {
            Llama expected = Tiny.stories(ofHub);
            int headDim = expected.config().headDim();
            Llama model = Llama.load(new MetaLayout(ofMeta.root(MetaLayout.fileName()), headDim), expected.config());
            ofMeta.finish();

            assertThat(Tiny.logits(model, executor, ids)).containsExactly(Tiny.logits(expected, executor, ids));
        }
    }

    /** A file of karpathy/llama2.c: seven numbers, then the weights of all layers, kind by kind (run.c, memory_map_weights). */
    private static final class Llama2c {
        private final Map<String, Tensor> tensors = new LinkedHashMap<>();
        private final MemorySegment weights;
        private long at = 7 * Integer.BYTES;

        Llama2c(Path file, Arena arena) throws IOException {
            byte[] bytes = Files.readAllBytes(file);
            weights = arena.allocate(bytes.length, 64).copyFrom(MemorySegment.ofArray(bytes));
            int[] header =
                    weights.asSlice(0, at).toArray(ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN));
            int dim = header[0];
            int hidden = header[1];
            int layers = header[2];
            int headDim = dim / header[3];
            int kvDim = header[4] * headDim;
            int context = header[6];
            boolean tied = header[5] > 0;
            int vocabulary = Math.abs(header[5]);

            take("tok_embeddings", vocabulary, dim);
            takeAll("attention_norm", layers, dim);
            takeAll("attention.wq", layers, dim, dim);
            takeAll("attention.wk", layers, kvDim, dim);
            takeAll("attention.wv", layers, kvDim, dim);
            takeAll("attention.wo", layers, dim, dim);
            takeAll("ffn_norm", layers, dim);
            takeAll("feed_forward.w1", layers, hidden, dim);
            takeAll("feed_forward.w2", layers, dim, hidden);
            takeAll("feed_forward.w3", layers, hidden, dim);
            take("norm", dim);
            at += 4L * context * headDim; // cosines and sines, which nobody reads any more
            assertThat(tied).isTrue();
            assertThat(at).isEqualTo(bytes.length);
        }

        Map<String, Tensor> tensors() {
            return tensors;
        }

        private void takeAll(String name, int layers, long... shape) {
            for (int layer = 0; layer < layers; layer++) {
                take("layers." + layer + "." + name, shape);
            }
        }

        private void take(String name, long... shape) {
            long bytes = 4;
            for (long size : shape) {
                bytes *= size;
            }
            tensors.put(name + ".weight", new Tensor(DType.F32, weights.asSlice(at, bytes), shape));
            at += bytes;
        }
    }
}
