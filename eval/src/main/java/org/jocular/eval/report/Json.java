package org.jocular.eval.report;

import tools.jackson.databind.ObjectWriter;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** JSON as text. */
final class Json {
    private static final ObjectWriter PRETTY = JsonMapper.builder()
            .enable(SerializationFeature.INDENT_OUTPUT)
            .build()
            .writer();

    private Json() {}

    static String pretty(Object value) {
        return PRETTY.writeValueAsString(value).replace(System.lineSeparator(), "\n");
    }
}
