"""Every table of the corpus takes an UPDATE, a DELETE and an INSERT of what was deleted, and has the rows that it had before;
deltalake counts as many. What a table refuses is refused by name, and listed in refused_changes.txt."""
import json
import shutil
import subprocess

import corpus
import pytest
from deltalake import DeltaTable, QueryBuilder

LAKELET = corpus.REPOSITORY / 'build' / 'lakelet'
FOLDER = corpus.unpack(corpus.HERE / 'delta.tar.zst')
TABLES = {entry['path'].removeprefix('delta/'): entry for entry in corpus.entries(FOLDER)
          if entry['select'] == {} and not entry.get('error')}


def refused_changes():
    """Table -> what its refusal says."""
    found = {}
    for line in (corpus.HERE / 'refused_changes.txt').read_text().splitlines():
        if line and not line.startswith('#'):
            table, text = line.split(' ', 1)
            found[table] = text
    return found


REFUSED = refused_changes()


def run(*arguments):
    return subprocess.run([LAKELET, '--quiet', *map(str, arguments)], capture_output=True, text=True, timeout=120, check=False)


def rows(*arguments):
    done = run(*arguments, '--format', 'json')
    assert done.returncode == 0, f'{done.args}: {done.stderr}'
    return json.loads(done.stdout)


def quoted(name):
    return '"' + name.replace('"', '""') + '"'


def count_by_deltalake(table):
    """None where it says that it can't read the table."""
    try:
        opened = DeltaTable(str(table))
        found = QueryBuilder().register('t', opened).execute('select count(*) as n from t').read_all()
    except Exception as error:
        assert 'nsupported' in str(error) or 'not supported' in str(error), error
        return None
    return found['n'][0].as_py()


def all_changes(uri, columns, version):
    """Statements that end where they began: rows that move, rows that go, rows that come back."""
    first, last = quoted(columns[0]), quoted(columns[-1])
    half = f'hash({first}) % 2 = 0'
    return (f"update '{uri}' set {last} = {last} where {half}; delete from '{uri}' where {half}; "
            f"insert into '{uri}' by name select * from '{uri}' at (version => {version}) where {half}")


@pytest.mark.parametrize('table', sorted(TABLES))
def test_table(table, tmp_path):
    corpus.place(FOLDER, TABLES[table])  # files that its metadata has absolute paths to
    copy = tmp_path / 't'
    shutil.copytree(FOLDER / TABLES[table]['path'], copy, symlinks=True)
    columns = [column['column'] for column in rows('schema', copy)]
    version = rows('history', copy, '--limit', 1)[0]['version']
    changed = run('sql', all_changes(copy, columns, version))
    refusal = REFUSED.get(table)
    if changed.returncode != 0:
        assert refusal is not None and refusal in changed.stderr, f'exit {changed.returncode}: {changed.stderr}'
        assert changed.returncode in (5, 6, 8), changed.stderr
        return
    assert refusal is None, 'it takes the changes now: remove it from refused_changes.txt'
    before = f"(from '{copy}' at (version => {version}))"
    found = rows('sql', f"""select (select count(*) from '{copy}') as rows, (select count(*) from {before}) as rows_before,
        (select count(*) from (from '{copy}' except all {before})) as more, (select count(*) from ({before} except all from '{copy}')) as less""")
    assert found[0]['more'] == found[0]['less'] == 0 and found[0]['rows'] == found[0]['rows_before'], found
    assert count_by_deltalake(copy) in (None, found[0]['rows'])


def test_refused_changes_are_tables():
    assert set(REFUSED) <= set(TABLES)
