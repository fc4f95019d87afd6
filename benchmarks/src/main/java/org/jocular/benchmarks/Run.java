package org.jocular.benchmarks;

import java.io.IOException;
import org.jocular.cli.Main;

/** One entry for both kinds of benchmark, so that Maven needs to know only one: {@code bench …} as on the command line, else JMH. */
public final class Run {
    private Run() {}

    public static void main(String[] args) throws IOException {
        if (args.length > 0 && args[0].equals("bench")) {
            Main.main(args);
        } else {
            org.openjdk.jmh.Main.main(args);
        }
    }
}
