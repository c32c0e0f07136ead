"""The changes of the corpus's Iceberg tables, whoever wrote them, come to the rows that the tables have."""
import json
import os
import subprocess

import checking
import corpus
import pytest

FOLDER = corpus.unpack(corpus.HERE / 'iceberg.tar.zst')
ENTRIES = {entry['name']: entry for entry in corpus.entries(FOLDER)}
NEWEST = sorted(name for name, entry in ENTRIES.items() if not entry.get('error') and not entry['select'] and not checking.KNOWN_FAILURES.get(name))
INCOMPLETE = {'iceberg/dkice__equality_deletes_mytable@latest'}  # its source left out the manifest lists of older snapshots
LAKELET = os.environ.get('LAKELET', str(corpus.REPOSITORY / 'build' / 'lakelet'))


def run(sql, cwd):
    return subprocess.run([LAKELET, 'sql', '--format', 'json', '--quiet', sql], cwd=cwd, capture_output=True, text=True, timeout=120)


def answer(sql, cwd):
    done = run(sql, cwd)
    assert done.returncode == 0, f'{sql}\n{done.stderr}'
    return json.loads(done.stdout)


def line(snapshots, newest):
    """The snapshots that lead to the newest one, oldest first, and the one before them that isn't there any more."""
    parents = {each['version']: each.get('parent') for each in snapshots}
    result = []
    while newest in parents:
        result.insert(0, newest)
        newest = parents[newest]
    return result, newest if result else None


def columns_of(rows, cwd):
    return answer(f'select column_name, column_type from (describe from {rows})', cwd)


def differing(one, other, cwd):
    return answer(f'select count(*) as n from (({one} except all {other}) union all ({other} except all {one}))', cwd)[0]['n']


@pytest.mark.parametrize('name', NEWEST)
def test_changes_come_to_the_rows(name):
    """Each snapshot's rows are those of the one before, less what it deleted and with what it inserted."""
    cwd, uri = corpus.place_for_reader(FOLDER, ENTRIES[name])
    table = "'" + uri.replace("'", "''") + "'"
    history = answer(f"select version, other['parent-snapshot-id'] as parent from lake_history({table})", cwd)
    for each in history:
        each['parent'] = int(each['parent']) if each['parent'] else None
    versions, missing = line(history, answer(f'select version from lake_metadata({table})', cwd)[0]['version'])
    newest = columns_of(table, cwd)
    columns = ', '.join('"' + each['column_name'].replace('"', '""') + '"' for each in newest)

    def changed(kind, *ends):
        return f"(select {columns} from lake_changes({table}, {', '.join(map(str, ends))}) where _change_type = '{kind}')"

    def at(version):
        return f'(from {table} at (version => {version}))'

    if name in INCOMPLETE:
        refused = run(f'from lake_changes({table}, 0)', cwd)
        assert refused.returncode != 0 and 'the manifest list' in refused.stderr, refused.stderr
        return
    if missing is None:
        assert differing(f'({changed("insert", 0)} except all {changed("delete", 0)})', f'(from {table})', cwd) == 0
    else:
        refused = run(f'from lake_changes({table}, {versions[0]})', cwd)
        assert refused.returncode != 0 and 'has expired' in refused.stderr, refused.stderr
    for before, after in zip(versions, versions[1:]):
        if after < 0:  # an id beyond 63 bits, which SQL can't name
            continue
        if not columns_of(at(before), cwd) == columns_of(at(after), cwd) == newest:
            continue
        ours = f'(({at(before)} except all {changed("delete", after, after)}) union all {changed("insert", after, after)})'
        assert differing(ours, at(after), cwd) == 0, (before, after)
