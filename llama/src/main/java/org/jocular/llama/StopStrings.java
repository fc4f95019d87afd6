package org.jocular.llama;

import java.util.List;

/**
 * Text on its way to the reader, held back as long as it might be the beginning of a stop string, and ended where one is complete.
 */
final class StopStrings {
    private final List<String> stops;
    private final StringBuilder held = new StringBuilder();
    private boolean stopped;

    StopStrings(List<String> stops) {
        this.stops = stops;
    }

    boolean stopped() {
        return stopped;
    }

    /** What of all text so far has become certain with this piece. */
    String feed(String text) {
        if (stopped) {
            return "";
        }
        held.append(text);
        int end = -1;
        for (String stop : stops) {
            int at = held.indexOf(stop);
            end = at >= 0 && (end < 0 || at < end) ? at : end;
        }
        stopped = end >= 0;
        return release(stopped ? end : held.length() - partial());
    }

    /** The rest, once nothing more comes. */
    String flush() {
        return stopped ? "" : release(held.length());
    }

    /** Length of the longest end of the held text that begins a stop string. */
    private int partial() {
        int longest = 0;
        for (String stop : stops) {
            for (int n = Math.min(stop.length() - 1, held.length()); n > longest; n--) {
                if (stop.startsWith(held.substring(held.length() - n))) {
                    longest = n;
                }
            }
        }
        return longest;
    }

    private String release(int length) {
        String released = held.substring(0, length);
        held.delete(0, length);
        return released;
    }
}
