package org.jocular.train.data;

import java.util.Arrays;
import java.util.Locale;
import java.util.regex.Pattern;

/** How LAVIS and MiniGPT-4's first stage prepare captions: small letters, hardly any punctuation, at most fifty words; blip_processors.py. */
final class BlipCaption {
    static final String NAME = "blip_caption";
    private static final int MAX_WORDS = 50;
    private static final Pattern DROPPED = Pattern.compile("[.!\"()*#:;~]");
    private static final Pattern SPACES = Pattern.compile("\\s{2,}");

    private BlipCaption() {}

    static String prepared(String caption) {
        String small = DROPPED.matcher(caption.toLowerCase(Locale.ROOT)).replaceAll(" ");
        String text = SPACES.matcher(small).replaceAll(" ").strip();
        String[] words = text.split(" ", -1);
        return words.length <= MAX_WORDS ? text : String.join(" ", Arrays.copyOf(words, MAX_WORDS));
    }
}
