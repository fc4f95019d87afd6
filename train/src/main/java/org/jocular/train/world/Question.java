package org.jocular.train.world;

/**
 * A question about a scene.
 *
 * @param type   its kind in one word, or what sort of its kind it is where there are several; of statements the relation
 * @param text   as a person writes it
 * @param answer in lower case, without a full stop
 */
public record Question(Kind kind, String type, String text, String answer) {
    Question(Kind kind, String text, String answer) {
        this(kind, kind.word(), text, answer);
    }
}
