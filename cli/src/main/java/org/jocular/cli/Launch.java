package org.jocular.cli;

/**
 * Where the script {@code jocular} enters: makes sure that the Vector API's module is loaded, then runs {@link Main}.
 *
 * <p>{@code --add-modules jdk.incubator.vector} makes the JDK print a warning at every start, which no option turns off.
 * The warning belongs to the modules resolved at start-up only ({@code ModuleBootstrap.checkIncubatingStatus}), so the
 * module is loaded a moment later, by the method with which the JVM itself loads {@code java.instrument} for an agent. It
 * goes to the same boot class loader and gets the same intrinsics, at the same speed. Under any JDK but 25 the script
 * keeps to the official option, and there is nothing to do here.
 */
final class Launch {
    private static final String VECTOR_API = "jdk.incubator.vector";

    private Launch() {}

    public static void main(String[] args) throws ReflectiveOperationException {
        if (ModuleLayer.boot().findModule(VECTOR_API).isEmpty()) {
            // The script exports this internal package to the class path.
            Class.forName("jdk.internal.module.Modules")
                    .getMethod("loadModule", String.class)
                    .invoke(null, VECTOR_API);
        }
        Main.main(args);
    }
}
