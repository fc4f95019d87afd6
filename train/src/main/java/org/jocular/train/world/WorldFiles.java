package org.jocular.train.world;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.stream.Stream;
import org.jocular.tensor.BadInput;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * Writes the world as files in the formats in which real data are published: a folder to train on, and two, validation and out-of-domain,
 * which the evaluation suite takes as they are. The same sizes and seed give the same bytes of text and the same pixels.
 */
public final class WorldFiles {
    /** Says of a folder that it holds a world, and which. */
    static final String MARK = "world.json";

    /**
     * How much there is to be.
     *
     * @param scenes     of the training set, each with a picture
     * @param validation scenes for validation, and as many out of domain
     * @param questions  of each kind in either of the evaluation's folders, where there are as many different ones
     * @param dialogues  about each picture in each of LLaVA's files
     */
    public record Sizes(int scenes, int validation, int questions, int dialogues) {
        public static final Sizes DEFAULT = new Sizes(20_000, 1_000, 200, 1);

        public Sizes {
            within("scenes", scenes, Photograph.BLOCK - 1);
            within("validation", validation, Photograph.BLOCK - 1);
            within("questions", questions, 100_000);
            within("dialogues", dialogues, 100);
        }

        private static void within(String name, int value, int most) {
            if (value < 1 || value > most) {
                throw new BadInput("The number of %s is %d, expected 1 to %d".formatted(name, value, most));
            }
        }
    }

    /** What was written: a file, or a folder of pictures. */
    public record Written(String path, int entries, String what) {}

    /** Is told how far it is. */
    @FunctionalInterface
    public interface Progress {
        void written(int files, int all);
    }

    private WorldFiles() {}

    /**
     * Writes all files into a folder that is empty, not there, or holds this very world, perhaps only a part of it.
     *
     * @return one entry for each file, and for each folder of pictures
     * @throws BadInput if the folder holds anything else, or cannot be written to
     */
    public static List<Written> write(Path directory, Sizes sizes, long seed, Progress progress) {
        PlannedFile mark = mark(sizes, seed);
        claim(directory, mark, sizes, seed);
        List<PlannedFile> files = plan(sizes, seed);
        SequencedMap<String, Written> written = new LinkedHashMap<>();
        int done = 0;
        for (PlannedFile file : files) {
            int entries = file.write(directory);
            boolean picture = file.what().equals(PlannedFile.PICTURES);
            String path = picture ? folder(file.path()) : file.path();
            written.merge(
                    path,
                    new Written(path, entries, file.what()),
                    (before, more) -> new Written(path, before.entries + more.entries, more.what));
            progress.written(++done, files.size());
        }
        return List.copyOf(written.values());
    }

    private static List<PlannedFile> plan(Sizes sizes, long seed) {
        List<Photograph> outOfDomain = Photograph.outOfDomain(sizes.validation, seed);
        List<PlannedFile> files = new ArrayList<>();
        files.addAll(new TrainingFiles(sizes, seed).plan());
        files.addAll(new EvaluationFiles(
                        "validation", Photograph.validation(sizes.validation, seed), outOfDomain, sizes, seed)
                .plan());
        files.addAll(new EvaluationFiles("out-of-domain", outOfDomain, outOfDomain, sizes, seed).plan());
        return files;
    }

    /** ScienceQA has a folder for each picture; what counts is the one that holds them. */
    private static String folder(String picture) {
        String folder = picture.substring(0, picture.lastIndexOf('/'));
        return (folder.contains("/scienceqa/") ? folder.substring(0, folder.lastIndexOf('/')) : folder) + "/";
    }

    private static Map<String, Object> settings(Sizes sizes, long seed) {
        return PlannedFile.object(
                "version",
                1,
                "seed",
                seed,
                "scenes",
                sizes.scenes,
                "validation",
                sizes.validation,
                "questions",
                sizes.questions,
                "dialogues",
                sizes.dialogues);
    }

    private static PlannedFile mark(Sizes sizes, long seed) {
        return PlannedFile.json(MARK, "settings", () -> settings(sizes, seed));
    }

    /** The mark comes first: with it, a world that was cut short may be written again. */
    private static void claim(Path directory, PlannedFile mark, Sizes sizes, long seed) {
        Path file = directory.resolve(MARK);
        try {
            if (Files.exists(directory) && !isEmpty(directory)) {
                if (!Files.isRegularFile(file)) {
                    throw new BadInput(
                            "%s is not empty and holds no world, expected a folder that is not there or empty"
                                    .formatted(directory));
                }
                String before = JsonMapper.shared().readTree(file.toFile()).toString();
                if (!before.equals(JsonMapper.shared().writeValueAsString(settings(sizes, seed)))) {
                    throw new BadInput(
                            "%s says that another world is there, %s; choose another folder or these settings"
                                    .formatted(file, before));
                }
                return;
            }
        } catch (IOException | JacksonException e) {
            throw new BadInput("%s cannot be read: %s".formatted(file, e.getMessage()), e);
        }
        mark.write(directory);
    }

    private static boolean isEmpty(Path directory) throws IOException {
        if (!Files.isDirectory(directory)) {
            throw new BadInput("%s is a file, expected a folder for the world".formatted(directory));
        }
        try (Stream<Path> inside = Files.list(directory)) {
            return inside.findAny().isEmpty();
        }
    }
}
