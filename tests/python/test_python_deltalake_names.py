"""The smaller public names of lakelet.deltalake beside the real `deltalake` package: values, enumerations, exceptions, files."""

import dataclasses
import inspect
import os
import typing

import deltalake as real
import deltalake.exceptions
import deltalake.fs
import deltalake.schema
import deltalake.table
import deltalake.transaction
import deltalake.writer.properties
import pyarrow
import pyarrow.fs
import pytest
from side_by_side import BOTH, ROWS, made, pairs, rows_of

import lakelet
import lakelet.deltalake as ours
import lakelet.deltalake.exceptions
import lakelet.deltalake.fs
import lakelet.deltalake.schema
import lakelet.deltalake.table
import lakelet.deltalake.transaction
import lakelet.deltalake.writer.properties


def test_enumerations_have_the_same_members():
    def work(delta):
        properties = delta.writer.properties
        return [
            [each.name for each in properties.Compression],  # UNCOMPRESSED, SNAPPY, GZIP, BROTLI, LZ4, ZSTD, LZ4_RAW
            [each.value for each in properties.Compression],
            [each.value for each in properties.Encoding],  # PLAIN, RLE, DELTA_BINARY_PACKED, DELTA_LENGTH_BYTE_ARRAY, DELTA_BYTE_ARRAY, BYTE_STREAM_SPLIT
            properties.Compression.GZIP.value,
            properties.Compression.LZ4.value,
            properties.Compression.LZ4_RAW.value,
            properties.Compression.UNCOMPRESSED.value,
            properties.Encoding.RLE.value,
        ]

    theirs, mine = pairs(work)
    assert theirs == mine


FEATURES = (
    "ColumnMapping DeletionVectors TimestampWithoutTimezone V2Checkpoint AppendOnly Invariants CheckConstraints ChangeDataFeed GeneratedColumns "
    "IdentityColumns RowTracking DomainMetadata IcebergCompatV1 VariantType TimestampNanos VariantTypePreview"
).split()
REFUSED = {"TimestampNanos", "VariantTypePreview"}


def test_features_have_the_same_names():
    assert {name for name in vars(real.TableFeatures) if name[0].isupper()} == set(FEATURES) == {each.name for each in ours.TableFeatures}


@pytest.mark.parametrize("name", FEATURES)
def test_a_feature_is_switched_on(here, name):
    path, table = made(ours, here, pyarrow.table({"id": [1]}))
    feature = getattr(ours.TableFeatures, name)
    if name in REFUSED:
        with pytest.raises(ours.exceptions.DeltaProtocolError):
            table.alter.add_feature(feature, allow_protocol_versions_increase=True)
        assert table.version() == 0
        return
    table.alter.add_feature(feature, allow_protocol_versions_increase=True)
    protocol = table.protocol()
    assert isinstance(protocol, ours.table.ProtocolVersions) and protocol._fields == real.DeltaTable(path).protocol()._fields
    listed = [*(protocol.writer_features or []), *(protocol.reader_features or [])]
    old = {"AppendOnly": 2, "Invariants": 2, "ColumnMapping": 5}  # features that a version of the protocol means
    assert feature.delta_name in listed or protocol.min_writer_version >= old[name]
    assert protocol.min_reader_version >= 1 and rows_of(ours.DeltaTable(path)) == [{"id": 1}]
    if name != "IcebergCompatV1":
        ours.write_deltalake(path, pyarrow.table({"id": [2]}), mode="append")
        assert ours.DeltaTable(path).count() == 2


def test_parts_of_types_are_the_same():
    def work(delta):
        s = delta.schema
        array, mapping = s.ArrayType("long", False), s.MapType("string", "integer", False)
        fields = s.StructType([s.Field("a", "long", metadata={"k": 1})]).fields
        return [
            (str(array.element_type), array.contains_null, array.type),
            (str(mapping.key_type), str(mapping.value_type), mapping.value_contains_null, mapping.type),
            [(field.name, str(field.type), field.nullable, field.metadata) for field in fields],
            delta.Schema([delta.Field("a", "long", metadata={"delta.invariants": '{"expression":{"expression":"a > 1"}}'})]).invariants,
            delta.Schema([delta.Field("a", "long")]).invariants,
            (delta.VariantType().type, delta.VariantType().to_json(), delta.VariantType.from_json(delta.VariantType().to_json()) == delta.VariantType()),
            [kind.__name__ if inspect.isclass(kind) else kind.__forward_arg__ for kind in typing.get_args(delta.DataType)],
        ]

    theirs, mine = pairs(work)
    assert theirs == mine


def test_values_of_a_commit_are_the_same():
    def work(delta):
        transaction, t = delta.Transaction("app", 3, 17), delta.transaction
        add = t.AddAction("p", 5, {"x": None}, 7, True, "{}")
        remove = t.RemoveAction(path="p", data_change=False, deletion_timestamp=7, size=5, partition_values={"x": "y"})
        return [
            (transaction.app_id, transaction.version, transaction.last_updated),
            dataclasses.astuple(add),
            (remove.path, remove.data_change, remove.deletion_timestamp, remove.size, remove.partition_values),
            (delta.PostCommitHookProperties(False, True).create_checkpoint, delta.PostCommitHookProperties().cleanup_expired_logs),
        ]

    theirs, mine = pairs(work)
    assert theirs == mine


@BOTH
def test_hooks_are_taken(here, delta):
    path, _ = made(delta, here)
    hooks = delta.PostCommitHookProperties(create_checkpoint=False, cleanup_expired_logs=False)
    delta.write_deltalake(path, ROWS, mode="append", post_commithook_properties=hooks)
    table = delta.DeltaTable(path)
    table.delete("id = 1", post_commithook_properties=hooks)
    assert isinstance(table.metadata(), delta.Metadata) and table.count() == 4


@BOTH
def test_what_was_asked_for_at_opening(here, delta):
    path, _ = made(delta, here)
    with pytest.warns(DeprecationWarning):
        table = delta.DeltaTable(path, without_files=True, log_buffer_size=3)
    with pytest.warns(DeprecationWarning):
        assert tuple(table.table_config) == (False, 8, False)


@BOTH
def test_what_verbs_are_said_with_have_the_packages_classes(here, delta):
    _, table = made(delta, here)
    assert isinstance(table.alter, delta.table.TableAlterer) and isinstance(table.optimize, delta.table.TableOptimizer)
    assert isinstance(table.merge(ROWS, "s.id = t.id", "s", "t"), delta.table.TableMerger)


@BOTH
def test_a_lost_race_is_a_commit_that_failed(here, delta):
    path, table = made(delta, here)
    other = delta.DeltaTable(path)
    other.delete("id = 1")
    for error in (delta.exceptions.CommitFailedError, delta.exceptions.DeltaProtocolError):
        assert issubclass(error, delta.exceptions.DeltaError)
    if delta is ours:  # whose handles work on the newest version: a race takes a commit in between
        with pytest.raises(ours.exceptions.CommitFailedError):
            with ours.exceptions.translated():
                lakelet.open(path).delete("id = 2", if_version=0)
    else:
        with pytest.raises(real.exceptions.CommitFailedError):
            table.delete("id = 1", commit_properties=real.CommitProperties(max_commit_retries=0))


@BOTH
def test_files_of_a_table_are_opened(here, delta):
    path, table = made(delta, here)
    handler = delta.fs.DeltaStorageHandler(path)
    name = os.path.basename(table.file_uris()[0])
    system = pyarrow.fs.PyFileSystem(handler)
    with system.open_input_file(name) as file, system.open_input_stream(name) as stream:
        assert file.read(4) == stream.read(4) == b"PAR1"
        file.seek(file.size() - 4)
        assert file.read() == b"PAR1"
    if delta is real:  # whose streams can't be written to through pyarrow
        return
    with system.open_output_stream("notes.txt") as out:
        out.write(b"hello")
    with system.open_input_stream("notes.txt") as stream:
        assert stream.read() == b"hello"
    with pytest.raises(NotImplementedError):
        system.open_append_stream("notes.txt")
