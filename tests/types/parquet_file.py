"""Parquet files by hand: one row group, one uncompressed plain page for each column. For layouts that no writer of today makes."""

import struct

INT32, BINARY = 1, 6
REQUIRED, OPTIONAL, REPEATED = 0, 1, 2
CONVERTED = {"UTF8": 0, "MAP": 1, "MAP_KEY_VALUE": 2, "LIST": 3}


class Column:
    """`values` that aren't null; levels as in the format, absent where they are all 0."""

    def __init__(self, name, type_, repetition_type, values, definition=None, repetition=None, old_bounds=None):
        self.old_bounds = old_bounds
        self.name, self.type, self.repetition_type, self.values = name, type_, repetition_type, values
        self.definition, self.repetition, self.path, self.levels = definition, repetition, (), (0, 0)


class Group:
    def __init__(self, name, repetition_type, converted, *children):
        self.name, self.repetition_type, self.converted, self.children = name, repetition_type, converted, children


def varint(value):
    out = b""
    while value >= 0x80:
        out += bytes([value & 0x7F | 0x80])
        value >>= 7
    return out + bytes([value])


def zigzag(value):
    return varint(value << 1 if value >= 0 else (-value << 1) - 1)


def compact(*fields):
    """A struct in Thrift's compact protocol of (field id, type, bytes); absent ones are None."""
    out, last = b"", 0
    for number, type_, data in (f for f in fields if f is not None):
        out += bytes([(number - last) << 4 | type_]) + data
        last = number
    return out + b"\0"


def i32(number, value):
    return (number, 5, zigzag(value))


def i64(number, value):
    return (number, 6, zigzag(value))


def text(number, value):
    return (number, 8, varint(len(value.encode())) + value.encode())


def items(number, element_type, values):
    size = bytes([len(values) << 4 | element_type]) if len(values) < 15 else bytes([0xF0 | element_type]) + varint(len(values))
    return (number, 9, size + b"".join(values))


def levels(values, most):
    """Bit-packed, with the length in front; nothing where there is but one level."""
    if most == 0:
        return b""
    width = most.bit_length()
    groups = (len(values) + 7) // 8
    bits = sum(value << (i * width) for i, value in enumerate(values))
    data = varint(groups << 1 | 1) + bits.to_bytes(groups * width, "little")
    return struct.pack("<I", len(data)) + data


def page(column):
    most_definition, most_repetition = column.levels
    count = len(column.definition) if column.definition else len(column.values)
    plain = b"".join(struct.pack("<i", v) if column.type == INT32 else struct.pack("<I", len(v)) + v for v in column.values)
    body = levels(column.repetition, most_repetition) + levels(column.definition, most_definition) + plain
    header = compact(i32(1, 0), i32(2, len(body)), i32(3, len(body)), (5, 12, compact(i32(1, count), i32(2, 0), i32(3, 3), i32(4, 3))))
    return header + body, count


def leaves(node, path=(), definition=0, repetition=0):
    definition += node.repetition_type != REQUIRED
    repetition += node.repetition_type == REPEATED
    if isinstance(node, Column):
        node.path, node.levels = (*path, node.name), (definition, repetition)
        yield node
    else:
        for child in node.children:
            yield from leaves(child, (*path, node.name), definition, repetition)


def elements(node):
    if isinstance(node, Column):
        yield compact(i32(1, node.type), i32(3, node.repetition_type), text(4, node.name), i32(6, CONVERTED["UTF8"]) if node.type == BINARY else None)
    else:
        converted = i32(6, CONVERTED[node.converted]) if node.converted else None
        yield compact(i32(3, node.repetition_type), text(4, node.name), i32(5, len(node.children)), converted)
        for child in node.children:
            yield from elements(child)


def bounds(old):
    """Statistics with the deprecated fields min and max."""
    return old and (12, 12, compact(*((number, 8, varint(len(data)) + data) for number, data in ((1, old[1]), (2, old[0])))))


def write_parquet(path, rows, *columns):
    data, chunks = b"PAR1", []
    for column in (leaf for root in columns for leaf in leaves(root)):
        at = len(data)
        encoded, count = page(column)
        data += encoded
        meta = compact(i32(1, column.type), items(2, 5, [zigzag(0), zigzag(3)]), items(3, 8, [text(0, name)[2] for name in column.path]), i32(4, 0),
                       i64(5, count), i64(6, len(encoded)), i64(7, len(encoded)), i64(9, at), bounds(column.old_bounds))
        chunks.append(compact(i64(2, at), (3, 12, meta)))
    schema = [compact(text(4, "schema"), i32(5, len(columns)))] + [e for column in columns for e in elements(column)]
    group = compact(items(1, 12, chunks), i64(2, len(data)), i64(3, rows))
    footer = compact(i32(1, 1), items(2, 12, schema), i64(3, rows), items(4, 12, [group]))
    path.write_bytes(data + footer + struct.pack("<I", len(footer)) + b"PAR1")
