package org.jocular.cli;

import java.lang.foreign.Arena;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
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

/** A conversation: each question sees what was said before, and only what is new is computed. */
@Command(
        name = "chat",
        customSynopsis = "jocular chat [--model DIR] [--image FILE] [OPTIONS]",
        description = {
            "Talk about a picture: one question a line, from a terminal or a pipe. Without --model, a tiny one that",
            "comes with the source answers: it has only ever seen coloured shapes.",
            "",
            "  /image FILE  start over with another picture",
            "  /reset       start over with the same picture",
            "  /exit        leave, as Ctrl-D does"
        },
        footer = {
            "",
            "Examples:",
            "  jocular chat --model DIR --image cat.jpg",
            "  jocular chat --image jocular-demo/scene.png"
        })
final class ChatCommand implements Callable<Integer> {
    private final Console console;
    private final List<Preset.Turn> history = new ArrayList<>();
    private boolean listed;

    @Mixin
    DefaultModelOptions model = new DefaultModelOptions();

    @Option(names = "--image", paramLabel = "FILE", description = "The picture to talk about.")
    @Nullable
    Path image;

    @Mixin
    PresetOptions preset = new PresetOptions();

    @Mixin
    GenerationOptions generation = new GenerationOptions();

    ChatCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        Picture picture = image == null ? null : PictureReader.read(image);
        boolean failed = false;
        try (Executor executor = model.executor();
                VisionLanguageModel vlm = model.load(console);
                Session session = new Session(executor, vlm.languageModel(), vlm.tokenizer());
                Eyes eyes = new Eyes(executor, vlm)) {
            Preset wrapping = preset.chooseConversing(vlm);
            GenerationSettings settings = generation.settings(vlm, wrapping);
            generation.remark(settings, console);
            if (picture != null) {
                eyes.look(picture);
            }
            Lines lines = new Lines(console.in());
            for (String line = ask(lines); line != null && !line.strip().equals("/exit"); line = ask(lines)) {
                try {
                    if (!obeyed(line.strip(), eyes) && !line.isBlank()) {
                        List<String> unknown = KnownWords.unknown(vlm, line);
                        if (!unknown.isEmpty()) {
                            failed = true;
                            refuse(vlm, unknown);
                            continue;
                        }
                        String answer = answer(line, vlm, executor, session, eyes, wrapping, settings);
                        history.add(new Preset.Turn(line, answer));
                    }
                } catch (BadInput e) {
                    failed = true;
                    Failures.report(e, console, false);
                }
            }
        }
        return failed && !console.terminal() ? Failures.BAD_INPUT : 0;
    }

    /** The conversation goes on as if it had not been asked. */
    private void refuse(VisionLanguageModel vlm, List<String> unknown) {
        Failures.report(KnownWords.refusal(unknown), console, false);
        if (!listed) {
            listed = true;
            KnownWords.lines(vlm).forEach(console::note);
        }
    }

    private @Nullable String ask(Lines lines) {
        if (console.terminal()) {
            console.out().print(console.bold("> "));
            console.out().flush();
        }
        String line = lines.next();
        if (console.terminal() && line == null) {
            console.out().println(); // Ctrl-D leaves the cursor behind the prompt
        }
        return line;
    }

    /** Does what a line that begins with a slash says. */
    private boolean obeyed(String line, Eyes eyes) {
        if (!line.startsWith("/")) {
            return false;
        }
        String[] words = line.split("\\s+", 2);
        if (words[0].equals("/image") && words.length == 2) {
            eyes.look(PictureReader.read(path(words[1])));
        } else if (!line.equals("/reset")) {
            throw new BadInput("%s is no command here, expected /image FILE, /reset or /exit".formatted(line));
        }
        history.clear();
        return true;
    }

    private static Path path(String name) {
        try {
            return Path.of(name);
        } catch (InvalidPathException e) {
            throw new BadInput("%s is no name of a file".formatted(name), e);
        }
    }

    private String answer(
            String question,
            VisionLanguageModel vlm,
            Executor executor,
            Session session,
            Eyes eyes,
            Preset wrapping,
            GenerationSettings settings) {
        List<VisualTokens> seen = eyes.seen();
        String text = wrapping.prompt(seen.size(), history, question);
        try (Arena turn = Arena.ofShared()) {
            Prompt prompt = vlm.prompt(executor, text, seen, turn);
            GenerationSettings fitted = generation.fitted(settings, vlm.languageModel(), prompt.length());
            Answer answer = session.answer(prompt, fitted, console::piece);
            console.out().println();
            console.out().flush();
            return answer.text().strip();
        }
    }

    /** The picture that is talked about. */
    private static final class Eyes implements AutoCloseable {
        private final Executor executor;
        private final VisionLanguageModel vlm;
        private @Nullable Arena arena;
        private List<VisualTokens> seen = List.of();

        Eyes(Executor executor, VisionLanguageModel vlm) {
            this.executor = executor;
            this.vlm = vlm;
        }

        List<VisualTokens> seen() {
            return seen;
        }

        @SuppressWarnings("MustBeClosedChecker") // lives until the next picture
        void look(Picture picture) {
            close();
            arena = Arena.ofShared();
            seen = List.of(vlm.see(executor, picture, arena));
        }

        @Override
        public void close() {
            seen = List.of();
            if (arena != null) {
                arena.close();
                arena = null;
            }
        }
    }
}
