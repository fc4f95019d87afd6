package org.jocular.train.world;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** Something that is asked, or said, about a picture. */
record Asked<T>(Photograph about, T what) {
    private static final int ROUNDS = 20;

    /**
     * Draws about one picture after the other, from the first again after the last, and keeps what is new.
     *
     * @param draw gives null where a scene does not allow it
     * @return {@code count} of them, or fewer where the pictures have no more
     */
    static <T> List<Asked<T>> draw(
            List<Photograph> photographs,
            int count,
            RandomGenerator random,
            BiFunction<Scene, RandomGenerator, @Nullable T> draw) {
        List<Asked<T>> drawn = new ArrayList<>();
        Set<Asked<T>> known = new HashSet<>();
        for (int round = 0; round < ROUNDS && drawn.size() < count; round++) {
            for (Photograph photograph : photographs) {
                T what = draw.apply(photograph.scene(), random);
                if (what != null && drawn.size() < count && known.add(new Asked<>(photograph, what))) {
                    drawn.add(new Asked<>(photograph, what));
                }
            }
        }
        return drawn;
    }
}
