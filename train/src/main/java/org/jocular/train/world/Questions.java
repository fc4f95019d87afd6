package org.jocular.train.world;

import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** Draws questions of any kind. */
public final class Questions {
    static final String BRIEFLY = "Describe the picture briefly.";
    static final String IN_DETAIL = "Describe the picture in detail.";

    private Questions() {}

    /** A question about the scene, or null where the scene allows none of this kind. */
    public static @Nullable Question draw(Kind kind, Scene scene, RandomGenerator random) {
        return switch (kind) {
            case COLOR -> ConversationQuestions.color(scene, random);
            case SHAPE -> ConversationQuestions.shape(scene, random);
            case SIZE -> ConversationQuestions.size(scene, random);
            case WHERE -> ConversationQuestions.where(scene, random);
            case LINE -> ConversationQuestions.line(scene, random);
            case THING -> ConversationQuestions.thing(scene, random);
            case EXISTENCE -> ConversationQuestions.existence(scene, random);
            case COUNT -> ConversationQuestions.count(scene, random);
            case VSR -> asked(kind, Statement.draw(scene, random));
            case SIDES -> asked(kind, Statement.drawSides(scene, random));
            case CHOICE -> {
                Choice choice = Choices.draw(scene, random);
                yield choice == null ? null : choice.asked();
            }
            case COMPLEX -> ComplexQuestions.draw(scene, random);
            case DETAIL -> new Question(kind, IN_DETAIL, Captions.detail(scene));
            case CAPTION -> new Question(kind, BRIEFLY, Captions.draw(scene, random));
        };
    }

    private static @Nullable Question asked(Kind kind, @Nullable Statement statement) {
        return statement == null ? null : statement.asked(kind);
    }
}
