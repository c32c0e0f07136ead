"""Every table of the corpus reads as the engine that wrote it reads it, or is refused as the manifest says."""
import subprocess

import corpus
import pytest
import row_comparison

LAKELET = corpus.REPOSITORY / 'build' / 'lakelet'
REFUSALS = {3, 5, 6, 9}  # not found, unsupported feature, corrupt table, input or output failure

FOLDER = corpus.unpack(corpus.HERE / 'delta.tar.zst')
ENTRIES = {entry['name']: entry for entry in corpus.entries(FOLDER)}
KNOWN_FAILURES = corpus.known_failures()


def read(entry, out):
    """Runs the command line on the entry; returns the finished process."""
    uri = corpus.place(FOLDER, entry).replace("'", "''")
    query = f"select * from delta_scan('{uri}'{corpus.arguments(entry['select'])})"
    command = [LAKELET, 'sql', '--quiet', '--output', out, query]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


def wrong(entry, run, out):
    """None when the entry came out as the manifest says, else one line about it."""
    said = f'exit {run.returncode}: {run.stderr.strip()[-300:]}'
    if entry.get('error'):
        if run.returncode == 0:
            return f'read a table that must be refused: {entry["why"]}'
        return None if run.returncode in REFUSALS and run.stderr.strip() else f'refused, but not cleanly: {said}'
    if run.returncode != 0:
        return said
    expected = row_comparison.load(FOLDER / entry['expected'])
    return row_comparison.difference(expected, row_comparison.load(out), **entry.get('compare', {}))


@pytest.mark.parametrize('name', sorted(ENTRIES))
def test_entry(name, tmp_path):
    entry, out = ENTRIES[name], tmp_path / 'rows.arrow'
    run = read(entry, out)
    found = wrong(entry, run, out)
    known = KNOWN_FAILURES.get(name)
    if known is None:
        assert found is None, found
        return
    assert found is not None, 'it passes now: remove it from known_failures.txt'
    assert run.returncode == known.exit_code, f'known to end with exit {known.exit_code}, but: {found}'
    pytest.xfail(known.reason)


def test_known_failures_are_entries():
    assert set(KNOWN_FAILURES) <= set(ENTRIES)
