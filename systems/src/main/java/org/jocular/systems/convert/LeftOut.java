package org.jocular.systems.convert;

import java.nio.file.Path;

/** Something in a source that was not written, and why. */
public record LeftOut(Path file, String name, String why) {}
