package org.jocular.train.data;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.jocular.systems.Preset;
import org.jocular.tensor.BadInput;
import org.jspecify.annotations.Nullable;

/** The lessons of published files. */
public final class FileSource implements Source {
    private static final String JPEG = ".jpg";

    private final DataSpec spec;
    private final List<Path> files;
    private final List<Path> folders;
    private final Lessons lessons = new Lessons();
    private final int[] taken;

    private FileSource(DataSpec spec, Path data) {
        this.spec = spec;
        files = spec.files().stream().map(data::resolve).toList();
        folders = spec.images().isEmpty()
                ? List.of(files.getFirst().resolveSibling(""))
                : spec.images().stream().map(data::resolve).toList();
        read();
        if (lessons.size() == 0) {
            throw new BadInput("%s holds no lesson".formatted(files.getFirst()));
        }
        taken = taken();
    }

    /**
     * Reads and checks all files; pictures are not looked at.
     *
     * @param data the folder that the specification's paths begin at
     */
    public static FileSource open(DataSpec spec, Path data) {
        return new FileSource(spec, data);
    }

    @Override
    public int size() {
        return taken.length;
    }

    @Override
    public Lesson lesson(int index, long visit) {
        Lesson lesson = lessons.get(taken[index]);
        List<Preset.Turn> turns = spec.turns() == DataSpec.Turns.ONE
                ? List.of(lesson.turns().get(Draw.below(lesson.turns().size(), Draw.mix(visit, 0))))
                : lesson.turns();
        Path picture = lesson.picture();
        return new Lesson(
                lesson.id(),
                picture == null ? null : picture(picture),
                lesson.pictureFirst(),
                IntStream.range(0, turns.size())
                        .mapToObj(i -> shown(turns.get(i), Draw.mix(visit, 1, i)))
                        .toList());
    }

    /** All lessons as the files have them. */
    List<Lesson> asRead() {
        return Arrays.stream(taken).mapToObj(lessons::get).toList();
    }

    /** Looks for all pictures, which takes seconds where there are hundreds of thousands, so that none is found missing after a day. */
    public void requirePictures() {
        int about = 0;
        int missing = 0;
        @Nullable Path first = null;
        for (int index : taken) {
            Path picture = lessons.get(index).picture();
            if (picture != null) {
                about++;
                if (find(picture) == null) {
                    first = missing++ == 0 ? picture : first;
                }
            }
        }
        if (first != null) {
            throw new BadInput("%d of %d pictures of %s are missing, the first is %s, expected in %s"
                    .formatted(missing, about, files.getFirst(), first, shown(folders)));
        }
    }

    private Preset.Turn shown(Preset.Turn turn, long chance) {
        List<String> prompts = spec.prompts();
        String question = prompts.isEmpty()
                ? turn.question()
                : prompts.get(Draw.below(prompts.size(), chance)).replace("{q}", turn.question());
        String answer = spec.processor().isEmpty() ? turn.answer() : BlipCaption.prepared(turn.answer());
        return new Preset.Turn(question, answer);
    }

    private void read() {
        boolean all = spec.limit() == 0 || spec.sample() != null;
        Consumer<Lesson> add = lesson -> {
            if (!spec.picturesOnly() || lesson.picture() != null) {
                for (Lesson part : spec.turns() == DataSpec.Turns.EACH ? parts(lesson) : List.of(lesson)) {
                    if (all || lessons.size() < spec.limit()) {
                        lessons.add(part);
                    }
                }
            }
        };
        if (spec.format() == DataSpec.Format.SCIENCEQA) {
            ScienceQa.read(files.get(0), files.get(1), spec, add);
            return;
        }
        for (Path file : files) {
            switch (spec.format()) {
                case LLAVA -> LlavaFile.read(file, add);
                case COCO -> CocoCaptions.read(file, add);
                case LAVIS -> LavisFile.read(file, add);
                case VSR -> Vsr.read(file, spec, add);
                case MINIGPT4 -> MiniGpt4Captions.read(file, add);
                case MPLUG_OWL -> MplugOwlLines.read(file, add);
                case SCIENCEQA, WORLD ->
                    throw new IllegalArgumentException(spec.format() + " is not read from " + file);
            }
        }
    }

    private static List<Lesson> parts(Lesson lesson) {
        List<Lesson> parts = new ArrayList<>();
        for (Preset.Turn turn : lesson.turns()) {
            parts.add(new Lesson(
                    lesson.id() + "/" + parts.size(), lesson.picture(), lesson.pictureFirst(), List.of(turn)));
        }
        return parts;
    }

    /** The chosen lessons, in the order of the files. */
    private int[] taken() {
        int all = lessons.size();
        int n = spec.limit() > 0 ? Math.min(spec.limit(), all) : (int) Math.max(1, Math.round(spec.share() * all));
        Long sample = spec.sample();
        if (sample == null || n == all) {
            return IntStream.range(0, n).toArray();
        }
        Shuffle shuffle = new Shuffle(all, Draw.mix(sample));
        int[] drawn = LongStream.range(0, n).mapToInt(i -> (int) shuffle.at(i)).toArray();
        Arrays.sort(drawn);
        return drawn;
    }

    private Path picture(Path name) {
        Path found = find(name);
        if (found == null) {
            throw new BadInput(
                    "%s names the picture %s, which is not in %s".formatted(files.getFirst(), name, shown(folders)));
        }
        return found;
    }

    /** As named, or as PNG where JPEG is named: pictures that were drawn must not be blurred. */
    private @Nullable Path find(Path name) {
        String text = name.toString();
        Path png = Path.of(text.endsWith(JPEG) ? text.substring(0, text.length() - JPEG.length()) + ".png" : text);
        for (Path folder : folders) {
            for (Path candidate : List.of(folder.resolve(name), folder.resolve(png))) {
                if (Files.isRegularFile(candidate)) {
                    return candidate;
                }
            }
        }
        return null;
    }

    private static String shown(List<Path> folders) {
        return String.join(" or ", folders.stream().map(Path::toString).toList());
    }
}
