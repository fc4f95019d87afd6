package org.jocular.train.world;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.function.ToIntFunction;
import java.util.random.RandomGenerator;
import org.jocular.train.world.Scene.Thing;
import org.jspecify.annotations.Nullable;

/** Draws questions with three options; wrong ones are taken from the scene first, so that the words of the options tell little. */
public final class Choices {
    private static final int ATTEMPTS = 20;

    /** What is the furthest to one side. */
    private enum Extreme {
        LEFTMOST("leftmost", Thing::column),
        RIGHTMOST("rightmost", thing -> -thing.column()),
        HIGHEST("highest", Thing::row),
        LOWEST("lowest", thing -> -thing.row());

        static final List<Extreme> ALL = List.of(values());

        private final String word;
        private final ToIntFunction<Thing> distance;

        Extreme(String word, ToIntFunction<Thing> distance) {
            this.word = word;
            this.distance = distance;
        }
    }

    private Choices() {}

    /** One of the six types, or null where none was found for the scene. */
    public static @Nullable Choice draw(Scene scene, RandomGenerator random) {
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            Choice choice = switch (Chance.below(random, 6)) {
                case 0 -> color(scene, random);
                case 1 -> relation(scene, random);
                case 2 -> count(scene, random);
                case 3 -> extreme(scene, random);
                case 4 -> presence(scene, random);
                default -> size(scene, random);
            };
            if (choice != null) {
                return choice;
            }
        }
        return null;
    }

    private static @Nullable Choice color(Scene scene, RandomGenerator random) {
        Question question = ConversationQuestions.color(scene, random);
        if (question == null) {
            return null;
        }
        List<String> wrong = new ArrayList<>(scene.things().stream()
                .map(thing -> thing.colour().word())
                .distinct()
                .filter(word -> !word.equals(question.answer()))
                .toList());
        Chance.shuffle(random, wrong);
        while (wrong.size() < Choice.OPTIONS - 1) {
            String word = Chance.choice(random, Colour.ALL).word();
            if (!word.equals(question.answer()) && !wrong.contains(word)) {
                wrong.add(word);
            }
        }
        return choice("color", question.text(), question.answer(), wrong, random);
    }

    private static @Nullable Choice relation(Scene scene, RandomGenerator random) {
        Thing other = Chance.choice(random, scene.things());
        Relation relation = Chance.choice(random, Relation.DIRECTIONS);
        Predicate<Thing> holds = thing -> relation.holds(thing, other);
        List<Thing> right = scene.things().stream().filter(holds).toList();
        List<Thing> wrong = scene.things().stream()
                .filter(thing -> thing != other)
                .filter(holds.negate())
                .toList();
        if (right.isEmpty() || wrong.isEmpty()) {
            return null;
        }
        String question =
                "Which object is " + relation.words() + " the " + Phrases.reference(other, scene, random) + "?";
        return objects("relation", question, Chance.choice(random, right), wrong, scene, random);
    }

    private static Choice count(Scene scene, RandomGenerator random) {
        Question question = ConversationQuestions.count(scene, random);
        List<String> wrong = new ArrayList<>(Phrases.numbers());
        wrong.remove(question.answer());
        Chance.shuffle(random, wrong);
        return choice("count", question.text(), question.answer(), wrong, random);
    }

    private static @Nullable Choice extreme(Scene scene, RandomGenerator random) {
        if (scene.things().size() < Choice.OPTIONS) {
            return null;
        }
        Extreme extreme = Chance.choice(random, Extreme.ALL);
        int least = scene.things().stream().mapToInt(extreme.distance).min().orElseThrow();
        Predicate<Thing> is = thing -> extreme.distance.applyAsInt(thing) == least;
        if (scene.count(is) != 1) {
            return null;
        }
        Thing right = scene.things().stream().filter(is).findFirst().orElseThrow();
        List<Thing> wrong = scene.things().stream().filter(is.negate()).toList();
        return objects("extreme", "Which object is the " + extreme.word + "?", right, wrong, scene, random);
    }

    private static Choice presence(Scene scene, RandomGenerator random) {
        Thing right = Chance.choice(random, scene.things());
        return objects("presence", "Which object is in the picture?", right, List.of(), scene, random);
    }

    private static @Nullable Choice size(Scene scene, RandomGenerator random) {
        Size size = Chance.choice(random, Size.ALL);
        Predicate<Thing> is = thing -> thing.size() == size;
        List<Thing> right = scene.things().stream().filter(is).toList();
        List<Thing> wrong = scene.things().stream().filter(is.negate()).toList();
        if (right.isEmpty() || wrong.isEmpty()) {
            return null;
        }
        String question = "Which object is " + size.word() + "?";
        return objects("size", question, Chance.choice(random, right), wrong, scene, random);
    }

    /** Options that are things; where the scene has too few wrong ones, some that it does not have. */
    private static Choice objects(
            String type, String question, Thing right, List<Thing> others, Scene scene, RandomGenerator random) {
        String name = Phrases.name(right);
        List<String> wrong = new ArrayList<>(others.stream().map(Phrases::name).toList());
        Chance.shuffle(random, wrong);
        while (wrong.size() < Choice.OPTIONS - 1) {
            String absent = Phrases.absent(scene, random);
            if (!wrong.contains(absent)) {
                wrong.add(absent);
            }
        }
        return choice(type, question, name, wrong, random);
    }

    private static Choice choice(
            String type, String question, String right, List<String> wrong, RandomGenerator random) {
        List<String> options = new ArrayList<>(wrong.subList(0, Choice.OPTIONS - 1));
        options.add(right);
        Chance.shuffle(random, options);
        return new Choice(type, question, options, options.indexOf(right));
    }
}
