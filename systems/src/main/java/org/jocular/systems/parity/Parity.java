package org.jocular.systems.parity;

import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jocular.llama.Answer;
import org.jocular.llama.Batch;
import org.jocular.llama.CausalLm;
import org.jocular.llama.EncoderDecoderLm;
import org.jocular.llama.GenerationSettings;
import org.jocular.llama.KvCache;
import org.jocular.llama.LanguageModel;
import org.jocular.llama.Prompt;
import org.jocular.llama.Session;
import org.jocular.systems.Systems;
import org.jocular.systems.VisionLanguageModel;
import org.jocular.systems.VisualTokens;
import org.jocular.tensor.Executor;
import org.jocular.tensor.Ops;
import org.jocular.tensor.Tensor;
import org.jocular.tensor.TracingExecutor;
import org.jocular.vit.Picture;
import org.jocular.vit.PictureReader;
import org.jocular.weights.Safetensors;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Runs a model over its golden folder and compares pixels, ids, every named intermediate, generated ids and candidates. */
public final class Parity {
    /** The goldens themselves are F32; what a careful F32 implementation in another order of sums may differ by. */
    public static final double TOLERANCE = 1e-4;

    private static final JsonMapper JSON = JsonMapper.shared();
    private static final int MARK = -1;
    private static final double PIXEL_TOLERANCE = 1e-6;
    private static final double CANDIDATE_TOLERANCE = 1e-3;

    /** The reference computes CLIP's blocks to the end; LLaVA needs those up to the selected layer only. */
    private static final Pattern CLIP_BLOCK =
            Pattern.compile("(vision_tower\\.vision_model\\.encoder\\.layers\\.\\d+)(\\..*)?");

    private final Golden golden;
    private final VisionLanguageModel model;
    private final Executor executor;
    private final ParityReport report;

    private Parity(Golden golden, VisionLanguageModel model, Executor executor, double tolerance) {
        this.golden = golden;
        this.model = model;
        this.executor = executor;
        this.report = new ParityReport(golden.directory().toString(), tolerance);
    }

    /**
     * Compares everything.
     *
     * @param tolerance relative, for named intermediates
     */
    public static ParityReport compare(Path directory, Executor executor, double tolerance) {
        return compare(directory, directory, executor, tolerance);
    }

    /**
     * The same with the model of another directory: one converted from that of the golden.
     *
     * @param directory with the cases and what the reference made of them
     */
    public static ParityReport compare(Path directory, Path modelDirectory, Executor executor, double tolerance) {
        Golden golden = Golden.read(directory);
        try (VisionLanguageModel model = Systems.load(modelDirectory)) {
            Parity parity = new Parity(golden, model, executor, tolerance);
            golden.cases().forEach(parity::compareCase);
            return parity.report;
        }
    }

    private void compareCase(Golden.Case example) {
        List<Picture> pictures = example.images().stream()
                .map(name -> PictureReader.read(golden.directory().resolve(name)))
                .toList();
        int[] ids = onceForEachPicture(model.ids(example.text(), pictures.size()));
        compareIds(example.id() + ": the prompt's ids", ids, onceForEachPicture(example.inputIds()));
        int[] qformerIds = model.instructionIds(example.text());
        if (qformerIds.length + example.qformerIds().length > 0) {
            compareIds(example.id() + ": the Q-Former's ids", qformerIds, example.qformerIds());
        }
        try (Arena arena = Arena.ofShared()) {
            if (example.trace() != null) {
                compareTrace(example, pictures, example.trace(), arena);
            }
            List<VisualTokens> seen = new ArrayList<>();
            for (Picture picture : pictures) {
                seen.add(model.see(executor, picture, arena));
            }
            Prompt prompt = model.prompt(executor, example.text(), seen, arena);
            try (Session session = new Session(executor, model.languageModel(), model.tokenizer())) {
                for (Golden.Generation generation : example.generations()) {
                    compareGeneration(example, generation, golden.promptCounts(), prompt, session);
                }
                for (Golden.Generation generation : example.newOnly()) {
                    compareGeneration(example, generation, false, prompt, session);
                }
                compareCandidates(example, prompt, session);
            }
        }
    }

    private void compareIds(String what, int[] found, int[] expected) {
        report.ids(
                Arrays.equals(found, expected),
                "%s are %s, expected %s".formatted(what, Arrays.toString(found), Arrays.toString(expected)));
    }

    /**
     * The rows of a picture as one mark. The references stand for them by a token or −1 for each row, or by one −200; a converted model
     * need not do it as the one that it was converted from.
     */
    private int[] onceForEachPicture(int[] ids) {
        int rows = model.visualTokensPerPicture();
        List<Integer> marked = new ArrayList<>();
        for (int i = 0; i < ids.length; i++) {
            int id = ids[i];
            boolean picture = id < 0 || model.isPicture(id);
            marked.add(picture ? MARK : id);
            boolean each = picture
                    && i + rows <= ids.length
                    && Arrays.stream(ids, i, i + rows).allMatch(other -> other == id);
            i += each ? rows - 1 : 0;
        }
        return marked.stream().mapToInt(Integer::intValue).toArray();
    }

    private void compareTrace(Golden.Case example, List<Picture> pictures, String trace, Arena arena) {
        Safetensors expected = Safetensors.open(golden.directory().resolve(trace), arena);
        float[] pixels = model.imageProcessor().pixelValues(pictures.getFirst());
        comparePixels(example, expected.tensor("pixel_values").toFloats(), pixels);

        Map<String, float[]> found = new LinkedHashMap<>(); // in the order of the computation
        found.put("pixel_values", pixels);
        TracingExecutor tracing = new TracingExecutor(executor, (name, shape, values) -> found.put(name, values));
        List<VisualTokens> seen = new ArrayList<>();
        for (Picture picture : pictures) {
            seen.add(model.see(tracing, picture, arena));
        }
        Prompt prompt = model.prompt(tracing, example.text(), seen, arena);
        runLanguageModel(tracing, prompt, example.decoderIds());
        Set<String> names = new LinkedHashSet<>(example.names());
        found.forEach((name, values) -> {
            if (names.remove(name)) {
                report.name(
                        example.id(), name, error(values, expected.tensor(name).toFloats()));
            }
        });
        for (String name : names) {
            if (!isBeyondSelectedLayer(name, found)) {
                report.difference("%s: %s was never computed".formatted(example.id(), name));
            }
        }
    }

    /** All positions at once, so that a traced executor sees them. */
    private void runLanguageModel(Executor tracing, Prompt prompt, int[] decoderIds) {
        LanguageModel languageModel = model.languageModel();
        try (KvCache cache = languageModel.newCache(prompt.length());
                Ops ops = tracing.begin()) {
            Tensor hidden = switch (languageModel) {
                case CausalLm causal -> causal.forward(ops, prompt.embeddings(), Batch.of(cache, prompt.length()));
                case EncoderDecoderLm encoderDecoder -> {
                    encoderDecoder.encode(ops, prompt.embeddings(), cache);
                    int[] ids = decoderIds.length == 0 ? new int[] {encoderDecoder.decoderStartTokenId()} : decoderIds;
                    yield encoderDecoder.decode(ops, ids, Batch.of(cache, ids.length));
                }
            };
            ops.named("logits", languageModel.logits(ops, hidden));
        }
    }

    private static boolean isBeyondSelectedLayer(String name, Map<String, float[]> found) {
        var block = CLIP_BLOCK.matcher(name);
        return block.matches() && !found.containsKey(block.group(1));
    }

    private void comparePixels(Golden.Case example, float[] expected, float[] found) {
        double worst = expected.length == found.length ? 0 : Double.POSITIVE_INFINITY;
        for (int i = 0; i < Math.min(expected.length, found.length); i++) {
            worst = Math.max(worst, Math.abs(expected[i] - found[i]));
        }
        // Negated, so that a NaN is a difference too.
        if (!(worst <= PIXEL_TOLERANCE)) {
            report.difference("%s: pixel_values differ by %.2e".formatted(example.id(), worst));
        }
    }

    /** ‖found − expected‖ / ‖expected‖. */
    private static double error(float[] found, float[] expected) {
        if (found.length != expected.length) {
            return Double.POSITIVE_INFINITY;
        }
        double difference = 0;
        double norm = 0;
        for (int i = 0; i < found.length; i++) {
            difference += Math.pow(found[i] - (double) expected[i], 2);
            norm += Math.pow(expected[i], 2);
        }
        return norm == 0 ? Math.sqrt(difference) : Math.sqrt(difference / norm);
    }

    private void compareGeneration(
            Golden.Case example, Golden.Generation expected, boolean promptCounts, Prompt prompt, Session session) {
        JsonNode settings = expected.settings();
        String what = "%s with %s".formatted(example.id(), settings);
        Answer answer = session.answer(prompt, settings(settings, promptCounts), text -> {});
        report.ids(
                Arrays.equals(answer.ids(), expected.ids()),
                "%s: generated %s, expected %s"
                        .formatted(what, Arrays.toString(answer.ids()), Arrays.toString(expected.ids())));
        // T5's texts were stripped by their reference.
        String text = model.languageModel() instanceof EncoderDecoderLm
                ? answer.text().strip()
                : answer.text();
        if (!text.equals(expected.text())) {
            report.difference("%s: text \"%s\", expected \"%s\"".formatted(what, text, expected.text()));
        }
    }

    private GenerationSettings settings(JsonNode node, boolean promptCounts) {
        GenerationSettings model = this.model.generation();
        return model.toBuilder()
                .promptCounts(promptCounts)
                .stop(List.of())
                .set(JSON.convertValue(node, new TypeReference<Map<String, Object>>() {}))
                .build();
    }

    private void compareCandidates(Golden.Case example, Prompt prompt, Session session) {
        List<int[]> ids = new ArrayList<>();
        for (Golden.Candidate candidate : example.candidates()) {
            int[] found = model.candidateIds(candidate.text());
            ids.add(found);
            report.ids(
                    Arrays.equals(found, candidate.ids()),
                    "%s: candidate \"%s\" has ids %s, expected %s"
                            .formatted(
                                    example.id(),
                                    candidate.text(),
                                    Arrays.toString(found),
                                    Arrays.toString(candidate.ids())));
        }
        double[] scores = session.score(prompt, ids);
        for (int i = 0; i < scores.length; i++) {
            double error = Math.abs(scores[i] - example.candidates().get(i).nll());
            report.candidate(error);
            if (!(error <= CANDIDATE_TOLERANCE)) {
                report.difference("%s: candidate \"%s\" scores %.6f, expected %.6f"
                        .formatted(
                                example.id(),
                                example.candidates().get(i).text(),
                                scores[i],
                                example.candidates().get(i).nll()));
            }
        }
    }
}
