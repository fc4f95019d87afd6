package org.jocular.cli;

import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.jocular.llama.Answer;
import org.jocular.llama.GenerationSettings;
import org.jocular.llama.Prompt;
import org.jocular.llama.Session;
import org.jocular.systems.Preset;
import org.jocular.systems.StoredWeights;
import org.jocular.systems.VisionLanguageModel;
import org.jocular.systems.VisualTokens;
import org.jocular.tensor.Executor;
import org.jocular.vit.ImageProcessor;
import org.jocular.vit.Picture;

/** From a picture to an answer, stage by stage: pixels, patches, visual tokens, prompt, ids, times. */
final class DemoPath implements AutoCloseable {
    private static final int SHOWN_IDS = 12;

    private final DemoPrinter show;
    private final Executor executor;
    private final VisionLanguageModel vlm;
    private final Session session;
    private final Arena arena = Arena.ofShared();
    private final GenerationSettings settings;

    DemoPath(DemoPrinter show, Executor executor, VisionLanguageModel vlm, int maxNewTokens) {
        this.show = show;
        this.executor = executor;
        this.vlm = vlm;
        this.session = new Session(executor, vlm.languageModel(), vlm.tokenizer());
        this.settings = GenerationSettings.greedy(maxNewTokens, vlm.generation().eosTokenIds());
    }

    void model(Path directory, double seconds) {
        StoredWeights weights = vlm.weights();
        show.stage("model");
        show.line(
                "%s: %s at toy size, %,d parameters in %s, mapped and read in place",
                Home.shown(directory), vlm.system(), weights.parameters(), weights.dtype());
        show.time(seconds);
    }

    /** Pixels to visual tokens. */
    VisualTokens see(Picture picture, Path patches) {
        show.stage("vision");
        ImageProcessor processor = vlm.imageProcessor();
        Picture prepared = processor.prepared(picture);
        int patch = vlm.patchSize();
        Drawing.write(
                Drawing.withPatches(prepared, patch, Math.max(1, Drawing.SHOWN_WIDTH / prepared.width())), patches);
        Stopwatch watch = new Stopwatch();
        VisualTokens seen = vlm.see(executor, picture, arena);
        double seconds = watch.lap("vision");
        int across = prepared.width() / patch;
        show.line(
                "%d x %d pixels, normalised, cut into %d x %d patches of %d x %d: %s",
                prepared.width(), prepared.height(), across, prepared.height() / patch, patch, patch, patches);
        show.line(
                "became %d visual tokens of width %d",
                seen.rows().rows(), seen.rows().width());
        show.time(seconds);
        return seen;
    }

    /** Question to ids. */
    String prompt(VisualTokens seen, String question) {
        show.stage("prompt");
        Stopwatch watch = new Stopwatch();
        Preset preset = vlm.presets().getFirst();
        String text = text(question);
        Prompt prompt = vlm.prompt(executor, text, List.of(seen), arena);
        double seconds = watch.lap("prompt");
        show.line("%s: %s", preset.name(), text.replace("\n", "\\n"));
        int[] ids = prompt.ids();
        int from = Math.max(0, ids.length - SHOWN_IDS);
        show.line(
                "%d ids: %s%s",
                ids.length,
                from > 0 ? "... " : "",
                Arrays.stream(ids, from, ids.length).mapToObj(Integer::toString).collect(Collectors.joining(" ")));
        show.time(seconds);
        return text;
    }

    /** Ids to an answer, with times. */
    Answer answer(VisualTokens seen, String text) {
        show.stage("answer");
        show.begin("");
        Answer answer = stream(seen, text);
        show.end("");
        show.line(
                "%d tokens, the likeliest each time; the prompt took %.1f ms, then %.0f tokens/s on a JVM that has only just started",
                answer.ids().length,
                1e3 * answer.prefillSeconds(),
                (answer.ids().length - 1) / Math.max(1e-9, answer.decodeSeconds()));
        return answer;
    }

    String text(String question) {
        return vlm.presets().getFirst().prompt(1, List.of(), question);
    }

    Answer stream(VisualTokens seen, String text) {
        return session.answer(vlm.prompt(executor, text, List.of(seen), arena), settings, show::piece);
    }

    /** How probable one answer is rather than the other. */
    double probability(VisualTokens seen, String question, String answer, String other) {
        Prompt prompt = vlm.prompt(executor, text(question), List.of(seen), arena);
        double[] sums = session.score(prompt, List.of(vlm.candidateIds(answer), vlm.candidateIds(other)));
        return 1 / (1 + Math.exp(sums[0] - sums[1]));
    }

    @Override
    public void close() {
        session.close();
        arena.close();
    }
}
