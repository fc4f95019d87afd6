package org.jocular.eval.task;

import java.util.List;
import java.util.function.Consumer;
import org.jocular.tensor.BadInput;
import org.jspecify.annotations.Nullable;

/**
 * A benchmark: how its published files become questions, and answers figures. Each is one file; docs/adding-a-task.md shows how to write one.
 * Has no state.
 */
public interface Task {
    /** As on the command line: {@code vsr}. */
    String name();

    /** As in tables: {@code VSR}. */
    String title();

    /** How it was put to models, at least one way. */
    List<Wording> wordings();

    /**
     * Reads the benchmark, one sample after the other, always in the same order.
     *
     * @param wording one of {@link #wordings}
     * @throws BadInput if a file is missing or broken
     */
    void read(Data data, Wording wording, Consumer<Sample> each);

    /** Begins to score answers. */
    Scoring scoring();

    /** What is read in an answer, for people to see: {@code yes}, {@code B}; the answer itself where nothing is. */
    default String reading(Answered answered) {
        return answered.answer();
    }

    /** Takes the answers to a benchmark, all or some, in its order, and keeps of each only what the figures need. */
    interface Scoring {
        void add(Answered answered);

        /**
         * The figures.
         *
         * @throws BadInput if they cannot be had from these answers
         */
        Result result();
    }

    /** The wording of this name. */
    default Wording wording(String name) {
        return wordings().stream()
                .filter(wording -> wording.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new BadInput("%s has no wording %s, expected one of %s"
                        .formatted(
                                name(),
                                name,
                                String.join(
                                        ", ",
                                        wordings().stream().map(Wording::name).toList()))));
    }

    /** The wording with which a system's authors evaluated it or, where they did not, the one that comes nearest. */
    default Wording wordingFor(String system) {
        List<String> preferred = switch (system) {
            case "blip2", "instructblip" ->
                List.of(Wording.LAVIS, Wording.LMMS_EVAL, Wording.VLM_EVAL_KIT, Wording.LLAVA);
            case "llava" -> List.of(Wording.LLAVA, Wording.LMMS_EVAL, Wording.VLM_EVAL_KIT, Wording.LAVIS);
            default -> List.of(Wording.VLM_EVAL_KIT, Wording.LMMS_EVAL, Wording.LLAVA, Wording.LAVIS);
        };
        return preferred.stream()
                .flatMap(name ->
                        wordings().stream().filter(wording -> wording.name().equals(name)))
                .findFirst()
                .orElseGet(() -> wordings().getFirst());
    }

    /**
     * The wording that a model wants to be asked with or, where the benchmark does not have it, that of its system.
     *
     * @param own name of the former, null where the model has no wish
     */
    default Wording wordingFor(String system, @Nullable String own) {
        return wordings().stream()
                .filter(wording -> wording.name().equals(own))
                .findFirst()
                .orElseGet(() -> wordingFor(system));
    }
}
