"""Every table of the corpus whose newest version can be read is healthy for the doctor; every one that is damaged isn't."""
import json
import subprocess

import corpus
import pytest

LAKELET = corpus.REPOSITORY / 'build' / 'lakelet'
FOLDER = corpus.unpack(corpus.HERE / 'delta.tar.zst')
KNOWN_FAILURES = corpus.known_failures()
NEWEST = {entry['name']: entry for entry in corpus.entries(FOLDER) if entry['select'] == {} and entry['name'] not in KNOWN_FAILURES}

# Their log says something else than the rest of the table, which readers don't mind.
WARNINGS = {
    'delta/cp_last_checkpoint_garbage@latest': {'last checkpoint'},
    'delta/kernelrs__crc-full@latest': {'checksum'},  # a log without files beside a checksum of ten
}
# deltalake 0.11 wrote a least value that is above the rows (its issue 1374); only the rows tell.
DAMAGED = {
    'delta/deltars__issue_1374@latest': {'bounds'},
}


@pytest.mark.parametrize('name', sorted(NEWEST))
def test_entry(name):
    entry = NEWEST[name]
    command = [LAKELET, 'doctor', corpus.place(FOLDER, entry), '--full', '--format', 'json']
    run = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    if entry.get('error'):
        assert run.returncode in (3, 5, 6, 9), run.stderr
        return
    report = json.loads(run.stdout)
    found = [finding for finding in report['findings'] if finding['severity'] != 'advice']
    damaged = {finding['check'] for finding in found if finding['severity'] == 'damage'}
    assert damaged == DAMAGED.get(name, set()), found
    assert run.returncode == (6 if damaged else 0) and report['healthy'] == (not damaged)
    assert {finding['check'] for finding in found} - damaged <= WARNINGS.get(name, set()), found
