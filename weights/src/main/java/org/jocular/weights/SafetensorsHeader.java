package org.jocular.weights;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jocular.tensor.BadInput;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.TokenStreamFactory;
import tools.jackson.core.json.JsonFactory;

/**
 * The JSON header of a safetensors file, read as strictly as the format's description asks: no duplicate names, no field that the schema
 * does not know, and tensors that follow each other from 0 to the end without a hole or an overlap, so that no byte of a file hides.
 *
 * @param tensors  in the order of their data
 * @param metadata the strings under {@code __metadata__}
 */
record SafetensorsHeader(Map<String, Entry> tensors, Map<String, String> metadata) {
    /** The reference's limit (safetensors/src/tensor.rs, MAX_HEADER_SIZE). */
    static final int MAX_BYTES = 100_000_000;

    static final String METADATA = "__metadata__";

    private static final JsonFactory JSON = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxStringLength(MAX_BYTES)
                    .maxNameLength(MAX_BYTES)
                    .build())
            // Names occur once each, so a table of them saves nothing, and a file could choose names that collide in
            // it.
            .disable(TokenStreamFactory.Feature.CANONICALIZE_PROPERTY_NAMES)
            .build();

    /** @param begin offset of the first byte, counted from the end of the header */
    record Entry(TensorInfo info, long begin) {
        long end() {
            return begin + info.bytes();
        }
    }

    /**
     * @param header    the JSON text, padding included
     * @param dataBytes how many bytes follow the header
     * @throws BadInput for whatever is wrong, naming the file and the tensor
     */
    static SafetensorsHeader parse(Path file, byte[] header, long dataBytes) {
        String json;
        try {
            json = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(header))
                    .toString();
        } catch (CharacterCodingException e) {
            throw Bad.file(file, "has a header that is not UTF-8", e);
        }
        SafetensorsHeader parsed;
        try (JsonParser parser = JSON.createParser(ObjectReadContext.empty(), json)) {
            parsed = new Reader(file, parser).read();
        } catch (JacksonException e) {
            throw Bad.file(
                    file,
                    "has a header that is not valid JSON: " + Bad.shorten(String.valueOf(e.getOriginalMessage())),
                    e);
        }
        long end = parsed.contiguousEnd(file);
        if (end != dataBytes) {
            throw Bad.file(
                    file,
                    "holds %d bytes of data after its header, but its tensors cover %d".formatted(dataBytes, end));
        }
        return parsed;
    }

    /** Where the last tensor ends, once each is known to begin where the one before it ends. */
    private long contiguousEnd(Path file) {
        long end = 0;
        String before = "the header";
        for (Entry tensor : tensors.values()) {
            String name = Bad.quote(tensor.info.name());
            if (tensor.begin != end) {
                throw Bad.file(
                        file,
                        tensor.begin < end
                                ? "has tensor %s at offset %d, where it overlaps %s, which ends at %d"
                                        .formatted(name, tensor.begin, before, end)
                                : "has tensor %s at offset %d, which leaves a hole after %s, which ends at %d"
                                        .formatted(name, tensor.begin, before, end));
            }
            end = tensor.end();
            before = name;
        }
        return end;
    }

    /** Bits of one element of every type that the format names; 0 for anything else. */
    private static int bits(String dtype) {
        return switch (dtype) {
            case "F4" -> 4;
            case "F6_E2M3", "F6_E3M2" -> 6;
            case "BOOL", "U8", "I8", "F8_E5M2", "F8_E4M3", "F8_E8M0", "F8_E4M3FNUZ", "F8_E5M2FNUZ" -> 8;
            case "U16", "I16", "F16", "BF16" -> 16;
            case "U32", "I32", "F32" -> 32;
            case "U64", "I64", "F64", "C64" -> 64;
            default -> 0;
        };
    }

    /** One pass over the tokens; nothing is nested deeper than the format allows, so nothing recurses. */
    private record Reader(Path file, JsonParser parser) {
        SafetensorsHeader read() {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw bad("has a header that is not valid JSON: it does not start with '{'");
            }
            Map<String, String> metadata = new LinkedHashMap<>();
            Map<String, Entry> tensors = new LinkedHashMap<>();
            boolean metadataSeen = false;
            while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
                String name = parser.currentName();
                parser.nextToken();
                if (name.equals(METADATA)) {
                    if (metadataSeen) {
                        throw bad("has " + METADATA + " twice in its header");
                    }
                    metadataSeen = true;
                    metadata = metadata();
                } else if (tensors.put(name, tensor(name)) != null) {
                    throw bad("has tensor %s twice in its header".formatted(Bad.quote(name)));
                }
            }
            if (parser.nextToken() != null) {
                throw bad("has a header that is not valid JSON: something follows the closing brace");
            }
            List<Entry> byOffset = new ArrayList<>(tensors.values());
            byOffset.sort(Comparator.comparingLong(Entry::begin).thenComparingLong(Entry::end));
            Map<String, Entry> sorted = LinkedHashMap.newLinkedHashMap(byOffset.size());
            byOffset.forEach(tensor -> sorted.put(tensor.info.name(), tensor));
            return new SafetensorsHeader(sorted, metadata);
        }

        private Map<String, String> metadata() {
            Map<String, String> metadata = new LinkedHashMap<>();
            if (parser.currentToken() != JsonToken.START_OBJECT) {
                throw bad(
                        "has %s in its header that is %s, expected an object of strings".formatted(METADATA, found()));
            }
            while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
                String key = parser.currentName();
                if (parser.nextToken() != JsonToken.VALUE_STRING) {
                    throw bad("has %s.%s in its header that is %s, expected a string"
                            .formatted(METADATA, Bad.shorten(key), found()));
                }
                if (metadata.put(key, parser.getString()) != null) {
                    throw bad("has %s.%s twice in its header".formatted(METADATA, Bad.shorten(key)));
                }
            }
            return metadata;
        }

        private Entry tensor(String name) {
            String tensor = "tensor " + Bad.quote(name);
            if (parser.currentToken() != JsonToken.START_OBJECT) {
                throw bad("describes %s by %s, expected an object".formatted(tensor, found()));
            }
            String dtype = null;
            List<Long> shape = null;
            List<Long> offsets = null;
            while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
                String field = parser.currentName();
                parser.nextToken();
                boolean twice = switch (field) {
                    case "dtype" -> dtype != null;
                    case "shape" -> shape != null;
                    case "data_offsets" -> offsets != null;
                    default ->
                        throw bad("gives %s a field %s that the format does not have"
                                .formatted(tensor, Bad.quote(field)));
                };
                if (twice) {
                    throw bad("gives %s the field %s twice".formatted(tensor, field));
                }
                switch (field) {
                    case "dtype" -> dtype = dtype(tensor);
                    case "shape" -> shape = sizes(tensor, field);
                    default -> offsets = sizes(tensor, field);
                }
            }
            return entry(name, dtype, shape, offsets);
        }

        private Entry entry(
                String name, @Nullable String dtype, @Nullable List<Long> shape, @Nullable List<Long> offsets) {
            String tensor = "tensor " + Bad.quote(name);
            if (dtype == null || shape == null || offsets == null) {
                throw bad("lacks the %s of %s"
                        .formatted(dtype == null ? "dtype" : shape == null ? "shape" : "data_offsets", tensor));
            }
            if (offsets.size() != 2 || offsets.get(0) > offsets.get(1)) {
                throw bad("gives %s the data_offsets %s, expected a begin and an end not before it"
                        .formatted(tensor, Bad.shorten(offsets.toString())));
            }
            long expected = bytes(tensor, dtype, shape);
            long found = offsets.get(1) - offsets.get(0);
            if (expected != found) {
                throw bad("gives %s %s%s %d bytes, expected %d"
                        .formatted(tensor, dtype, Bad.shorten(shape.toString()), found, expected));
            }
            return new Entry(new TensorInfo(name, dtype, shape, found, file), offsets.getFirst());
        }

        private long bytes(String tensor, String dtype, List<Long> shape) {
            long bits = bits(dtype);
            try {
                for (long size : shape) {
                    bits = Math.multiplyExact(bits, size);
                }
            } catch (ArithmeticException e) {
                throw Bad.file(
                        file,
                        "gives %s the shape %s, whose size overflows 64 bits"
                                .formatted(tensor, Bad.shorten(shape.toString())),
                        e);
            }
            if (bits % 8 != 0) {
                throw bad("gives %s %s%s, which does not end at a whole byte"
                        .formatted(tensor, dtype, Bad.shorten(shape.toString())));
            }
            return bits / 8;
        }

        private String dtype(String tensor) {
            if (parser.currentToken() != JsonToken.VALUE_STRING) {
                throw bad("gives %s a dtype that is %s, expected a string".formatted(tensor, found()));
            }
            String dtype = parser.getString();
            if (bits(dtype) == 0) {
                throw bad("gives %s the dtype %s, which the format does not have".formatted(tensor, Bad.quote(dtype)));
            }
            return dtype;
        }

        private List<Long> sizes(String tensor, String field) {
            if (parser.currentToken() != JsonToken.START_ARRAY) {
                throw bad("gives %s a %s that is %s, expected a list".formatted(tensor, field, found()));
            }
            List<Long> sizes = new ArrayList<>();
            while (parser.nextToken() != JsonToken.END_ARRAY) {
                if (parser.currentToken() != JsonToken.VALUE_NUMBER_INT) {
                    throw bad("gives %s a %s with %s, expected whole numbers".formatted(tensor, field, found()));
                }
                if (parser.getNumberType() == JsonParser.NumberType.BIG_INTEGER) {
                    throw bad("gives %s a %s with %s, which overflows 64 bits"
                            .formatted(tensor, field, Bad.shorten(parser.getString())));
                }
                if (parser.getLongValue() < 0) {
                    throw bad("gives %s a %s with the negative number %d"
                            .formatted(tensor, field, parser.getLongValue()));
                }
                sizes.add(parser.getLongValue());
            }
            return sizes;
        }

        private String found() {
            JsonToken token = parser.currentToken();
            return switch (token) {
                case null -> "the end of the header";
                case START_OBJECT -> "an object";
                case START_ARRAY -> "a list";
                case VALUE_STRING -> "the string " + Bad.quote(parser.getString());
                case END_OBJECT, END_ARRAY -> "nothing";
                default -> Bad.shorten(parser.getString());
            };
        }

        private BadInput bad(String what) {
            return Bad.file(file, what);
        }
    }
}
