package org.jocular.cli;

import static org.jocular.cli.ByHand.json;
import static org.jocular.cli.ByHand.text;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.StringJoiner;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jocular.cli.ByHand.Expected;
import tools.jackson.databind.JsonNode;

/** The part of {@link ByHand} that is about ScienceQA. */
final class ByHandScienceQa {
    private static final String LETTERS = "ABCDE";
    private static final Pattern LETTER = Pattern.compile("([A-E])|([A-E])\\. .*", Pattern.DOTALL);
    private static final Pattern SENTENCE = Pattern.compile("The answer is ([A-Z]).");

    private final ByHand byHand;
    private final Path folder;

    ByHandScienceQa(ByHand byHand, Path folder) {
        this.byHand = byHand;
        this.folder = folder;
    }

    Expected all(boolean picturesAlone) {
        Expected expected = new Expected();
        JsonNode problems = json(folder.resolve("problems.json"));
        Map<String, List<Boolean>> right = new TreeMap<>();
        for (JsonNode id : json(folder.resolve("pid_splits.json")).get("test")) {
            JsonNode problem = problems.get(id.stringValue());
            boolean pictured = problem.hasNonNull("image");
            if (!pictured && picturesAlone) {
                continue;
            }
            String hint = text(problem, "hint");
            int options = problem.get("choices").size();
            StringBuilder question = new StringBuilder(hint.isEmpty() ? "" : "Context: " + hint + "\n");
            question.append(text(problem, "question"));
            for (int i = 0; i < options; i++) {
                question.append("\n%c. %s"
                        .formatted(
                                LETTERS.charAt(i), problem.get("choices").get(i).stringValue()));
            }
            question.append("\nAnswer with the option's letter from the given choices directly.");
            String answer = byHand.ask(
                    question.toString(),
                    pictured ? folder.resolve("images/test/%s/image.png".formatted(id.stringValue())) : null,
                    1024);
            expected.answers().add(answer);
            if (answer != null) {
                boolean correct =
                        option(answer.strip(), options) == problem.get("answer").intValue();
                int grade = Integer.parseInt(text(problem, "grade").substring(5));
                String subject = text(problem, "subject").substring(0, 3).toUpperCase(Locale.ROOT);
                ByHand.add(right, "accuracy", correct, true);
                ByHand.add(right, "IMG", correct, pictured);
                ByHand.add(right, "TXT", correct, !hint.isEmpty());
                ByHand.add(right, "NO", correct, hint.isEmpty() && !pictured);
                ByHand.add(right, subject, correct, true);
                ByHand.add(right, grade <= 6 ? "G1-6" : "G7-12", correct, true);
            }
        }
        right.forEach((name, group) -> expected.figures().put(name, PlainFigures.percent(group)));
        return expected;
    }

    private static int option(String answer, int options) {
        Matcher letter = LETTER.matcher(answer);
        Matcher sentence = SENTENCE.matcher(answer);
        int option = -1;
        if (letter.matches()) {
            option = LETTERS.indexOf(answer.charAt(0));
        } else if (sentence.results().count() == 1) {
            option = LETTERS.indexOf(sentence.replaceAll("$1").charAt(0));
        }
        return option < options ? option : -1;
    }

    /** As LAVIS ranks; the prompt is InstructBLIP's, which has nothing around the question. */
    Expected ranked() {
        Expected expected = new Expected();
        JsonNode problems = json(folder.resolve("problems.json"));
        List<Boolean> right = new ArrayList<>();
        for (JsonNode id : json(folder.resolve("pid_splits.json")).get("test")) {
            JsonNode problem = problems.get(id.stringValue());
            if (problem.hasNonNull("image")) {
                List<String> choices = problem.get("choices")
                        .valueStream()
                        .map(JsonNode::stringValue)
                        .toList();
                StringJoiner options = new StringJoiner(" ");
                choices.forEach(choice ->
                        options.add("(%c) %s".formatted("abcde".charAt(choices.indexOf(choice)), choice)));
                String hint = text(problem, "hint");
                int best = byHand.rank(
                        "%sQuestion: %s Options: %s. Answer:"
                                .formatted(
                                        hint.isEmpty() ? "" : "Context: " + hint + " ",
                                        text(problem, "question"),
                                        options),
                        folder.resolve("images/test/%s/image.png".formatted(id.stringValue())),
                        choices,
                        expected);
                if (best >= 0) {
                    right.add(best == problem.get("answer").intValue());
                }
            }
        }
        expected.figures().put("IMG", PlainFigures.percent(right));
        return expected;
    }
}
