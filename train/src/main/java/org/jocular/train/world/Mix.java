package org.jocular.train.world;

import java.util.Collections;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.jocular.tensor.BadInput;

/**
 * Which kinds of questions are asked how often.
 *
 * @param kinds each as many times as it weighs
 */
public record Mix(String name, List<Kind> kinds) {
    /** {@code full} is what evaluations ask; {@code easy} and {@code bal} are for a language model with an {@link Oracle}. Besides, each kind alone is a mix under its own name. */
    public static final List<Mix> NAMED = List.of(
            mix(
                    "full",
                    times(3, Kind.VSR, Kind.CHOICE),
                    times(2, Kind.COMPLEX, Kind.COUNT),
                    times(1, Kind.COLOR, Kind.SHAPE, Kind.SIZE, Kind.WHERE, Kind.EXISTENCE, Kind.DETAIL, Kind.CAPTION)),
            mix(
                    "easy",
                    times(2, Kind.SIZE, Kind.WHERE, Kind.THING, Kind.EXISTENCE),
                    times(1, Kind.COLOR, Kind.SHAPE, Kind.LINE, Kind.COUNT, Kind.DETAIL)),
            mix(
                    "bal",
                    times(4, Kind.VSR, Kind.CHOICE, Kind.COUNT),
                    times(3, Kind.COMPLEX, Kind.SIDES),
                    times(2, Kind.EXISTENCE),
                    times(
                            1,
                            Kind.COLOR,
                            Kind.SHAPE,
                            Kind.SIZE,
                            Kind.WHERE,
                            Kind.THING,
                            Kind.LINE,
                            Kind.DETAIL,
                            Kind.CAPTION)),
            mix("al", times(2, Kind.DETAIL), times(1, Kind.CAPTION)),
            mix("conversation", Kind.CONVERSATION),
            // A third each.
            mix("three", Kind.CONVERSATION, times(6, Kind.DETAIL, Kind.COMPLEX)));

    public Mix {
        kinds = List.copyOf(kinds);
    }

    @SafeVarargs
    private static Mix mix(String name, List<Kind>... parts) {
        return new Mix(name, Stream.of(parts).flatMap(List::stream).toList());
    }

    private static List<Kind> times(int weight, Kind... kinds) {
        return Collections.nCopies(weight, List.of(kinds)).stream()
                .flatMap(List::stream)
                .toList();
    }

    /** The mix of this name, or of this one kind. */
    public static Mix named(String name) {
        List<Mix> all = Stream.concat(
                        NAMED.stream(), Kind.ALL.stream().map(kind -> new Mix(kind.word(), List.of(kind))))
                .toList();
        return all.stream()
                .filter(mix -> mix.name.equals(name))
                .findFirst()
                .orElseThrow(() -> new BadInput("There is no mix %s, expected one of %s"
                        .formatted(
                                name,
                                String.join(", ", all.stream().map(Mix::name).toList()))));
    }

    Kind draw(RandomGenerator random) {
        return Chance.choice(random, kinds);
    }
}
