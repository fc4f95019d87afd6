package org.jocular.tensor;

/**
 * Something that the user gave is not right: a file, a tensor, a field, a request. The message is one sentence that names it and says
 * what was expected and what was found; the command line prints it as it is and exits with status 2.
 */
public final class BadInput extends RuntimeException {
    /** @param sentence names the thing, what was expected and what was found */
    public BadInput(String sentence) {
        super(sentence);
    }

    /** @param sentence names the thing, what was expected and what was found */
    public BadInput(String sentence, Throwable cause) {
        super(sentence, cause);
    }
}
