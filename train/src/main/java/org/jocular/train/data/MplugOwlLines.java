package org.jocular.train.data;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jocular.systems.Preset;

/**
 * mPLUG-Owl's instruction data (X-PLUG/mPLUG-Owl, README, Instruction Tuning), JSON lines of {@code {image: [name], text, task_type}}: the text holds a
 * sentence about the conversation, then lines that begin with {@code Human: } or {@code AI: }, the picture in one of its own.
 */
final class MplugOwlLines {
    private static final Pattern SPEAKER = Pattern.compile("(?:^|\n)(Human|AI): ?");

    private MplugOwlLines() {}

    static void read(Path file, Consumer<Lesson> each) {
        int[] number = {0};
        JsonEntries.lines(file, line -> each.accept(lesson(line, number[0]++)));
    }

    private static Lesson lesson(Entry line, int number) {
        List<String> names = line.has("image") ? line.textOrTexts("image") : List.of();
        if (names.size() > 1) {
            throw line.wrong("image", "at most one picture");
        }
        Path picture = names.isEmpty() ? null : LlavaFile.picture(line, "image", names.getFirst());
        String text = line.text("text");
        List<Preset.Turn> turns = new ArrayList<>();
        StringBuilder question = new StringBuilder();
        Matcher speaker = SPEAKER.matcher(text);
        boolean found = speaker.find();
        while (found) {
            boolean human = speaker.group(1).equals("Human");
            int from = speaker.end();
            found = speaker.find();
            String said = text.substring(from, found ? speaker.start() : text.length());
            if (human) {
                // The picture's line and the question's follow each other.
                question.append(question.isEmpty() ? "" : "\n").append(said);
            } else if (question.isEmpty()) {
                throw line.bad("has an answer of AI without a question of Human before it in text");
            } else {
                turns.add(new Preset.Turn(question.toString(), said));
                question.setLength(0);
            }
        }
        if (turns.isEmpty() || !question.isEmpty()) {
            throw line.bad(
                    turns.isEmpty()
                            ? "has no question of Human with an answer of AI in text"
                            : "has a question of Human without an answer at the end of text");
        }
        boolean marked = turns.stream().anyMatch(turn -> turn.question().contains("<image>"));
        if (marked != (picture != null)) {
            throw line.bad(
                    marked
                            ? "marks a picture with <image> in text but lacks image"
                            : "has an image that text does not mark with <image>");
        }
        boolean first = turns.stream()
                .filter(turn -> turn.question().contains("<image>"))
                .allMatch(turn -> LlavaFile.markFirst(turn.question()));
        return new Lesson(
                String.valueOf(number),
                picture,
                first,
                turns.stream()
                        .map(turn -> new Preset.Turn(LlavaFile.withoutMark(turn.question()), turn.answer()))
                        .toList());
    }
}
