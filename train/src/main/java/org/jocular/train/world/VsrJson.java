package org.jocular.train.world;

import java.util.Map;

/** A line of a split of Visual Spatial Reasoning (cambridgeltl/visual-spatial-reasoning, data/splits). */
final class VsrJson {
    private VsrJson() {}

    static Map<String, Object> row(Asked<Statement> asked) {
        Statement statement = asked.what();
        return PlannedFile.object(
                "image",
                asked.about().file(),
                "image_link",
                "",
                "caption",
                statement.text(),
                "label",
                statement.holds() ? 1 : 0,
                "relation",
                statement.relation().words(),
                "subj",
                statement.subject(),
                "obj",
                statement.object(),
                "annotator_id",
                0,
                "vote_true_validator_id",
                "[]",
                "vote_false_validator_id",
                "[]");
    }
}
