package org.jocular.eval.metrics;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.jocular.tensor.BadInput;
import org.jspecify.annotations.Nullable;

/**
 * ScienceQA (Lu et al. 2022): multiple choice, accuracy over all questions, over those with an image, and by the benchmark's own
 * divisions. Answers are read as LLaVA reads them (haotian-liu/LLaVA, llava/eval/eval_science_qa.py), divisions are made as in
 * lupantech/ScienceQA, tools/evaluate_acc.py.
 */
public final class ScienceQa {
    /** Letters of the options; no question has more. */
    public static final List<String> OPTIONS = List.of("A", "B", "C", "D", "E");

    /** What stands for an answer that says no letter, or one beyond the question's options. */
    public static final int FAILED = -1;

    // Without UNIX_LINES Java's dot would also refuse line ends other than \n, which Python's takes.
    private static final Pattern SENTENCE = Pattern.compile("The answer is ([A-Z]).", Pattern.UNIX_LINES);

    // Of the letters VLMEvalKit takes no E.
    private static final Pattern VERBOSE = Pattern.compile("(?i)(?:correct\\s+)?answer\\s+is\\s+\\**([ABCD])\\**");

    private static final List<String> REFUSALS = List.of(
            "Sorry, I can't help with images of people yet.",
            "I can't process this file.",
            "I'm sorry, but without the image provided",
            "Cannot determine the answer");

    private static final Set<String> GRADES_1_6 = Set.of("grade1", "grade2", "grade3", "grade4", "grade5", "grade6");
    private static final Set<String> GRADES_7_12 =
            Set.of("grade7", "grade8", "grade9", "grade10", "grade11", "grade12");

    /**
     * A question.
     *
     * @param choices  how many options the question has
     * @param answer   index of the right one
     * @param hasText  whether the question comes with a hint, the benchmark's word for text to read
     * @param subject  natural, social or language science; null where the file does not say
     * @param grade    grade1 to grade12; null where the file does not say
     */
    public record Problem(
            String id,
            int choices,
            int answer,
            boolean hasText,
            boolean hasImage,
            @Nullable String subject,
            @Nullable String grade) {}

    /** How the option is read in an answer. */
    public enum Reading {
        /** {@link #parse}, haotian-liu/LLaVA. */
        LLAVA,
        /** The whole answer is a letter, in any case, or begins with a capital and a period (lmms-eval, tasks/scienceqa/utils.py). */
        LMMS_EVAL,
        /**
         * The one letter among the answer's words, if it is among the last four; or else the one option whose text is in the answer
         * (open-compass/VLMEvalKit, utils/matching_util.py, can_infer, under its policy exact_matching: no judge is asked).
         */
        VLM_EVAL_KIT
    }

    /** A question and the index of the option that was answered, or {@link #FAILED}. */
    public record Judged(Problem problem, int predicted) {
        public boolean correct() {
            return predicted == problem.answer;
        }
    }

    private ScienceQa() {}

    /**
     * The option that an answer names, or {@link #FAILED}: the whole answer is a letter, or it begins with a letter, a period and a
     * space, or it says exactly once "The answer is X" followed by any character.
     */
    public static int parse(String answer, int choices) {
        int option = OPTIONS.indexOf(letter(answer));
        return option < choices ? option : FAILED;
    }

    /**
     * The option that an answer names in this reading, or {@link #FAILED}.
     *
     * @param choices texts of the options
     */
    public static int read(Reading reading, String answer, List<String> choices) {
        return switch (reading) {
            case LLAVA -> parse(answer, choices.size());
            case LMMS_EVAL -> lmmsEval(Python.strip(answer), choices.size());
            case VLM_EVAL_KIT -> vlmEvalKit(answer, choices);
        };
    }

    private static int lmmsEval(String answer, int choices) {
        boolean begins = answer.startsWith(".", 1) && Character.isUpperCase(answer.charAt(0));
        String letter = begins ? answer.substring(0, 1) : answer.toUpperCase(Locale.ROOT);
        int option = OPTIONS.indexOf(letter);
        return option < choices ? option : FAILED;
    }

    private static int vlmEvalKit(String answer, List<String> choices) {
        if (REFUSALS.stream().anyMatch(answer::contains)) {
            return FAILED;
        }
        List<String> words = Python.split(answer.replaceAll("[.()\\[\\],:;!*#{}]", " "));
        List<String> letters = OPTIONS.subList(0, choices.size());
        List<String> named = letters.stream().filter(words::contains).toList();
        if (named.size() == 1 && words.indexOf(named.getFirst()) > words.size() - 5) {
            return OPTIONS.indexOf(named.getFirst());
        }
        if (named.isEmpty() && words.contains("Z")) {
            return FAILED;
        }
        Matcher sentence = VERBOSE.matcher(answer);
        if (sentence.find() && letters.contains(sentence.group(1).toUpperCase(Locale.ROOT))) {
            return OPTIONS.indexOf(sentence.group(1).toUpperCase(Locale.ROOT));
        }
        return containedText(answer.toLowerCase(Locale.ROOT), choices);
    }

    private static int containedText(String answer, List<String> choices) {
        int[] contained = IntStream.range(0, choices.size())
                .filter(i -> answer.contains(choices.get(i).toLowerCase(Locale.ROOT)))
                .toArray();
        boolean rambling =
                answer.length() > 2 * choices.stream().mapToInt(String::length).sum();
        return contained.length == 1 && !rambling ? contained[0] : FAILED;
    }

    private static String letter(String answer) {
        if (OPTIONS.contains(answer)) {
            return answer;
        }
        if (answer.startsWith(". ", 1) && OPTIONS.contains(answer.substring(0, 1))) {
            return answer.substring(0, 1);
        }
        List<MatchResult> sentences = SENTENCE.matcher(answer).results().toList();
        return sentences.size() == 1 ? sentences.getFirst().group(1) : "FAILED";
    }

    /** Judges every problem; a missing answer is a wrong one, as in LLaVA's script. */
    public static List<Judged> judge(List<Problem> problems, Map<String, String> answers) {
        return problems.stream()
                .map(problem -> new Judged(problem, parse(answers.getOrDefault(problem.id, "FAILED"), problem.choices)))
                .toList();
    }

    /** Judges predictions that are indices already, as result files hold them. */
    public static List<Judged> judgeIndices(List<Problem> problems, Map<String, Integer> indices) {
        return problems.stream()
                .map(problem -> new Judged(problem, indices.getOrDefault(problem.id, FAILED)))
                .toList();
    }

    /**
     * Percent under the names of the paper's table; a division that holds no question, or that the problems' file does not tell, is left
     * out.
     */
    public static Scores score(List<Judged> judged) {
        Map<String, Double> metrics = new LinkedHashMap<>();
        put(metrics, "accuracy", judged, problem -> true);
        put(metrics, "IMG", judged, Problem::hasImage);
        put(metrics, "TXT", judged, Problem::hasText);
        put(metrics, "NO", judged, problem -> !problem.hasText && !problem.hasImage);
        put(metrics, "NAT", judged, problem -> "natural science".equals(problem.subject));
        put(metrics, "SOC", judged, problem -> "social science".equals(problem.subject));
        put(metrics, "LAN", judged, problem -> "language science".equals(problem.subject));
        put(metrics, "G1-6", judged, problem -> problem.grade != null && GRADES_1_6.contains(problem.grade));
        put(metrics, "G7-12", judged, problem -> problem.grade != null && GRADES_7_12.contains(problem.grade));
        long failed = judged.stream().filter(one -> one.predicted == FAILED).count();
        List<String> notes = new ArrayList<>();
        if (failed > 0) {
            notes.add("%d of %d questions have no answer that names an option".formatted(failed, judged.size()));
        }
        return new Scores("scienceqa", new LinkedHashMap<>(metrics), judged.size(), notes);
    }

    private static void put(
            Map<String, Double> metrics, String name, List<Judged> judged, Predicate<Problem> division) {
        List<Judged> part =
                judged.stream().filter(one -> division.test(one.problem)).toList();
        if (!part.isEmpty()) {
            double correct = part.stream().filter(Judged::correct).count();
            metrics.put(name, correct / part.size() * 100);
        }
    }

    /**
     * Scores a file of answers to the test split.
     *
     * @param answers any format of {@link ScienceQaFiles#judge}
     * @param dir     holds problems.json and pid_splits.json, or LLaVA's llava_test_CQM-A.json
     */
    public static Scores score(Path answers, Path dir) {
        List<Problem> problems = ScienceQaFiles.readTest(dir);
        if (problems.isEmpty()) {
            throw new BadInput("%s holds no questions of ScienceQA's test split".formatted(dir));
        }
        return score(ScienceQaFiles.judge(answers, problems));
    }
}
