package org.jocular.train.data;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jocular.systems.Preset;
import org.jspecify.annotations.Nullable;

/**
 * LLaVA's lists of conversations, as haotian-liu/LLaVA describes them in docs/Finetune_Custom_Data.md: {@code {id, image, conversations: [{from,
 * value}, …]}}. chat.json, blip_laion_cc_sbu_558k.json, llava_instruct_150k.json and its parts, and llava_v1_5_mix665k.json, which has entries without
 * picture.
 */
final class LlavaFile {
    private static final String MARK = "<image>";

    private LlavaFile() {}

    static void read(Path file, Consumer<Lesson> each) {
        JsonEntries.list(file, entry -> each.accept(lesson(entry)));
    }

    private static Lesson lesson(Entry entry) {
        // Some tools write an empty name for none.
        Path picture = entry.text("image", "").isEmpty() ? null : picture(entry, "image");
        List<Preset.Turn> turns = new ArrayList<>();
        @Nullable Boolean first = null;
        @Nullable String question = null;
        for (Entry said : entry.objects("conversations")) {
            boolean human = said.oneOf("from", List.of("human", "gpt")).equals("human");
            String value = said.text("value");
            if (human) {
                if (question != null) {
                    throw said.bad("follows another question, expected an answer from gpt");
                }
                if (first == null && value.contains(MARK)) {
                    first = markFirst(value);
                }
                question = withoutMark(value);
            } else if (question != null) {
                turns.add(new Preset.Turn(question, value));
                question = null;
            } else if (!turns.isEmpty()) {
                throw said.bad("follows another answer, expected a question from human");
            }
            // An answer before any question is passed over, as train.py does.
        }
        if (question != null || turns.isEmpty()) {
            throw entry.bad(
                    turns.isEmpty() ? "holds no question with an answer" : "ends with a question, expected its answer");
        }
        if (first != null && picture == null) {
            throw entry.bad("marks a picture with <image> but lacks image");
        }
        return new Lesson(entry.id("id"), picture, first == null || first, turns);
    }

    /** Whether a picture's mark stands before the text. */
    static boolean markFirst(String question) {
        return question.stripLeading().startsWith(MARK);
    }

    static String withoutMark(String question) {
        return question.contains(MARK) ? question.replace(MARK, "").strip() : question;
    }

    static Path picture(Entry entry, String field) {
        return picture(entry, field, entry.text(field));
    }

    static Path picture(Entry entry, String field, String name) {
        try {
            return Path.of(name);
        } catch (InvalidPathException e) {
            throw entry.wrong(field, "the name of a picture");
        }
    }
}
