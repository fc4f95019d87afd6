package org.jocular.cli;

import java.time.Duration;
import java.util.Locale;
import org.jocular.eval.run.Entry;
import org.jocular.eval.run.Progress;
import org.jocular.eval.run.Reply;

/** A bar with rate and time left on a terminal; a line now and then where nobody watches. */
final class RunProgress implements Progress {
    private static final int WIDTH = 30;
    private static final long LINE_EVERY = Duration.ofSeconds(30).toNanos();
    private static final long BAR_EVERY = Duration.ofMillis(100).toNanos();

    private final Console console;
    private final String what;
    private final long start = System.nanoTime();
    private int total;
    private int before;
    private int done;
    private int failed;
    private long shown;

    /** @param what is counted: {@code questions} */
    RunProgress(Console console, String what) {
        this.console = console;
        this.what = what;
    }

    @Override
    public void begin(int all, int already) {
        total = all;
        before = already;
        done = already;
        shown = System.nanoTime();
        if (already > 0) {
            console.note("jocular: %d of %d %s are done already".formatted(already, all, what));
        }
    }

    @Override
    public void answered(Entry entry, Reply reply) {
        step(reply.failure() != null);
    }

    /** One more is done. */
    void step(boolean failure) {
        done++;
        failed += failure ? 1 : 0;
        long now = System.nanoTime();
        if (now - shown >= (console.terminal() ? BAR_EVERY : LINE_EVERY)) {
            shown = now;
            show();
        }
    }

    /** Shows how it ended. */
    void end() {
        if (done > before) {
            show();
            if (console.terminal()) {
                console.err().println();
                console.err().flush();
            }
        }
    }

    private void show() {
        double seconds = (System.nanoTime() - start) / 1e9;
        double rate = (done - before) / seconds;
        int whole = (int) ((long) WIDTH * done / Math.max(1, total));
        String line = String.format(
                Locale.ROOT,
                "%d/%d %s  %s/s  %s left%s",
                done,
                total,
                what,
                rate >= 10 ? Long.toString(Math.round(rate)) : String.format(Locale.ROOT, "%.2g", rate),
                time((long) ((total - done) / rate)),
                failed == 0 ? "" : "  " + failed + " failed");
        if (console.terminal()) {
            console.err().print("\r" + "█".repeat(whole) + "░".repeat(WIDTH - whole) + " " + line + "\u001b[K");
            console.err().flush();
        } else {
            console.note("jocular: " + line);
        }
    }

    private static String time(long seconds) {
        return seconds < 60
                ? seconds + " s"
                : seconds < 3600
                        ? "%d:%02d min".formatted(seconds / 60, seconds % 60)
                        : "%d:%02d h".formatted(seconds / 3600, seconds / 60 % 60);
    }
}
