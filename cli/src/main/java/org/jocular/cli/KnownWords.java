package org.jocular.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.stream.Stream;
import org.jocular.systems.VisionLanguageModel;
import org.jocular.tensor.BadInput;
import org.jocular.tokenizers.Tokenizer;
import org.jocular.train.world.Colour;
import org.jocular.train.world.Shape;
import org.jocular.train.world.Size;

/** What a model of few words knows, and what it does not. A model that spells is told anything. */
final class KnownWords {
    private static final int WIDTH = 100;

    /** What the words of the synthetic world are for. */
    private static final SequencedMap<String, List<String>> GROUPS = groups();

    private KnownWords() {}

    private static SequencedMap<String, List<String>> groups() {
        SequencedMap<String, List<String>> groups = new LinkedHashMap<>();
        groups.put("colors", Colour.ALL.stream().map(Colour::word).toList());
        groups.put(
                "shapes",
                Shape.ALL.stream()
                        .flatMap(shape -> Stream.of(shape.word(), shape.plural()))
                        .toList());
        groups.put("sizes", Size.ALL.stream().map(Size::word).toList());
        groups.put("places", List.of("top", "middle", "bottom", "left", "center", "right", "above", "below", "row"));
        groups.put("numbers", List.of("zero", "one", "two", "three", "four", "how", "many", "more"));
        groups.put("questions", List.of("what", "which", "where", "describe", "briefly", "detail"));
        groups.put("answers", List.of("yes", "no", "true", "false", "(a)", "(b)", "(c)"));
        return groups;
    }

    /** All words, where the vocabulary is one of words. */
    static List<String> of(VisionLanguageModel vlm) {
        return vlm.tokenizer().words();
    }

    /** Words of the text that the model would be told nothing of; none where it spells. */
    static List<String> unknown(VisionLanguageModel vlm, String text) {
        Tokenizer tokenizer = vlm.tokenizer();
        return tokenizer.words().isEmpty() ? List.of() : tokenizer.unknownWords(text);
    }

    /** A sentence about words that it does not know. */
    static BadInput refusal(List<String> unknown) {
        List<String> quoted = unknown.stream().map("\"%s\""::formatted).toList();
        int last = quoted.size() - 1;
        return new BadInput(
                last == 0
                        ? "the model does not know the word " + quoted.getFirst()
                        : "the model does not know the words %s and %s"
                                .formatted(String.join(", ", quoted.subList(0, last)), quoted.getLast()));
    }

    /** All that it knows on one screen: what belongs together in lines of its own. */
    static List<String> lines(VisionLanguageModel vlm) {
        List<String> rest = new ArrayList<>(of(vlm));
        List<String> lines = new ArrayList<>();
        lines.add("It knows %d words:".formatted(rest.size()));
        for (Map.Entry<String, List<String>> group : GROUPS.entrySet()) {
            List<String> words =
                    group.getValue().stream().filter(rest::contains).toList();
            rest.removeAll(words);
            add(lines, group.getKey(), words);
        }
        add(lines, "and", rest);
        return lines;
    }

    private static void add(List<String> lines, String name, List<String> words) {
        StringBuilder line = new StringBuilder("  %-10s".formatted(name));
        for (String word : words) {
            if (line.length() + 1 + word.length() > WIDTH) {
                lines.add(line.toString());
                line = new StringBuilder(" ".repeat(12));
            }
            line.append(' ').append(word);
        }
        if (!words.isEmpty()) {
            lines.add(line.toString());
        }
    }
}
