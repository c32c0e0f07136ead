"""Variants in Parquet's binary encoding, by hand (parquet-format, VariantEncoding.md)."""

import struct


def metadata(*names):
    encoded = [name.encode() for name in names]
    offsets, at = [0], 0
    for name in encoded:
        at += len(name)
        offsets.append(at)
    return bytes([0x11, len(encoded), *offsets]) + b"".join(encoded)


def primitive(type_id, payload=b""):
    return bytes([type_id << 2]) + payload


def text(value):
    data = value.encode()
    return bytes([len(data) << 2 | 1]) + data if len(data) < 64 else primitive(16, struct.pack("<I", len(data)) + data)


def integer(value):
    return primitive(5, struct.pack("<i", value))


def decimal(type_id, scale, unscaled):
    return primitive(type_id, bytes([scale]) + unscaled.to_bytes({8: 4, 9: 8, 10: 16}[type_id], "little", signed=True))


def _offsets(values):
    offsets, at = [0], 0
    for value in values:
        at += len(value)
        offsets.append(at)
    return b"".join(struct.pack("<I", offset) for offset in offsets) + b"".join(values)


def array(*values):
    return bytes([3 << 2 | 3, len(values)]) + _offsets(values)


def obj(**fields):
    """Fields by the index of their name in the metadata: obj(_0=..., _2=...)."""
    ids = bytes(int(name[1:]) for name in fields)
    return bytes([3 << 2 | 2, len(fields)]) + ids + _offsets(list(fields.values()))
