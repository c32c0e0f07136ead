"""Runs an entry of the corpus through the command line and says what is wrong with what came out."""
import subprocess

import corpus
import pytest
import row_comparison

LAKELET = corpus.REPOSITORY / 'build' / 'lakelet'
REFUSALS = {3, 5, 6, 9}  # not found, unsupported feature, corrupt table, input or output failure
KNOWN_FAILURES = corpus.known_failures()


def read(entry, uri, out, cwd=None):
    """Runs the command line on the entry; returns the finished process."""
    quoted = uri.replace("'", "''")
    query = f"select * from {entry['format']}_scan('{quoted}'{corpus.arguments(entry['select'])})"
    command = [LAKELET, 'sql', '--quiet', '--output', out, query]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, cwd=cwd)


def wrong(folder, entry, run, out):
    """None when the entry came out as the manifest says, else one line about it."""
    said = f'exit {run.returncode}: {run.stderr.strip()[-300:]}'
    if entry.get('error'):
        if run.returncode == 0:
            return f'read a table that must be refused: {entry["why"]}'
        return None if run.returncode in REFUSALS and run.stderr.strip() else f'refused, but not cleanly: {said}'
    if run.returncode != 0:
        return said
    expected = row_comparison.load(folder / entry['expected'])
    return row_comparison.difference(expected, row_comparison.load(out), **entry.get('compare', {}))


def check(folder, entry, uri, out, cwd=None):
    run = read(entry, uri, out, cwd)
    found = wrong(folder, entry, run, out)
    known = KNOWN_FAILURES.get(entry['name'])
    if known is None:
        assert found is None, found
        return
    assert found is not None, 'it passes now: remove it from known_failures.txt'
    assert run.returncode == known.exit_code, f'known to end with exit {known.exit_code}, but: {found}'
    pytest.xfail(known.reason)


def known_failures_of(format_name):
    return {name for name in KNOWN_FAILURES if name.startswith(f'{format_name}/')}
