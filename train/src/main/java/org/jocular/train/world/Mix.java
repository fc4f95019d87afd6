package org.jocular.train.world;

import java.util.ArrayList;
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
    /** All of them; besides, each kind alone is a mix under its own name. */
    public static final List<Mix> NAMED = List.of(
            mix(
                    "full",
                    Kind.VSR,
                    3,
                    Kind.CHOICE,
                    3,
                    Kind.COMPLEX,
                    2,
                    Kind.COLOR,
                    1,
                    Kind.SHAPE,
                    1,
                    Kind.SIZE,
                    1,
                    Kind.WHERE,
                    1,
                    Kind.EXISTENCE,
                    1,
                    Kind.COUNT,
                    2,
                    Kind.DETAIL,
                    1,
                    Kind.CAPTION,
                    1),
            mix(
                    "easy",
                    Kind.COLOR,
                    1,
                    Kind.SHAPE,
                    1,
                    Kind.SIZE,
                    2,
                    Kind.WHERE,
                    2,
                    Kind.EXISTENCE,
                    2,
                    Kind.COUNT,
                    1,
                    Kind.DETAIL,
                    1),
            mix(
                    "bal",
                    Kind.VSR,
                    5,
                    Kind.CHOICE,
                    3,
                    Kind.COMPLEX,
                    2,
                    Kind.COLOR,
                    1,
                    Kind.SHAPE,
                    1,
                    Kind.SIZE,
                    1,
                    Kind.WHERE,
                    1,
                    Kind.EXISTENCE,
                    2,
                    Kind.COUNT,
                    2,
                    Kind.DETAIL,
                    1,
                    Kind.CAPTION,
                    1),
            mix("al", Kind.DETAIL, 2, Kind.CAPTION, 1),
            new Mix("conversation", Kind.CONVERSATION),
            // A third each.
            mix(
                    "three",
                    Kind.COLOR,
                    1,
                    Kind.SHAPE,
                    1,
                    Kind.SIZE,
                    1,
                    Kind.WHERE,
                    1,
                    Kind.EXISTENCE,
                    1,
                    Kind.COUNT,
                    1,
                    Kind.DETAIL,
                    6,
                    Kind.COMPLEX,
                    6));

    public Mix {
        kinds = List.copyOf(kinds);
    }

    private static Mix mix(String name, Object... kindsAndWeights) {
        List<Kind> kinds = new ArrayList<>();
        for (int i = 0; i < kindsAndWeights.length; i += 2) {
            kinds.addAll(Collections.nCopies((Integer) kindsAndWeights[i + 1], (Kind) kindsAndWeights[i]));
        }
        return new Mix(name, kinds);
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
