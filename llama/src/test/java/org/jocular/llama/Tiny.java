package org.jocular.llama;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.jocular.tensor.Activation;
import org.jocular.tensor.CpuExecutor;
import org.jocular.tensor.DType;
import org.jocular.tensor.Executor;
import org.jocular.tensor.Ops;
import org.jocular.tensor.Tensor;
import org.jocular.tensor.Weights;
import org.jocular.tokenizers.StreamDecoder;
import org.jocular.tokenizers.Tokenizer;
import org.jocular.weights.Checkpoint;
import org.jocular.weights.JsonFile;

/** Small models, and what the tests do with them. */
final class Tiny {
    private Tiny() {}

    static Executor executor(String name) {
        return name.equals("reference") ? CpuExecutor.reference() : CpuExecutor.simd(2);
    }

    /** A LLaMA of random weights with two heads to each key/value head. */
    static Llama llama(Arena arena, int layers, int context) {
        return Llama.load(new RandomWeights(arena, ""), config(layers, context, 2, 1));
    }

    static Llama.Config config(int layers, int context, int kvHeads, double ropeFactor) {
        return new Llama.Config(61, 32, 44, layers, 4, kvHeads, 8, context, 1e-5f, 10000, ropeFactor);
    }

    /** The trained model of 260 thousand parameters. */
    static Llama stories(Checkpoint checkpoint) {
        Path config = Shared.path("assets/llama/stories260K.config.json");
        return Llama.load(checkpoint.root(), Llama.Config.of(JsonFile.read(config)));
    }

    static Prompt prompt(LanguageModel model, Executor executor, Arena arena, int... ids) {
        try (Ops ops = executor.begin()) {
            return new Prompt(ids, new long[ids.length], ops.keep(model.embed(ops, ids), arena));
        }
    }

    /** Scores at all positions, computed at once and with a new cache: (ids.length · vocabSize). */
    static float[] logits(CausalLm model, Executor executor, int... ids) {
        try (KvCache cache = model.newCache(ids.length);
                Ops ops = executor.begin()) {
            return ops.read(model.logits(ops, model.decode(ops, ids, Batch.of(cache, ids.length))));
        }
    }

    static int[] randomIds(int n, int vocabSize) {
        return new Random(11).ints(n, 0, vocabSize).toArray();
    }

    /** ‖found − expected‖ / ‖expected‖. */
    static double error(float[] found, float[] expected) {
        double difference = 0;
        double norm = 0;
        for (int i = 0; i < expected.length; i++) {
            difference += Math.pow(found[i] - (double) expected[i], 2);
            norm += Math.pow(expected[i], 2);
        }
        return found.length == expected.length ? Math.sqrt(difference / norm) : Double.POSITIVE_INFINITY;
    }

    /** Weights that are made when they are asked for; the same name gives the same values. */
    record RandomWeights(Arena arena, String path) implements Weights {
        @Override
        public Weights at(String name) {
            return new RandomWeights(arena, path(name));
        }

        @Override
        public boolean has(String name) {
            return true;
        }

        @Override
        public Tensor tensor(String name, long... shape) {
            Random random = new Random(path(name).hashCode());
            Tensor tensor = Tensor.zeros(arena, DType.F32, shape);
            boolean norm = shape.length == 1;
            for (long i = 0; i < tensor.elements(); i++) {
                double value = norm ? 1 + 0.1 * random.nextGaussian() : 0.3 * random.nextGaussian();
                tensor.dtype().set(tensor.data(), i, value);
            }
            return tensor;
        }

        @Override
        public Tensor floats(String name, long... shape) {
            return tensor(name, shape);
        }
    }

    /** A tokenizer whose ids are places in a list of pieces, which may end within a character. */
    record Pieces(List<byte[]> pieces) implements Tokenizer {
        static Pieces of(String... pieces) {
            return new Pieces(
                    List.of(pieces).stream().map(p -> p.getBytes(UTF_8)).toList());
        }

        @Override
        public StreamDecoder streamDecoder(boolean skipSpecial) {
            return new StreamDecoder() {
                private byte[] held = {};

                @Override
                public String feed(int id) {
                    byte[] piece = pieces.get(id);
                    byte[] all = Arrays.copyOf(held, held.length + piece.length);
                    System.arraycopy(piece, 0, all, held.length, piece.length);
                    String text = new String(all, UTF_8);
                    boolean incomplete = text.endsWith("\uFFFD");
                    held = incomplete ? all : new byte[0];
                    return incomplete ? "" : text;
                }

                @Override
                public String flush() {
                    String rest = new String(held, UTF_8);
                    held = new byte[0];
                    return rest;
                }
            };
        }

        @Override
        public int[] encode(String text) {
            throw new UnsupportedOperationException();
        }

        @Override
        public int[] encode(String text, boolean addSpecial) {
            throw new UnsupportedOperationException();
        }

        @Override
        public int vocabSize() {
            return pieces.size();
        }

        @Override
        public String piece(int id) {
            return new String(pieces.get(id), UTF_8);
        }

        @Override
        public int id(String piece) {
            return -1;
        }

        @Override
        public int bosId() {
            return -1;
        }

        @Override
        public int eosId() {
            return -1;
        }

        @Override
        public int unkId() {
            return -1;
        }

        @Override
        public int padId() {
            return -1;
        }
    }

    /**
     * A model that finds each token followed by the next one, the last by the first: what it will say is known.
     *
     * @param rows of every forward pass, as they came
     */
    record Script(Tensor eye, Tensor next, int context, List<Integer> rows) implements CausalLm {
        static Script of(Arena arena, int vocabSize, int context) {
            Tensor eye = Tensor.zeros(arena, DType.F32, vocabSize, vocabSize);
            Tensor next = Tensor.zeros(arena, DType.F32, vocabSize, vocabSize);
            for (int id = 0; id < vocabSize; id++) {
                DType.F32.set(eye.data(), (long) id * vocabSize + id, 1);
                DType.F32.set(next.data(), (long) ((id + 1) % vocabSize) * vocabSize + id, 1);
            }
            return new Script(eye, next, context, new ArrayList<>());
        }

        @Override
        public int width() {
            return eye.width();
        }

        @Override
        public int vocabSize() {
            return eye.width();
        }

        @Override
        public int contextLength() {
            return context;
        }

        @Override
        public KvCache newCache(int capacity) {
            return new KvCache(0, 1, capacity);
        }

        @Override
        public Tensor embed(Ops ops, int[] ids) {
            return ops.embedding(eye, ids);
        }

        @Override
        public Tensor forward(Ops ops, Tensor embeddings, Rows batch) {
            rows.add((int) embeddings.rows());
            batch.advance();
            return embeddings;
        }

        @Override
        public Tensor logits(Ops ops, Tensor hidden) {
            return ops.linear(hidden, next, null, Activation.NONE);
        }
    }
}
