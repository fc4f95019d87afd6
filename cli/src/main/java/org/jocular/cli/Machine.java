package org.jocular.cli;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import org.jocular.tensor.CpuExecutor;

/** The machine, the JVM and this program, as results and {@code doctor} report them. */
final class Machine {
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

    /** What no process uses; files that the system keeps in memory count as used. */
    static long freeMemoryBytes() {
        return bean().getFreeMemorySize();
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
