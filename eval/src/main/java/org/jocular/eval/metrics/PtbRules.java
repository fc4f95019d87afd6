package org.jocular.eval.metrics;

import java.util.List;
import java.util.regex.Pattern;

/**
 * What makes one token for {@link PtbTokenizer}. Each rule says what was observed: on the captions, prose, answers and
 * HTML of the vectors, and on strings made to find its limits. A group in a pattern ends the token; the rest of the
 * match is what must follow it.
 *
 * <p>Repetitions that must try again are bounded, and the others possessive: a model that repeats itself for thousands
 * of words must cost neither the stack nor quadratic time.
 */
final class PtbRules {
    /** A letter, with its accents; a letter or digit. */
    private static final String L = "[\\p{L}\\p{M}]";

    private static final String W = "[\\p{L}\\p{M}\\p{Nd}]";
    private static final String HYPHEN = "[-\u2010\u2011]";
    private static final String APOSTROPHE = "['\u2019]";

    /** Inside a word no quote begins, so a backtick is an apostrophe too. */
    private static final String TICK = "['\u2019`]";

    /** What an apostrophe joins to any word. */
    private static final String CLITIC = "(?i:s|m|d|ll|re|ve)(?!" + L + ")";

    private static final String WORD_END = "(?!" + APOSTROPHE + "?" + W + ")";

    /** A part of what slashes join: three words at most, and no digits after a hyphen. */
    private static final String SLASHED = W + "+(?:-[A-Za-z]+){0,2}+";

    /** The rest of a web address, which does not end with punctuation. */
    private static final String ADDRESS = "[^\\s<>\"|()]+[^\\s<>\"|().,!?:;-]";

    /** ":-)" and its like: eyes, perhaps a nose, a mouth; a letter after it makes it something else. */
    static final Pattern SMILEY = Pattern.compile("(?:>:|[:;=])[-'o]?[DdPpO()\\[\\]\\\\|{](?!" + W + ")");

    /** A telephone number is one token, with its brackets and spaces. */
    static final Pattern PHONE =
            Pattern.compile("(?:\\(\\d{2,3}\\) ?|\\+?\\d{2,4}[- ])\\d{3,4}[- ]?\\d{3,6}(?!" + W + ")");

    /** What is written with a straight apostrophe however it came: 's, 'll, n't. */
    static final Pattern CURLY_CLITIC = insensitive("\u2019(?:s|m|d|ll|re|ve)|n[\u2018\u2019]t");

    /** Words that were seen to keep their full stop: titles, months, days, states, firms, streets. */
    private static final String ABBREVIATIONS =
            "mr|mrs|ms|dr|drs|messrs|profs?|sr|jr|rev|hon|gov|sen|rep|pres|gen|col|maj|capt|lt|cmdr|adm|cpl|pvt|sgt|"
                    + "det|insp|supt|asst|assoc|assn|atty|treas|esq|mme|mlle|msgr|bros|st|ste|mt|ft|ave|blvd|rd|ct|"
                    + "sq|bldg|jan|feb|mar|apr|jun|jul|aug|sep|sept|oct|nov|dec|mon|tue|tues|wed|thu|thurs|fri|dept|"
                    + "univ|ala|ariz|calif|colo|conn|fla|ga|ind|kans?|ky|md|mich|minn|mo|mont|neb|nev|okla|penn|"
                    + "tenn|vt|va|wisc?|wyo|dak|inc|corp|co|cos|ltd|plc|pty|intl|natl|mfg|bancorp|cie|etc|vs|v|al|"
                    + "cf|est|ext|seq|tel|elec|adv|adj|wm|jos|alex|ph\\.d|ph";

    /** States whose abbreviation is also a word or a name: only with a capital. */
    private static final String CAPITALISED_ABBREVIATIONS = "Ark|Del|Ill|La|Mass|Miss|Ore|Pa|Tex|Wash";

    /** After "C. " a sentence is taken to begin at these: the full stop then is not the initial's. */
    private static final String OPENERS =
            "A|A(?i:n|s|t|bout|ccording|dditionally|fter)|B(?i:ut)|E(?i:arlier)|H(?i:e|er|ere|owever)|I(?i:f|n|t)|"
                    + "L(?i:ast)|M(?i:any|ore|r\\.|s\\.)|N(?i:ow)|O(?i:nce|ne|ther|ur)|S(?i:he|ince|o|ome|uch)|"
                    + "T(?i:hat|he|heir|hen|here|hese|hey|his)|W(?i:e|hat|hen|hile)|Y(?i:et|ou)";

    private static final String FILE_TYPES = "txt|jpe?g|png|gif|bmp|zip|tar|gz|pdf|docx?|ppt|html?|xml|php|py|c|h|cpp|"
            + "java|exe|dll|bat|mp3|wav|mov|ps|jar|pl";

    static final List<Pattern> ALL = List.of(
            // "can't" is "ca n't", "cannot" is "can not" (Treebank); "n't" is sought behind plain letters only.
            insensitive("([a-z]+?)n['\u2019\u2018`]t"),
            insensitive("n['\u2019\u2018`]t"),
            insensitive("(can)not" + WORD_END),
            insensitive("(gon|wan)na" + WORD_END),
            insensitive("(got)ta" + WORD_END),
            insensitive("(gim|lem)me" + WORD_END),
            // Possession and shortened verbs. The curly apostrophe is less often a quote, so its rule is laxer.
            insensitive("'" + CLITIC),
            insensitive("\u2019(?:s|m|d|ll|re|ve|n)"),
            // "'tis" is "'t is"; a curly apostrophe is a quote here.
            insensitive("('t)(?:is|was)"),
            // Words and decades that begin with an apostrophe; any other apostrophe before a word is a quote.
            insensitive(APOSTROPHE + "(?:em|till?|cause)"),
            insensitive(APOSTROPHE + "n(?:" + APOSTROPHE + "|(?=\\s))"),
            Pattern.compile(APOSTROPHE + "\\d\\d(?:s|(?=\\s))"),
            // Words with an apostrophe inside: O'Neil, d'Artagnan, T'Challa; Hawai'i, De'Andre; o'er; a few more.
            Pattern.compile("(?:" + W + "+" + HYPHEN + ")*+(?:[dlno]|[A-Z&&[^IY]])" + TICK + "(?!" + CLITIC + ")" + L
                    + "{2,}+"),
            Pattern.compile(L + "+[aeiouyAEIOUY]" + TICK + "(?!" + CLITIC + ")(?:[aeiou]|\\p{Lu})" + L + "*+"),
            insensitive("(?:o|" + L + "*e)" + TICK + "er(?!" + L + ")"),
            insensitive(
                    "(?:ma~am|c~est|n~est|qu~il|qu~elle|jusqu~a|cap~n|nat~l|ev~ry|li~l|somethin~)".replace("~", TICK)
                            + "(?!" + L + ")"),
            insensitive("(?:c'mon|s'mores|ol['\u2019])(?!" + L + ")"),
            insensitive("[dl]" + APOSTROPHE + "(?!" + CLITIC + ")"),
            insensitive("([yj]" + APOSTROPHE + ")(?!" + CLITIC + ")" + L),
            // Words, joined by hyphens and low lines; by slashes, three parts at most; by one full stop, ! or ?
            // between letters, whether a web site or a missing space (dog.The).
            Pattern.compile(W + "+(?:[-_\u2010\u2011]" + W + "+)*+"),
            Pattern.compile(SLASHED + "(?:/" + SLASHED + "){1,2}+"),
            Pattern.compile(L + W + "*(?:[.!?]" + L + W + "*)++"),
            // Before a hyphen a word may hold full stops and commas: U.S.-based, 3.5-inch, dog,cat-like.
            Pattern.compile(W + "[.,\\p{L}\\p{M}\\p{Nd}]*(?:" + HYPHEN + W + "+)++"),
            // A file name may begin with a digit, another dotted word may not.
            insensitive(
                    W + "+(?:\\." + W + "+){0,9}\\.(?:" + FILE_TYPES + ")" + WORD_END + "(?:" + HYPHEN + W + "+)*+"),
            insensitive("(?:anti|pro)-"),
            Pattern.compile("[A-Z]+(?:(?:&|&amp;)[A-Z]+)++"),
            Pattern.compile("[Cc]\\+\\+|[CcFf]#"),
            // A full stop belongs to a listed abbreviation, to letters with full stops between (U.S., p.m.), to an
            // initial, to some words before a number, and to anything before a comma or colon.
            insensitive("(?:" + ABBREVIATIONS + ")\\."),
            Pattern.compile("(?:" + CAPITALISED_ABBREVIATIONS + ")\\."),
            Pattern.compile(L + "(?:\\." + L + ")++\\."),
            Pattern.compile(L + "\\.(?!\\s+(?:" + OPENERS + ")\\s)"),
            insensitive("(?:nos?|figs?|pp?|art|op|prop|ca)\\.(?=\\s*\\d)"),
            Pattern.compile("(?:" + W + "+(?:[-_.!?]" + W + "+)*+|\\d+(?:[.:,]\\d+)*+)\\.(?=[,;:])"),
            // Numbers: 1,000.50, 12:30, .5, -5; fractions, 2 1/2 being one token.
            Pattern.compile("[-+]?(?:\\d+(?:[.:,]\\d+)*+|(?:[.:,]\\d+)++)"),
            Pattern.compile("(?:\\d{1,4}[- ])?\\d{1,4}[/\u2044]\\d{1,4}"),
            PHONE,
            // A currency's letters stay with its sign: US$ 5.
            Pattern.compile("[A-Z]+\\$"),
            // Web and mail addresses, @names, #subjects (letters alone: #f 2f2f2), entities.
            insensitive("https?://" + ADDRESS),
            insensitive(L + W + "*(?:\\." + L + W + "*){0,9}\\.(?:com|net|org|edu)/" + ADDRESS),
            insensitive("www\\.(?:[\\w-]+\\.){1,9}[a-z]{2,4}/" + ADDRESS),
            Pattern.compile(W + "[^\\s<>\"'|(),;:&@]{0,63}@" + W + "(?:[^\\s<>\"'|(),;]*" + W + ")?"),
            Pattern.compile("@[A-Za-z_]\\w*"),
            Pattern.compile("#" + L + "+"),
            insensitive("&(?:amp|lt|gt|quot|apos|mdash|#\\d+);"),
            // A mark-up tag is one token, if its attributes are well-formed.
            Pattern.compile("</?[A-Za-z][\\w.:-]*(?:\\s+[A-Za-z][\\w.:-]*(?:=(?:\"[^\"]*\"|'[^']*'))?)*+\\s*/?>"),
            Pattern.compile("<[!?][^<>]*>"),
            // Runs of one sign that stay together, brackets in the Treebank's writing, smileys.
            Pattern.compile("[?!]+|\\\\\\*|\\*+|#+|_+|@+|-+|<<|>>|''|``|\\.\\.\\.+"),
            insensitive("-[lr][rcs]b-"),
            SMILEY,
            Pattern.compile("-_-|\\^_\\^|>_<"));

    private PtbRules() {}

    /** One kind of blank, and nothing that the original cannot read: emoji and many rare signs are blanks to it. */
    static String readable(String caption) {
        StringBuilder text = new StringBuilder(caption.length());
        caption.replace("&nbsp;", " ")
                .codePoints()
                .filter(c -> c != 0xAD) // a soft hyphen leaves the word whole
                .forEach(c -> text.append(isReadable(c) ? (char) c : ' '));
        return text.toString();
    }

    private static boolean isReadable(int c) {
        if (c < 0x7F) {
            return c > ' ';
        }
        if (c > 0xFFFF) {
            return false;
        }
        return Character.isLetterOrDigit(c)
                || Character.getType(c) == Character.NON_SPACING_MARK && c < 0xFE00 // not the emoji's selectors
                || Character.getType(c) == Character.COMBINING_SPACING_MARK
                || c >= 0xA1 && c <= 0xF7
                || c >= 0x2010 && c <= 0x2026 && c != 0x2012 && c != 0x2024 && c != 0x2025
                || c >= 0x2030 && c <= 0x203B
                || c == 0x2044
                || c >= 0x2070 && c <= 0x208E
                || c == 0xE3F // baht, lira and euro are the only signs of money beyond Latin-1
                || c == 0x20A4
                || c == 0x20AC
                || c >= 0x2100 && c <= 0x2BFF // letter-like signs, arrows, mathematics, boxes, dingbats
                || c == 0x3001
                || c == 0x3002
                || c >= 0xFF01 && c <= 0xFFE6;
    }

    private static Pattern insensitive(String regex) {
        return Pattern.compile(regex, Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE);
    }
}
