package org.jocular.train.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.jocular.train.data.Curriculum.Mixture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CurriculumTest {
    /** Lessons that only have a name. */
    private record Named(String name, int size) implements Source {
        @Override
        public Lesson lesson(int index, long visit) {
            return new Lesson(name + index, null, true, List.of());
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 15, 16, 17, 64, 65, 1000})
    void shufflesArePermutations(int n) {
        for (long key : new long[] {0, 1, -7}) {
            Shuffle shuffle = new Shuffle(n, key);
            assertThat(LongStream.range(0, n).map(shuffle::at).sorted().toArray())
                    .isEqualTo(LongStream.range(0, n).toArray());
        }
        assertThatThrownBy(() -> new Shuffle(n, 0).at(n)).isInstanceOf(IndexOutOfBoundsException.class);
    }

    @Test
    void shufflesPutEverythingEverywhere() {
        int[][] counts = new int[8][8];
        for (int key = 0; key < 8000; key++) {
            Shuffle shuffle = new Shuffle(8, Draw.mix(key));
            for (int place = 0; place < 8; place++) {
                counts[place][(int) shuffle.at(place)]++;
            }
        }
        // 1000 expected, 30 standard deviation.
        for (int[] place : counts) {
            assertThat(Arrays.stream(place)).allMatch(count -> Math.abs(count - 1000) < 150);
        }
    }

    @Test
    void drawsAreTheSameForEver() {
        assertThat(new long[] {Draw.mix(0), Draw.mix(42, 1), Draw.mix(1, 42)})
                .containsExactly(-2152535657050944081L, Draw.mix(42, 1), Draw.mix(1, 42))
                .doesNotHaveDuplicates();
        assertThat(Draw.unit(-1)).isLessThan(1);
        assertThat(Draw.below(3, -1)).isEqualTo(2);
        assertThat(Draw.below(3, 0)).isZero();
    }

    @Test
    void showsEveryLessonOnceAnEpoch() {
        Curriculum curriculum = new Curriculum(
                List.of(new Named("a", 7), new Named("b", 20), new Named("c", 3)), Mixture.SIZE, new double[0], 6, 1);

        assertThat(curriculum.size()).isEqualTo(30);
        assertThat(curriculum.stepsPerEpoch()).isEqualTo(5);
        List<String> first = names(curriculum, 0, 5);
        List<String> second = names(curriculum, 5, 10);
        assertThat(first).doesNotHaveDuplicates().hasSize(30).isNotEqualTo(second);
        assertThat(second).containsExactlyInAnyOrderElementsOf(first);
    }

    @Test
    void goesOnWhereItWasKilled() {
        for (Mixture mixture : Mixture.values()) {
            List<Named> sources = List.of(new Named("a", 100), new Named("b", 900));
            double[] weights = {1, 2};
            Curriculum whole = new Curriculum(sources, mixture, weights, 16, 5);
            List<String> all = names(whole, 0, 200);
            Curriculum late = new Curriculum(sources, mixture, weights, 16, 5);
            assertThat(names(late, 150, 200)).isEqualTo(all.subList(150 * 16, 200 * 16));
            assertThat(names(late, 3, 4)).isEqualTo(all.subList(3 * 16, 4 * 16));
            assertThat(names(new Curriculum(sources, mixture, weights, 16, 6), 0, 200))
                    .isNotEqualTo(all);
        }
    }

    @Test
    void mixesBySquareRootAndByWeights() {
        List<Named> sources = List.of(new Named("a", 100), new Named("b", 900));
        List<String> byRoot = names(new Curriculum(sources, Mixture.SQRT, new double[0], 10, 1), 0, 400);
        assertThat(shareOf("a", byRoot)).isCloseTo(0.25, within(0.03));
        List<String> byWeight = names(new Curriculum(sources, Mixture.WEIGHTS, new double[] {3, 1}, 10, 1), 0, 400);
        assertThat(shareOf("a", byWeight)).isCloseTo(0.75, within(0.03));

        // Within a source nothing comes a second time before all came once.
        List<String> small =
                byRoot.stream().filter(name -> name.startsWith("a")).toList();
        Set<String> epoch = new HashSet<>(small.subList(0, 100));
        assertThat(epoch).hasSize(100);
        assertThat(new HashSet<>(small.subList(100, 200))).isEqualTo(epoch);
    }

    private static double shareOf(String name, List<String> names) {
        return names.stream().filter(n -> n.startsWith(name)).count() / (double) names.size();
    }

    private static List<String> names(Curriculum curriculum, int from, int to) {
        List<String> names = new ArrayList<>();
        IntStream.range(from, to).forEach(step -> curriculum.batch(step).forEach(lesson -> names.add(lesson.id())));
        return Collections.unmodifiableList(names);
    }
}
