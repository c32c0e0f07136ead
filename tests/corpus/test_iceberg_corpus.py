"""Every Iceberg table of the corpus reads as the engine that wrote it reads it, or is refused as the manifest says: where its
metadata says that it lies, and where it doesn't."""
import checking
import corpus
import pytest

FOLDER = corpus.unpack(corpus.HERE / 'iceberg.tar.zst')
ENTRIES = {entry['name']: entry for entry in corpus.entries(FOLDER)}


@pytest.mark.parametrize('name', sorted(ENTRIES))
def test_entry(name, tmp_path):
    entry = ENTRIES[name]
    cwd, uri = corpus.place_for_reader(FOLDER, entry)
    checking.check(FOLDER, entry, uri, tmp_path / 'rows.arrow', cwd)


@pytest.mark.parametrize('name', sorted(name for name, entry in ENTRIES.items() if entry.get('stage')))
def test_moved(name, tmp_path):
    """The same table in the folder that it was unpacked into, which its metadata doesn't know."""
    entry = ENTRIES[name]
    checking.check(FOLDER, entry, str(FOLDER / entry['path']), tmp_path / 'rows.arrow')


@pytest.mark.parametrize('name', sorted(name for name, entry in ENTRIES.items() if not entry.get('error')))
def test_metadata_file(name, tmp_path):
    """The metadata file that the manifest names, opened itself."""
    entry = ENTRIES[name]
    cwd, uri = corpus.place_for_reader(FOLDER, entry)
    out = tmp_path / 'rows.arrow'
    run = checking.read(entry, f'{uri}/{entry["metadata"]}', out, cwd)
    found = checking.wrong(FOLDER, entry, run, out)
    known = checking.KNOWN_FAILURES.get(name)
    if known and found:
        pytest.xfail(known.reason)
    assert found is None, found


def test_known_failures_are_entries():
    assert checking.known_failures_of('iceberg') <= set(ENTRIES)
