package org.jocular.train;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.jocular.llama.Batch;
import org.jocular.llama.CausalLm;
import org.jocular.llama.EncoderDecoderLm;
import org.jocular.llama.KvCache;
import org.jocular.llama.Texts;
import org.jocular.systems.VisionLanguageModel;
import org.jocular.tensor.GradientPass;
import org.jocular.tensor.Ops;
import org.jocular.tensor.Tensor;

/** Shows examples to a model, and measures how badly it predicts what is to be learned of them: cross-entropy with teacher forcing. */
public final class Teacher implements Objective {
    /** Ids of the examples of one pass. Twice as many leave the second-level cache of common processors; half as many fill the kernels badly. */
    private static final int PASS = 250;

    private final Eyes eyes;
    private final List<KvCache> caches = new ArrayList<>();

    public Teacher(Eyes eyes) {
        this.eyes = eyes;
    }

    public Teacher(VisionLanguageModel model) {
        this(Eyes.of(model));
    }

    /**
     * Runs examples through the model and adds weight · Σ −wᵢ · log p(tokenᵢ) to what the pass minimises, where wᵢ is the token's own weight. All
     * their pictures go through the vision side together, and all their rows through the language model. To be called once in a pass.
     *
     * @param ops the pass, or something around it: adapters, a trace
     * @param examples all encoded, or none
     * @param weight for the mean over n tokens 1/n, whatever passes they are spread over
     * @return the sum without {@code weight}
     */
    public double teach(GradientPass pass, Ops ops, List<Example> examples, double weight) {
        return switch (eyes.languageModel()) {
            case CausalLm causal -> causal(pass, ops, causal, examples, weight);
            case EncoderDecoderLm encoderDecoder -> encoderDecoder(pass, ops, encoderDecoder, examples, weight);
        };
    }

    /** Nothing is drawn. */
    @Override
    public double teach(GradientPass pass, Ops ops, List<Example> examples, double weight, long draw) {
        return teach(pass, ops, examples, weight);
    }

    /** Learned tokens, by their weights. */
    @Override
    public double count(List<Example> examples) {
        return examples.stream().mapToDouble(Example::tokens).sum();
    }

    @Override
    public List<List<Example>> passes(List<Example> examples) {
        List<List<Example>> passes = new ArrayList<>();
        int room = 0;
        for (Example example : examples) {
            if (passes.isEmpty() || room < example.ids().length) {
                passes.add(new ArrayList<>());
                room = PASS;
            }
            passes.getLast().add(example);
            room -= example.ids().length;
        }
        return passes;
    }

    /** T5's caches keep what they were given until they are closed. */
    private void prepareCaches(int n) {
        close();
        while (caches.size() < n) {
            caches.add(eyes.languageModel().newCache(0));
        }
    }

    private double causal(GradientPass pass, Ops ops, CausalLm causal, List<Example> examples, double weight) {
        List<Tensor> embeddings = new ArrayList<>();
        List<List<Tensor>> seen = eyes.look(ops, examples);
        // Nothing is predicted from the last token, nor from those before the answer but the last.
        int[] lengths = new int[examples.size()];
        int[] asked = new int[examples.size()];
        for (int i = 0; i < examples.size(); i++) {
            Example example = examples.get(i);
            lengths[i] = example.ids().length - 1;
            asked[i] = Math.max(1, example.ids().length - example.answerAt());
            embeddings.add(embeddings(ops, example, lengths[i], seen.get(i)));
        }
        Tensor hidden = causal.forward(ops, concat(ops, embeddings), new Texts(lengths, asked));
        List<Tensor> predicting = new ArrayList<>();
        Learned learned = new Learned();
        int end = 0;
        for (int e = 0; e < asked.length; e++) {
            Example example = examples.get(e);
            int n = example.ids().length;
            end += asked[e];
            for (int i = 1; i < n; i++) {
                int first = i;
                while (i < n && example.weights()[i] > 0) {
                    learned.add(example.ids()[i], example.weights()[i]);
                    i++;
                }
                if (i > first) {
                    predicting.add(ops.rows(hidden, end - (n - first), end - (n - i)));
                }
            }
        }
        Tensor logits = causal.logits(ops, concat(ops, predicting));
        return pass.crossEntropy(logits, learned.ids(), learned.weights(weight)) / weight;
    }

    private double encoderDecoder(
            GradientPass pass, Ops ops, EncoderDecoderLm lm, List<Example> examples, double weight) {
        prepareCaches(examples.size());
        Batch batch = new Batch();
        int[] read = {};
        Learned learned = new Learned();
        List<List<Tensor>> seen = eyes.look(ops, examples);
        for (int i = 0; i < examples.size(); i++) {
            Example example = examples.get(i);
            int at = example.answerAt();
            int[] answer = Arrays.copyOfRange(example.ids(), at, example.ids().length);
            lm.encode(ops, embeddings(ops, example, at, seen.get(i)), caches.get(i));
            batch.addChain(caches.get(i), answer.length);
            IntStream before = IntStream.concat(
                    IntStream.of(lm.decoderStartTokenId()), IntStream.of(answer).limit(answer.length - 1));
            read = IntStream.concat(IntStream.of(read), before).toArray();
            for (int token = 0; token < answer.length; token++) {
                learned.add(answer[token], example.weights()[at + token]);
            }
        }
        Tensor logits = lm.logits(ops, lm.decode(ops, read, batch));
        return pass.crossEntropy(logits, learned.ids(), learned.weights(weight)) / weight;
    }

    /** What is to be predicted, row after row. */
    private static final class Learned {
        private final List<Integer> ids = new ArrayList<>();
        private final List<Float> weights = new ArrayList<>();

        void add(int id, float weight) {
            ids.add(id);
            weights.add(weight);
        }

        int[] ids() {
            return ids.stream().mapToInt(Integer::intValue).toArray();
        }

        double[] weights(double scale) {
            return weights.stream().mapToDouble(weight -> weight * scale).toArray();
        }
    }

    private Tensor embeddings(Ops ops, Example example, int rows, List<Tensor> seen) {
        return eyes.embeddings(ops, Arrays.copyOf(example.ids(), rows), seen);
    }

    /** All rows of all parts, one below the other. */
    public static Tensor concat(Ops ops, List<Tensor> parts) {
        return parts.size() == 1 ? parts.getFirst() : ops.concat(parts.toArray(Tensor[]::new));
    }

    @Override
    public void close() {
        caches.forEach(KvCache::close);
        caches.clear();
    }
}
