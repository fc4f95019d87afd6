package org.jocular.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jocular.tensor.BadInput;

/** What every refusal must look like. */
final class Sentences {
    private Sentences() {}

    /** The call throws {@link BadInput} whose message begins with the file, fits on a line and contains {@code reason}. */
    static void assertOneLine(ThrowingCallable call, Path file, String reason) {
        assertThatThrownBy(call).isInstanceOf(BadInput.class).satisfies(thrown -> {
            String message = String.valueOf(thrown.getMessage());
            assertThat(message).startsWith(file + " ").contains(reason);
            assertThat(message.length()).isLessThan(1000);
            assertThat(message.codePoints().noneMatch(Character::isISOControl)).isTrue();
        });
    }
}
