package org.jocular.systems;

import org.jocular.weights.Fields;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** A config.json of the hub's layout, as it would be written. */
public record HubConfig(ObjectNode json) {
    /** As it stands in a file. */
    static HubConfig of(Fields fields) {
        return new HubConfig((ObjectNode) fields.json());
    }

    static HubConfig empty(String modelType) {
        return new HubConfig(JsonMapper.shared().createObjectNode().put("model_type", modelType));
    }

    /** The class that transformers makes of it. */
    HubConfig architecture(String name) {
        json.putArray("architectures").add(name);
        return this;
    }

    /** A part's own config.json as one field. */
    HubConfig with(String name, HubConfig part) {
        json.set(name, part.json);
        return this;
    }
}
