package org.jocular.train.data;

import java.nio.file.Path;
import java.util.List;
import org.jocular.systems.Preset;
import org.jspecify.annotations.Nullable;

/**
 * A conversation to learn from, about a picture or about none.
 *
 * @param picture as its file names it, until a source has found it; null where there is only text
 * @param pictureFirst whether it stands before the question: LLaVA's files have it on either side, at random
 * @param turns questions without marks for pictures, and their answers
 */
public record Lesson(String id, @Nullable Path picture, boolean pictureFirst, List<Preset.Turn> turns) {
    /** A picture that comes first. */
    public static Lesson about(String id, Path picture, Preset.Turn... turns) {
        return new Lesson(id, picture, true, List.of(turns));
    }

    public Lesson withTurns(List<Preset.Turn> others) {
        return new Lesson(id, picture, pictureFirst, others);
    }
}
