"""Tables that went through many operations in an order that nobody chose: rows, row ids and changes of every version."""
import random

import pytest

from test_change_feed import check_changes
from test_row_tracking import check_row_ids

OPERATIONS = {
    'append': 'insert into {t} select id, concat("v ", id % 13), id / {b}, cast(id % 3 as int) from range({a}, {a} + 40, 1, 2)',
    'delete': 'delete from {t} where id % {b} = 1',
    'delete a partition': 'delete from {t} where p = {c}',
    'update': 'update {t} set v = concat(v, "é"), d = null where id % {b} = 2',
    'move between partitions': 'update {t} set p = {c} where id between {a} and {a} + 9',
    'merge': '''merge into {t} t using (select id, "merged" v, 0.5D d, {c} p from range({a}, {a} + 30)) s on t.id = s.id
                when matched and s.id % 3 = 0 then delete when matched then update set * when not matched then insert *''',
    'optimize': 'optimize {t}',
    'overwrite part': 'insert into {t} replace where p = {c} select id, "replaced", 1D, {c} from range({a}, {a} + 5)',
    'restore': 'restore table {t} to version as of {v}',
    'null partition': 'insert into {t} values ({a}, null, double("NaN"), null)',
}


@pytest.mark.parametrize('seed', range(4))
def test_random_history(table, seed):
    """Seeds differ in the table's properties and in the operations."""
    dice = random.Random(seed)
    properties = {'delta.enableDeletionVectors': str(seed % 2 == 0).lower(), 'delta.enableRowTracking': 'true', 'delta.checkpointInterval': '4',
                  'delta.enableChangeDataFeed': 'true', 'delta.columnMapping.mode': ('none', 'name', 'id', 'none')[seed],
                  'delta.checkpointPolicy': ('classic', 'v2')[seed // 2], 'delta.enableInCommitTimestamps': str(seed > 1).lower()}
    table.create('id bigint, v string, d double, p int', properties=properties, rest='partitioned by (p)')
    names = ['append', *dice.choices(sorted(OPERATIONS), k=5)]
    for name in names:
        last = table.history()[0]['version']
        values = {'a': dice.randrange(60), 'b': dice.randrange(2, 7), 'c': dice.randrange(3), 'v': dice.randrange(max(last - 2, 0), last + 1)}
        statement = OPERATIONS[name]
        for key, value in values.items():
            statement = statement.replace('{' + key + '}', str(value))
        table.sql(statement)
    table.check()
    check_row_ids(table)
    check_changes(table)
    for version in dice.sample(range(1, table.history()[0]['version']), 2):
        table.check(version=version, filters=False)
        check_row_ids(table, version)
