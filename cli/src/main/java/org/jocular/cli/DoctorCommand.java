package org.jocular.cli;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** What this machine can do. */
@Command(
        name = "doctor",
        customSynopsis = "jocular doctor [OPTIONS]",
        description = "Show what there is to compute with: JDK, vectors, cores, memory, GPU.")
final class DoctorCommand implements Callable<Integer> {
    private final Console console;

    @Option(names = "--json", description = "Print one object.")
    boolean json;

    DoctorCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        if (json) {
            console.json(facts());
        } else {
            print();
        }
        return 0;
    }

    private void print() {
        int bits = Machine.vectorBits();
        console.row("jocular", "%s", Machine.version());
        console.row("JDK", "%s, %s", Machine.jdk(), System.getProperty("java.home"));
        console.row("system", "%s %s", System.getProperty("os.name"), System.getProperty("os.arch"));
        if (bits > 0) {
            console.row("SIMD", "%d bits: %d floats at a time, by the Vector API", bits, bits / Float.SIZE);
        } else {
            console.row("SIMD", "none: the Vector API is missing (--add-modules jdk.incubator.vector)");
        }
        console.row("cores", "%d", Machine.cores());
        console.row(
                "memory",
                "%s, %s of it available; Java's heap may take %s, models lie outside of it",
                Sizes.bytes(Machine.memoryBytes()),
                Sizes.bytes(Machine.availableMemoryBytes()),
                Sizes.bytes(Machine.maxHeapBytes()));
        console.row("GPU", "none: %s", Machine.whyNoGpu());
        console.row(
                "default",
                "%s",
                bits > 0 ? "simd on %d threads".formatted(Machine.cores()) : "none; --device reference runs");
    }

    private static Map<String, Object> facts() {
        int bits = Machine.vectorBits();
        Map<String, Object> gpu = new LinkedHashMap<>();
        gpu.put("executor", null);
        gpu.put("reason", Machine.whyNoGpu());

        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("version", Machine.version());
        facts.put("jdk", Runtime.version().toString());
        facts.put("jdk_vendor", System.getProperty("java.vendor"));
        facts.put("jdk_home", System.getProperty("java.home"));
        facts.put("os", System.getProperty("os.name"));
        facts.put("arch", System.getProperty("os.arch"));
        facts.put("vector_api", bits > 0);
        facts.put("vector_bits", bits);
        facts.put("cores", Machine.cores());
        facts.put("memory_bytes", Machine.memoryBytes());
        facts.put("memory_available_bytes", Machine.availableMemoryBytes());
        facts.put("heap_max_bytes", Machine.maxHeapBytes());
        facts.put("gpu", gpu);
        facts.put("default_executor", bits > 0 ? "simd" : null);
        return facts;
    }
}
