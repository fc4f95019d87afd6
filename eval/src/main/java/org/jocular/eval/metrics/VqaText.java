package org.jocular.eval.metrics;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Answers brought into the form in which VQA scorers compare them: no punctuation, number words as digits, no articles, apostrophes
 * where contractions lack them (Antol et al. 2015; GT-Vision-Lab/VQA, PythonEvaluationTools/vqaEvaluation/vqaEval.py).
 */
public final class VqaText {
    private static final List<String> PUNCTUATION = List.of(
            ";", "/", "[", "]", "\"", "{", "}", "(", ")", "=", "+", "\\", "_", "-", ">", "<", "@", "`", ",", "?", "!");

    private static final Pattern COMMA_IN_NUMBER = Pattern.compile("\\p{Nd},\\p{Nd}");

    // The original's (?!<=\d) was meant to look behind, but is a lookahead for "<=" that always holds.
    private static final Pattern PERIOD = Pattern.compile("\\.(?!\\p{Nd})");

    // The original passes re.UNICODE, which is 32, where re.sub expects how many to replace.
    private static final int MAX_PERIODS = 32;

    private static final Set<String> ARTICLES = Set.of("a", "an", "the");

    private static final Map<String, String> DIGITS =
            pairs("none 0 zero 0 one 1 two 2 three 3 four 4 five 5 six 6 seven 7 eight 8 nine 9 ten 10");

    /** As the original has them: those with capitals never match, since words are lower case by then. */
    private static final Map<String, String> CONTRACTIONS = pairs("""
            aint ain't  arent aren't  cant can't  couldve could've  couldnt couldn't  couldn'tve couldn't've  couldnt've
            couldn't've  didnt didn't  doesnt doesn't  dont don't  hadnt hadn't  hadnt've hadn't've  hadn'tve hadn't've
            hasnt hasn't  havent haven't  hed he'd  hed've he'd've  he'dve he'd've  hes he's  howd how'd  howll how'll
            hows how's  Id've I'd've  I'dve I'd've  Im I'm  Ive I've  isnt isn't  itd it'd  itd've it'd've  it'dve
            it'd've  itll it'll  let's let's  maam ma'am  mightnt mightn't  mightnt've mightn't've  mightn'tve
            mightn't've  mightve might've  mustnt mustn't  mustve must've  neednt needn't  notve not've  oclock o'clock
            oughtnt oughtn't  ow's'at 'ow's'at  'ows'at 'ow's'at  'ow'sat 'ow's'at  shant shan't  shed've she'd've
            she'dve she'd've  she's she's  shouldve should've  shouldnt shouldn't  shouldnt've shouldn't've  shouldn'tve
            shouldn't've  somebody'd somebodyd  somebodyd've somebody'd've  somebody'dve somebody'd've  somebodyll
            somebody'll  somebodys somebody's  someoned someone'd  someoned've someone'd've  someone'dve someone'd've
            someonell someone'll  someones someone's  somethingd something'd  somethingd've something'd've
            something'dve something'd've  somethingll something'll  thats that's  thered there'd  thered've there'd've
            there'dve there'd've  therere there're  theres there's  theyd they'd  theyd've they'd've  they'dve they'd've
            theyll they'll  theyre they're  theyve they've  twas 'twas  wasnt wasn't  wed've we'd've  we'dve we'd've
            weve we've  werent weren't  whatll what'll  whatre what're  whats what's  whatve what've  whens when's
            whered where'd  wheres where's  whereve where've  whod who'd  whod've who'd've  who'dve who'd've  wholl
            who'll  whos who's  whove who've  whyll why'll  whyre why're  whys why's  wont won't  wouldve would've
            wouldnt wouldn't  wouldnt've wouldn't've  wouldn'tve wouldn't've  yall y'all  yall'll y'all'll  y'allll
            y'all'll  yall'd've y'all'd've  y'alld've y'all'd've  y'all'dve y'all'd've  youd you'd  youd've you'd've
            you'dve you'd've  youll you'll  youre you're  youve you've
            """);

    private VqaText() {}

    /** The official normalisation, as vqaEval.py applies it to predictions and, where annotators disagree, to their answers. */
    public static String official(String answer) {
        return digitsAndArticles(punctuation(oneLine(answer)));
    }

    /**
     * The normalisation of EvalAI's server, which LLaVA applies before it hands in answers to VQAv2 or scores TextVQA (haotian-liu/LLaVA,
     * llava/eval/m4c_evaluator.py, EvalAIAnswerProcessor): a possessive becomes a word of its own, commas and question marks go first.
     */
    public static String m4c(String answer) {
        String words = answer.toLowerCase(Locale.ROOT)
                .replace(",", "")
                .replace("?", "")
                .replace("'s", " 's");
        return digitsAndArticles(punctuation(oneLine(Python.strip(words))));
    }

    /** Line ends and tabs as spaces, none of them at the ends. */
    static String oneLine(String answer) {
        return Python.strip(answer.replace('\n', ' ').replace('\t', ' '));
    }

    /** processPunctuation: a mark that touches a space goes, another becomes a space; one comma inside a number and all marks go. */
    static String punctuation(String answer) {
        boolean number = COMMA_IN_NUMBER.matcher(answer).find();
        String text = answer;
        for (String mark : PUNCTUATION) {
            boolean atSpace = answer.contains(mark + " ") || answer.contains(" " + mark);
            text = text.replace(mark, atSpace || number ? "" : " ");
        }
        StringBuilder out = new StringBuilder();
        Matcher period = PERIOD.matcher(text);
        for (int i = 0; i < MAX_PERIODS && period.find(); i++) {
            period.appendReplacement(out, "");
        }
        return period.appendTail(out).toString();
    }

    /** processDigitArticle */
    static String digitsAndArticles(String answer) {
        List<String> words = new ArrayList<>();
        for (String word : Python.split(answer.toLowerCase(Locale.ROOT))) {
            String digits = DIGITS.getOrDefault(word, word);
            if (!ARTICLES.contains(digits)) {
                words.add(CONTRACTIONS.getOrDefault(digits, digits));
            }
        }
        return String.join(" ", words);
    }

    private static Map<String, String> pairs(String words) {
        List<String> word = Python.split(words);
        Map<String, String> pairs = new HashMap<>();
        for (int i = 0; i < word.size(); i += 2) {
            pairs.put(word.get(i), word.get(i + 1));
        }
        return Map.copyOf(pairs);
    }
}
