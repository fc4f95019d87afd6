package org.jocular.cli;

import java.io.IOException;
import java.io.OutputStream;

/** Ends the command when nobody reads its output any more: a PrintWriter would swallow the error and compute on. */
final class CheckedOutput extends OutputStream {
    private final OutputStream stream;
    private boolean broken;

    /** Thrown from whatever method wrote. */
    static final class Broken extends RuntimeException {
        private static final long serialVersionUID = 1;

        Broken(IOException cause) {
            super(cause.getMessage(), cause);
        }

        /** Whether the reader went away, as {@code head} does, which is no error of this command. */
        boolean isClosedPipe() {
            String message = String.valueOf(getMessage());
            return message.contains("Broken pipe") || message.contains("pipe is being closed");
        }
    }

    CheckedOutput(OutputStream stream) {
        this.stream = stream;
    }

    @Override
    public void write(int b) {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int from, int length) {
        if (broken) {
            return; // reported already; what is still buffered has nowhere to go
        }
        try {
            stream.write(bytes, from, length);
        } catch (IOException e) {
            broken = true;
            throw new Broken(e);
        }
    }
}
