package org.jocular.cli;

import java.util.Locale;
import org.jocular.tensor.BadInput;
import org.jocular.tensor.CpuExecutor;
import org.jocular.tensor.Executor;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** Where to compute. */
final class DeviceOptions {
    private static final int MOST_THREADS = 1024;

    @Option(
            names = "--device",
            paramLabel = "NAME",
            converter = Device.Parser.class,
            description =
                    "Where to compute: auto (default), cpu, gpu or reference, which is scalar, in double and slow.")
    Device device = Device.AUTO;

    @Option(names = "--threads", paramLabel = "N", description = "How many threads compute (default: one a core).")
    @Nullable
    Integer threads;

    enum Device {
        AUTO,
        CPU,
        GPU,
        REFERENCE;

        /** Picocli's own messages would name the constants in capitals. */
        static final class Parser implements ITypeConverter<Device> {
            @Override
            public Device convert(String name) {
                return parse(name);
            }
        }

        private static Device parse(String name) {
            for (Device device : values()) {
                if (device.name().toLowerCase(Locale.ROOT).equals(name)) {
                    return device;
                }
            }
            throw new TypeConversionException("expected one of auto, cpu, gpu, reference, found " + name);
        }
    }

    /** The executor; whoever asks for it closes it. */
    Executor open() {
        int count = threads == null ? Machine.cores() : threads;
        if (count < 1 || count > MOST_THREADS) {
            throw new BadInput("--threads is %d, expected 1 to %d".formatted(count, MOST_THREADS));
        }
        return switch (device) {
            case AUTO, CPU -> simd(count);
            case REFERENCE -> CpuExecutor.reference();
            case GPU -> throw new BadInput("--device gpu is not there: " + Machine.whyNoGpu());
        };
    }

    private static Executor simd(int threads) {
        if (Machine.vectorBits() == 0) {
            throw new BadInput("the Vector API is not there: start Java with --add-modules jdk.incubator.vector,"
                    + " as the script jocular does, or choose --device reference");
        }
        return CpuExecutor.simd(threads);
    }
}
