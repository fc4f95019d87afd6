package org.jocular.train.data;

import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import org.jocular.systems.Preset;

/** Visual Spatial Reasoning (Liu et al. 2023), data/splits/…/train.jsonl: {@code {image, caption, label}}, a statement about a picture and whether it holds. */
final class Vsr {
    private static final String TRUE_FALSE = "true-false";
    private static final String YES_NO = "yes-no";
    static final List<String> WORDINGS = List.of(TRUE_FALSE, YES_NO);

    private Vsr() {}

    static void read(Path file, DataSpec spec, Consumer<Lesson> each) {
        boolean words = spec.wording().equals(TRUE_FALSE);
        int[] number = {0};
        JsonEntries.lines(file, line -> {
            boolean holds = line.whole("label", 0, 1) == 1;
            String answer = words ? String.valueOf(holds) : holds ? "yes" : "no";
            each.accept(Lesson.about(
                    String.valueOf(number[0]++),
                    LlavaFile.picture(line, "image"),
                    new Preset.Turn(line.text("caption"), answer)));
        });
    }
}
