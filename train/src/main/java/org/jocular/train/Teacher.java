package org.jocular.train;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.jocular.llama.Batch;
import org.jocular.llama.CausalLm;
import org.jocular.llama.EncoderDecoderLm;
import org.jocular.llama.KvCache;
import org.jocular.systems.VisionLanguageModel;
import org.jocular.tensor.GradientPass;
import org.jocular.tensor.Ops;
import org.jocular.tensor.Tensor;

/** Shows examples to a model, and measures how badly it predicts what is to be learned of them: cross-entropy with teacher forcing. */
public final class Teacher implements AutoCloseable {
    private final VisionLanguageModel model;
    private final List<KvCache> caches = new ArrayList<>();

    public Teacher(VisionLanguageModel model) {
        this.model = model;
    }

    /**
     * Runs examples through the model and adds weight · Σ −log p(learned token) to what the pass minimises. All their rows go through the language
     * model together. To be called once in a pass.
     *
     * @param ops the pass, or something around it: adapters, a trace
     * @param weight for the mean over n tokens 1/n, whatever passes they are spread over
     * @return the sum without the weight
     */
    public double teach(GradientPass pass, Ops ops, List<Example> examples, double weight) {
        prepareCaches(examples.size());
        return switch (model.languageModel()) {
            case CausalLm causal -> causal(pass, ops, causal, examples, weight);
            case EncoderDecoderLm encoderDecoder -> encoderDecoder(pass, ops, encoderDecoder, examples, weight);
        };
    }

    /** Caches only pass keys and values on here, so they are used again; but not T5's, which keep what they were given until they are closed. */
    private void prepareCaches(int n) {
        if (model.languageModel() instanceof EncoderDecoderLm) {
            close();
        }
        while (caches.size() < n) {
            caches.add(model.languageModel().newCache(0));
        }
        caches.forEach(cache -> cache.truncate(0));
    }

    private double causal(GradientPass pass, Ops ops, CausalLm causal, List<Example> examples, double weight) {
        Batch batch = new Batch();
        List<Tensor> embeddings = new ArrayList<>();
        for (int i = 0; i < examples.size(); i++) {
            // Nothing is predicted from the last token.
            int rows = examples.get(i).ids().length - 1;
            embeddings.add(embeddings(ops, examples.get(i), rows));
            batch.addChain(caches.get(i), rows);
        }
        Tensor hidden = causal.forward(ops, concat(ops, embeddings), batch);
        List<Tensor> predicting = new ArrayList<>();
        List<Integer> targets = new ArrayList<>();
        int from = 0;
        for (Example example : examples) {
            int n = example.ids().length;
            for (int i = 1; i < n; i++) {
                int first = i;
                while (i < n && example.learned()[i]) {
                    targets.add(example.ids()[i++]);
                }
                if (i > first) {
                    predicting.add(ops.rows(hidden, from + first - 1, from + i - 1));
                }
            }
            from += n - 1;
        }
        Tensor logits = causal.logits(ops, concat(ops, predicting));
        return pass.crossEntropy(
                logits, targets.stream().mapToInt(Integer::intValue).toArray(), weight);
    }

    private double encoderDecoder(
            GradientPass pass, Ops ops, EncoderDecoderLm lm, List<Example> examples, double weight) {
        Batch batch = new Batch();
        int[] read = {};
        int[] targets = {};
        for (int i = 0; i < examples.size(); i++) {
            Example example = examples.get(i);
            int at = example.answerAt();
            int[] answer = Arrays.copyOfRange(example.ids(), at, example.ids().length);
            lm.encode(ops, embeddings(ops, example, at), caches.get(i));
            batch.addChain(caches.get(i), answer.length);
            IntStream before = IntStream.concat(
                    IntStream.of(lm.decoderStartTokenId()), IntStream.of(answer).limit(answer.length - 1));
            read = IntStream.concat(IntStream.of(read), before).toArray();
            targets = IntStream.concat(IntStream.of(targets), IntStream.of(answer))
                    .toArray();
        }
        return pass.crossEntropy(lm.logits(ops, lm.decode(ops, read, batch)), targets, weight);
    }

    private Tensor embeddings(Ops ops, Example example, int rows) {
        List<Tensor> seen = new ArrayList<>();
        for (Tensor picture : example.pictures()) {
            Tensor encoded = example.encoded() ? picture : model.encode(ops, picture);
            seen.add(model.look(ops, encoded, example.instruction()));
        }
        return model.embeddings(ops, Arrays.copyOf(example.ids(), rows), seen);
    }

    private static Tensor concat(Ops ops, List<Tensor> parts) {
        return parts.size() == 1 ? parts.getFirst() : ops.concat(parts.toArray(Tensor[]::new));
    }

    @Override
    public void close() {
        caches.forEach(KvCache::close);
        caches.clear();
    }
}
