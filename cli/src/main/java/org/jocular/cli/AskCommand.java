package org.jocular.cli;

import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jocular.cli.attention.HeatMap;
import org.jocular.cli.attention.PictureAttention;
import org.jocular.llama.Answer;
import org.jocular.llama.GenerationSettings;
import org.jocular.llama.Prompt;
import org.jocular.llama.Session;
import org.jocular.systems.Preset;
import org.jocular.systems.VisionLanguageModel;
import org.jocular.systems.VisualTokens;
import org.jocular.tensor.BadInput;
import org.jocular.tensor.Executor;
import org.jocular.vit.Picture;
import org.jocular.vit.PictureReader;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** One question about pictures, answered while it is read. */
@Command(
        name = "ask",
        customSynopsis = "jocular ask [--model DIR] [--image FILE...] [--prompt TEXT] [OPTIONS]",
        description = {
            "Ask one question about one or several pictures, or about none.",
            "Without --model, a tiny one that comes with the source answers: it has only ever seen coloured shapes."
        },
        footer = {
            "",
            "Examples:",
            "  jocular ask --model DIR --image cat.jpg --prompt \"What is this?\"",
            "  jocular ask --image jocular-demo/scene.png --prompt \"What color is the circle?\" --attention looked.png",
            "  jocular ask --model DIR --image a.png b.png --prompt \"What differs?\" --max-new-tokens 40 --json",
            "  jocular ask --model DIR --image cat.jpg --prompt \"A poem.\" --do-sample --temperature 0.7 --seed 3"
        })
final class AskCommand implements Callable<Integer> {
    private final Console console;

    @Mixin
    DefaultModelOptions model = new DefaultModelOptions();

    @Option(names = "--image", arity = "1..*", paramLabel = "FILE", description = "PNG, JPEG, WebP, GIF, BMP or PNM.")
    List<Path> images = new ArrayList<>();

    @Option(names = "--prompt", paramLabel = "TEXT", description = "The question; some presets have no place for one.")
    @Nullable
    String prompt;

    @Option(names = "--raw", description = "Take the prompt as it is, with the model's own marks for pictures.")
    boolean raw;

    @Mixin
    PresetOptions preset = new PresetOptions();

    @Option(
            names = "--attention",
            paramLabel = "FILE.png",
            description = {
                "Draw where in the picture the model looked while it answered; with --json also in numbers.",
                "It takes another pass over prompt and answer."
            })
    @Nullable
    Path attention;

    @Option(names = "--json", description = "Print one object: text, ids, timing and all settings.")
    boolean json;

    @Mixin
    GenerationOptions generation = new GenerationOptions();

    AskCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        if (raw && preset.preset != null) {
            throw new BadInput("--preset does not go with --raw, which takes the prompt as it is");
        }
        checkAttention();
        Stopwatch watch = new Stopwatch();
        // Pictures first: a typo in a name should not cost the time that a model takes to load.
        List<Picture> pictures = images.stream().map(PictureReader::read).toList();
        watch.lap("read");
        try (Executor executor = model.executor();
                VisionLanguageModel vlm = model.load(console);
                Arena arena = Arena.ofShared();
                Session session = new Session(executor, vlm.languageModel(), vlm.tokenizer())) {
            Preset wrapping = raw ? null : preset.choose(vlm);
            String question = question(wrapping);
            List<String> unknown = KnownWords.unknown(vlm, question);
            if (!unknown.isEmpty()) {
                return refuse(vlm, unknown);
            }
            String text = wrapping == null ? question : wrapping.prompt(pictures.size(), List.of(), question);
            int[] ids = vlm.ids(text, pictures.size()); // wrong marks show here, before the pictures are encoded
            GenerationSettings settings =
                    generation.fitted(generation.settings(vlm, wrapping), vlm.languageModel(), ids.length);
            generation.remark(settings, console);
            watch.lap("load");

            List<VisualTokens> seen = new ArrayList<>();
            for (Picture picture : pictures) {
                seen.add(vlm.see(executor, picture, arena));
            }
            watch.lap("vision");
            Prompt whole = vlm.prompt(executor, text, seen, arena);
            Answer answer = session.answer(whole, settings, json ? piece -> {} : console::piece);
            PictureAttention looked = attention == null
                    ? null
                    : PictureAttention.of(vlm, executor, pictures.getFirst(), text, answer.ids());
            if (attention != null && looked != null) {
                draw(attention, looked, vlm, pictures.getFirst());
            }
            if (json) {
                Map<String, Object> repeat = Repeat.model(vlm, model.directory());
                repeat.put("images", images(pictures));
                repeat.put("preset", wrapping == null ? null : wrapping.name());
                repeat.put("prompt", text);
                repeat.putAll(settings.asMap());
                repeat.putAll(Repeat.machine(executor));
                Map<String, Object> result = result(whole, answer, timing(watch, whole, answer), repeat);
                result.put("unknown", unknown);
                if (looked != null) {
                    result.put("attention", AttentionNumbers.of(looked, vlm.tokenizer()));
                }
                console.json(result);
            } else {
                console.out().println();
                console.out().flush();
            }
            if (looked != null) {
                console.note("jocular: %s shows where it looked".formatted(attention));
            }
        }
        return 0;
    }

    /** Before anything takes time. */
    private void checkAttention() {
        if (attention == null) {
            return;
        }
        if (!attention.toString().toLowerCase(Locale.ROOT).endsWith(".png")) {
            throw new BadInput("--attention is %s, expected a name that ends in .png".formatted(attention));
        }
        Path folder = attention.toAbsolutePath().getParent();
        if (folder == null || !Files.isDirectory(folder)) {
            throw new BadInput("--attention is %s, but there is no folder %s".formatted(attention, folder));
        }
        if (images.size() != 1) {
            throw new BadInput("--attention is about one picture, but --image names %d".formatted(images.size()));
        }
    }

    private void draw(Path file, PictureAttention looked, VisionLanguageModel vlm, Picture picture) {
        Picture given = vlm.imageProcessor().prepared(picture);
        Drawing.write(HeatMap.beside(given, List.of(looked.patches()), looked.side(), Drawing.SHOWN_WIDTH), file);
    }

    /** It is asked what it cannot read: says so, and what it could. */
    private int refuse(VisionLanguageModel vlm, List<String> unknown) {
        if (json) {
            Map<String, Object> result = new LinkedHashMap<>();
            result.put("unknown", unknown);
            result.put("known", KnownWords.of(vlm));
            console.json(result);
        }
        int status = Failures.report(KnownWords.refusal(unknown), console, false);
        KnownWords.lines(vlm).forEach(console::note);
        return status;
    }

    /** What was asked; empty where the preset has no place for it. */
    private String question(@Nullable Preset wrapping) {
        boolean asks = wrapping == null || wrapping.asks();
        if (asks && prompt == null) {
            throw new BadInput("--prompt is missing, expected a question");
        }
        boolean blank = prompt == null || prompt.isBlank();
        if (asks && blank) {
            throw new BadInput("--prompt is empty, expected a question");
        }
        if (wrapping != null && !asks && !blank) {
            throw new BadInput("--preset %s has no place for a --prompt: it is %s"
                    .formatted(wrapping.name(), wrapping.first().isEmpty() ? "empty" : wrapping.first()));
        }
        return prompt == null ? "" : prompt;
    }

    private static Map<String, Object> result(
            Prompt whole, Answer answer, Map<String, Object> timing, Map<String, Object> settings) {
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("text", answer.text());
        result.put("ids", answer.ids());
        result.put("prompt_ids", whole.ids());
        result.put("ending", answer.ending());
        if (!answer.sequences().isEmpty()) {
            result.put("sequences", answer.sequences());
        }
        result.put("timing", timing);
        result.put("settings", settings);
        return result;
    }

    /** Seconds of each stage, and how many tokens. */
    private static Map<String, Object> timing(Stopwatch watch, Prompt whole, Answer answer) {
        Map<String, Object> timing = watch.seconds();
        timing.put("prefill", answer.prefillSeconds());
        timing.put("decode", answer.decodeSeconds());
        timing.put("total", watch.total());
        timing.put("prompt_tokens", whole.length());
        timing.put("new_tokens", answer.ids().length);
        return timing;
    }

    private List<Map<String, Object>> images(List<Picture> pictures) {
        List<Map<String, Object>> described = new ArrayList<>();
        for (int i = 0; i < pictures.size(); i++) {
            Map<String, Object> image = Repeat.file(images.get(i));
            image.put("width", pictures.get(i).width());
            image.put("height", pictures.get(i).height());
            described.add(image);
        }
        return described;
    }
}
