package org.jocular.cli.verify;

import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jocular.llama.Answer;
import org.jocular.llama.Batch;
import org.jocular.llama.CausalLm;
import org.jocular.llama.EncoderDecoderLm;
import org.jocular.llama.GenerationSettings;
import org.jocular.llama.KvCache;
import org.jocular.llama.LanguageModel;
import org.jocular.llama.Prompt;
import org.jocular.llama.Session;
import org.jocular.systems.VisionLanguageModel;
import org.jocular.systems.VisualTokens;
import org.jocular.tensor.Executor;
import org.jocular.tensor.Ops;
import org.jocular.tensor.Tensor;
import org.jocular.vit.Picture;

/** Repeats what was recorded. Each picture is encoded once, whatever is asked about it. */
public final class Verifier implements AutoCloseable {
    private final VisionLanguageModel model;
    private final Executor executor;
    private final Map<String, Picture> pictures;
    private final Arena arena = Arena.ofShared();
    private final Map<String, VisualTokens> seen = new HashMap<>();
    private final Session session;

    /** @param pictures those that are there, by the keys that checks name */
    public Verifier(VisionLanguageModel model, Executor executor, Map<String, Picture> pictures) {
        this.model = model;
        this.executor = executor;
        this.pictures = Map.copyOf(pictures);
        this.session = new Session(executor, model.languageModel(), model.tokenizer());
    }

    /** Runs a check whose pictures are all there. */
    public Outcome run(Check check) {
        return switch (check) {
            case Check.Generation generation -> generate(generation);
            case Check.Logits logits -> Comparison.of(logits, logits(logits));
        };
    }

    private Outcome generate(Check.Generation check) {
        GenerationSettings settings = GenerationSettings.builder()
                .eosTokenIds(model.generation().eosTokenIds())
                .promptCounts(check.promptCounts())
                .set(check.settings())
                .build();
        try (Arena scratch = Arena.ofShared()) {
            Prompt prompt = model.prompt(executor, check.prompt(), see(check), scratch);
            Answer answer = session.answer(prompt, settings, text -> {});
            return Comparison.of(check, IntStream.of(answer.ids()).boxed().toList(), answer.text());
        }
    }

    private List<VisualTokens> see(Check check) {
        List<VisualTokens> tokens = new ArrayList<>();
        for (String name : check.pictures()) {
            Picture picture = pictures.get(name);
            if (picture == null) {
                throw new IllegalArgumentException(name + " is not there");
            }
            tokens.add(seen.computeIfAbsent(name, key -> model.see(executor, picture, arena)));
        }
        return tokens;
    }

    private List<List<Double>> logits(Check.Logits check) {
        LanguageModel languageModel = model.languageModel();
        int rows = check.values().size();
        try (Arena scratch = Arena.ofShared()) {
            Prompt prompt = check.promptIds().isEmpty()
                    ? model.prompt(executor, check.prompt(), see(check), scratch)
                    : prompt(see(check), check.promptIds(), scratch);
            try (KvCache cache = languageModel.newCache(prompt.length());
                    Ops ops = executor.begin()) {
                Tensor hidden = switch (languageModel) {
                    case CausalLm causal -> causal.forward(ops, prompt.embeddings(), Batch.of(cache, prompt.length()));
                    case EncoderDecoderLm encoderDecoder -> {
                        encoderDecoder.encode(ops, prompt.embeddings(), cache);
                        int[] ids = ints(check.decoderIds());
                        yield encoderDecoder.decode(ops, ids, Batch.of(cache, ids.length));
                    }
                };
                float[] scores = ops.read(languageModel.logits(ops, ops.rows(hidden, 0, rows)));
                return firstOf(scores, languageModel.vocabSize(), check.values());
            }
        }
    }

    /** As BLIP-2 puts it together, the picture before the text, but from ids. */
    private Prompt prompt(List<VisualTokens> pictures, List<Integer> text, Arena scratch) {
        try (Ops ops = executor.begin()) {
            List<Tensor> parts = new ArrayList<>();
            pictures.forEach(picture -> parts.add(model.look(ops, picture.rows(), List.of(new int[0]))));
            parts.add(model.languageModel().embed(ops, ints(text)));
            Tensor embeddings = ops.keep(ops.concat(parts.toArray(Tensor[]::new)), scratch);
            int rows = Math.toIntExact(embeddings.rows());
            return new Prompt(new int[rows], new long[rows], embeddings);
        }
    }

    /** As many of each row as are recorded of it. */
    private static List<List<Double>> firstOf(float[] scores, int width, List<List<Double>> like) {
        List<List<Double>> found = new ArrayList<>();
        for (int row = 0; row < like.size(); row++) {
            List<Double> values = new ArrayList<>();
            for (int i = 0; i < like.get(row).size(); i++) {
                values.add((double) scores[row * width + i]);
            }
            found.add(values);
        }
        return found;
    }

    private static int[] ints(List<Integer> ids) {
        return ids.stream().mapToInt(Integer::intValue).toArray();
    }

    @Override
    public void close() {
        session.close();
        arena.close();
    }
}
