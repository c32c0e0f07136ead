"""Every table of the corpus reads as the engine that wrote it reads it, or is refused as the manifest says."""
import checking
import corpus
import pytest

FOLDER = corpus.unpack(corpus.HERE / 'delta.tar.zst')
ENTRIES = {entry['name']: entry for entry in corpus.entries(FOLDER)}


@pytest.mark.parametrize('name', sorted(ENTRIES))
def test_entry(name, tmp_path):
    entry = ENTRIES[name]
    checking.check(FOLDER, entry, corpus.place(FOLDER, entry), tmp_path / 'rows.arrow')


def test_known_failures_are_entries():
    assert checking.known_failures_of('delta') <= set(ENTRIES)
