package org.jocular.cli;

/** The command {@code jocular}. */
public final class Main {
    private Main() {}

    public static void main(String[] args) {
        System.out.println("jocular " + Main.class.getPackage().getImplementationVersion());
    }
}
