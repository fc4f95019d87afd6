package org.jocular.weights;

import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The opcodes of all pickle protocols, under the names of Python's {@code pickletools}: those that we read, and those that we refuse by name. */
enum PickleOpcode {
    PROTO(0x80),
    FRAME(0x95),
    STOP('.'),

    NONE('N'),
    NEWTRUE(0x88),
    NEWFALSE(0x89),
    BININT('J'),
    BININT1('K'),
    BININT2('M'),
    LONG1(0x8a),
    BINFLOAT('G'),
    BINUNICODE('X'),
    SHORT_BINUNICODE(0x8c),
    BINUNICODE8(0x8d),
    BINBYTES('B'),
    SHORT_BINBYTES('C'),
    BINBYTES8(0x8e),

    MARK('('),
    EMPTY_TUPLE(')'),
    TUPLE1(0x85),
    TUPLE2(0x86),
    TUPLE3(0x87),
    TUPLE('t'),
    EMPTY_LIST(']'),
    APPEND('a'),
    APPENDS('e'),
    EMPTY_DICT('}'),
    SETITEM('s'),
    SETITEMS('u'),

    BINPUT('q'),
    LONG_BINPUT('r'),
    MEMOIZE(0x94),
    BINGET('h'),
    LONG_BINGET('j'),

    GLOBAL('c'),
    STACK_GLOBAL(0x93),
    REDUCE('R'),
    BUILD('b'),
    BINPERSID('Q'),

    // From here on nothing that torch.save writes.
    INT('I'),
    LONG('L'),
    LONG4(0x8b),
    STRING('S'),
    BINSTRING('T'),
    SHORT_BINSTRING('U'),
    UNICODE('V'),
    FLOAT('F'),
    BYTEARRAY8(0x96),
    NEXT_BUFFER(0x97),
    READONLY_BUFFER(0x98),
    LIST('l'),
    DICT('d'),
    EMPTY_SET(0x8f),
    ADDITEMS(0x90),
    FROZENSET(0x91),
    POP('0'),
    POP_MARK('1'),
    DUP('2'),
    GET('g'),
    PUT('p'),
    PERSID('P'),
    INST('i'),
    OBJ('o'),
    NEWOBJ(0x81),
    NEWOBJ_EX(0x92),
    EXT1(0x82),
    EXT2(0x83),
    EXT4(0x84);

    final int code;

    PickleOpcode(int code) {
        this.code = code;
    }

    private static final Map<Integer, PickleOpcode> BY_CODE =
            Stream.of(values()).collect(Collectors.toUnmodifiableMap(opcode -> opcode.code, opcode -> opcode));

    /** The opcode of that byte, or null. */
    static @Nullable PickleOpcode of(int code) {
        return BY_CODE.get(code);
    }
}
