package org.jocular.eval.metrics;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jocular.eval.metrics.CocoCaptions.Pair;

/**
 * Cuts captions into Penn Treebank tokens, in lower case and without punctuation, as the caption scorers want them.
 *
 * <p>The published figures were made with {@code pycocoevalcap/tokenizer/ptbtokenizer.py}, which runs Stanford CoreNLP
 * 3.4.1's {@code PTBTokenizer -preserveLines -lowerCase} and then drops a list of punctuation. The rules, in {@link
 * PtbRules}, were written from what that program answers and from the Treebank's conventions, without its text.
 *
 * <p>At each place all rules are tried and the longest match wins, the earlier rule where two are equally long: so
 * {@code is/isn} is one word of {@code is/isn't}, and no contraction.
 */
public final class PtbTokenizer {
    /** {@code PUNCTUATIONS} of ptbtokenizer.py; its brackets, -LRB- and so on, never meet a token in lower case. */
    private static final Set<String> DROPPED =
            Set.of("''", "'", "``", "`", ".", "?", "!", ",", ":", "-", "--", "...", ";");

    /** A run of full stops, or of two to four hyphens: an ellipsis or a dash, and both are dropped. */
    private static final Pattern DOTS_OR_DASH = Pattern.compile("\\.{2,}|-{2,4}");

    /** What is written in place of a sign; the Treebank's text had no pound, euro or cent sign. */
    private static final Map<String, String> WRITTEN = Map.ofEntries(
            Map.entry("(", "-lrb-"),
            Map.entry(")", "-rrb-"),
            Map.entry("[", "-lsb-"),
            Map.entry("]", "-rsb-"),
            Map.entry("{", "-lcb-"),
            Map.entry("}", "-rcb-"),
            Map.entry("\"", "''"),
            Map.entry("\u201C", "``"),
            Map.entry("\u201D", "''"),
            Map.entry("«", "``"),
            Map.entry("»", "''"),
            Map.entry("\u2018", "`"),
            Map.entry("\u201B", "`"),
            Map.entry("\u2019", "'"),
            Map.entry("‹", "`"),
            Map.entry("›", "'"),
            Map.entry("\u2026", "..."),
            Map.entry("\u2010", "-"),
            Map.entry("\u2011", "-"),
            Map.entry("\u2013", "--"),
            Map.entry("\u2014", "--"),
            Map.entry("\u2015", "--"),
            Map.entry("£", "#"),
            Map.entry("€", "$"),
            Map.entry("¤", "$"),
            Map.entry("¢", "cents"),
            Map.entry("½", "1/2"),
            Map.entry("⅓", "1/3"),
            Map.entry("⅔", "2/3"),
            Map.entry("¼", "1/4"),
            Map.entry("¾", "3/4"),
            Map.entry("&amp;", "&"),
            Map.entry("&lt;", "<"),
            Map.entry("&gt;", ">"),
            Map.entry("&quot;", "''"),
            Map.entry("&apos;", "'"),
            Map.entry("&mdash;", "--"));

    /** How far a rule looks into the next caption; no longer than the longest word that opens a sentence. */
    private static final int LOOK_AHEAD = 40;

    private PtbTokenizer() {}

    /**
     * The tokens of each caption, joined by single spaces; empty where nothing but punctuation was said. A token that
     * spans spaces (a mark-up tag, {@code 2 1/2}) holds no-break spaces, as the original prints it.
     *
     * <p>The order matters a little. The original reads all captions as one text, so a final {@code letter A.} keeps
     * its full stop or not by how the next caption begins.
     */
    public static List<String> tokenize(List<String> captions) {
        List<Matcher> rules =
                PtbRules.ALL.stream().map(rule -> rule.matcher("")).toList();
        List<String> tokenized = new ArrayList<>(captions.size());
        for (int i = 0; i < captions.size(); i++) {
            int next = i + 1;
            while (next < captions.size() && captions.get(next).isBlank()) {
                next++;
            }
            tokenized.add(tokenize(captions.get(i), next < captions.size() ? captions.get(next) : "", rules));
        }
        return tokenized;
    }

    /** The tokens of one caption alone, as in {@link #tokenize(List)}. */
    public static String tokenize(String caption) {
        return tokenize(List.of(caption)).getFirst();
    }

    /**
     * Candidates and references as {@link Cider}, {@link Bleu} and {@link RougeL} take them. All references are read as
     * one text and all candidates as another, in the order given, as {@code pycocoevalcap/eval.py} does it.
     */
    public static List<Pair> tokenizePairs(List<Pair> pairs) {
        Iterator<String> candidates =
                tokenize(pairs.stream().map(Pair::candidate).toList()).iterator();
        Iterator<String> references = tokenize(pairs.stream()
                        .flatMap(pair -> pair.references().stream())
                        .toList())
                .iterator();
        List<Pair> tokenized = new ArrayList<>(pairs.size());
        for (Pair pair : pairs) {
            List<String> own = new ArrayList<>();
            for (int i = 0; i < pair.references().size(); i++) {
                own.add(references.next());
            }
            tokenized.add(new Pair(pair.imageId(), candidates.next(), own));
        }
        return tokenized;
    }

    private static String tokenize(String caption, String next, List<Matcher> rules) {
        String line = PtbRules.readable(caption); // a line break in a caption is a space, as in ptbtokenizer.py
        String beyond = PtbRules.readable(next.substring(0, Math.min(next.length(), LOOK_AHEAD)));
        String text = beyond.isEmpty() ? line : line + "\n" + beyond + "\n";
        for (Matcher rule : rules) {
            rule.reset(text).useTransparentBounds(true); // a rule may look behind and ahead of the place it is tried at
        }
        StringBuilder tokens = new StringBuilder(line.length() + 16);
        int at = 0;
        while (at < line.length()) {
            if (line.charAt(at) == ' ') {
                at++;
                continue;
            }
            int end = tokenEnd(rules, at, line.length());
            String token = written(line.substring(at, end));
            if (!DROPPED.contains(token)) {
                tokens.append(tokens.isEmpty() ? "" : " ").append(token);
            }
            at = end;
        }
        return tokens.toString();
    }

    /** What must follow a token counts for the length of the match: {@code ca} before {@code n't}. */
    private static int tokenEnd(List<Matcher> rules, int at, int lineEnd) {
        int longest = at;
        int tokenEnd = at + 1; // a sign that no rule knows stands alone
        for (Matcher rule : rules) {
            rule.region(at, lineEnd);
            if (rule.lookingAt() && rule.end() > longest) {
                longest = rule.end();
                tokenEnd = rule.groupCount() == 0 ? rule.end() : rule.end(1);
            }
        }
        return tokenEnd;
    }

    private static String written(String token) {
        String lower = token.toLowerCase(Locale.ROOT);
        String other = WRITTEN.get(lower);
        if (other != null) {
            return other;
        }
        if (DOTS_OR_DASH.matcher(token).matches()) {
            return "--";
        }
        if (PtbRules.SMILEY.matcher(token).matches()
                || PtbRules.PHONE.matcher(token).matches()) {
            lower = lower.replace("(", "-lrb-").replace(")", "-rrb-");
        }
        if (PtbRules.CURLY_CLITIC.matcher(token).matches()) {
            lower = lower.replace('\u2019', '\'').replace('\u2018', '`');
        }
        return lower.replace("&amp;", "&").replace(' ', '\u00A0');
    }
}
