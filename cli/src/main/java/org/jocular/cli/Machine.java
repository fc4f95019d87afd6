package org.jocular.cli;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jocular.tensor.CpuExecutor;

/** The machine, the JVM and this program, as results and {@code doctor} report them. */
final class Machine {
    private static final Pattern MEM_AVAILABLE = Pattern.compile("MemAvailable: +(\\d+) kB");

    private Machine() {}

    /** Of the jar; classes outside of one have none. */
    static String version() {
        String version = Machine.class.getPackage().getImplementationVersion();
        return version == null ? "development" : version;
    }

    static String jdk() {
        return "%s (%s)".formatted(Runtime.version(), System.getProperty("java.vendor"));
    }

    static int cores() {
        return Runtime.getRuntime().availableProcessors();
    }

    static long maxHeapBytes() {
        return Runtime.getRuntime().maxMemory();
    }

    static long memoryBytes() {
        return bean().getTotalMemorySize();
    }

    /** What programs can still get. Linux gives them the memory of cached files too; elsewhere, what is free. */
    static long availableMemoryBytes() {
        try (Stream<String> lines = Files.lines(Path.of("/proc/meminfo"))) {
            // Of the whole machine: a container's limit may be lower, and the bean knows it.
            return lines.map(MEM_AVAILABLE::matcher)
                    .filter(Matcher::matches)
                    .mapToLong(line -> Math.min(1024 * Long.parseLong(line.group(1)), memoryBytes()))
                    .findFirst()
                    .orElseGet(() -> bean().getFreeMemorySize());
        } catch (IOException | UncheckedIOException e) {
            return bean().getFreeMemorySize();
        }
    }

    private static OperatingSystemMXBean bean() {
        return ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
    }

    /** Bits of a vector; 0 where the Vector API is missing. */
    static int vectorBits() {
        try {
            return CpuExecutor.vectorBits();
        } catch (LinkageError e) {
            return 0;
        }
    }

    /** Why there is no GPU executor. */
    static String whyNoGpu() {
        return System.getenv("TORNADOVM_HOME") == null
                ? "no TornadoVM SDK found (TORNADOVM_HOME is not set)"
                : "this version has no executor for TornadoVM yet";
    }
}
