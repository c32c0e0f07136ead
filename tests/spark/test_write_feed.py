"""Change data files and row ids that lakelet writes: Spark reads them, and goes on writing."""
import random

import pytest

from test_row_tracking import check_row_ids

BOTH = {'delta.enableChangeDataFeed': 'true', 'delta.enableRowTracking': 'true'}
LAYOUTS = {
    'plain': {},
    'vectors': {'delta.enableDeletionVectors': 'true'},
    'mapped by name': {'delta.columnMapping.mode': 'name'},
    'mapped by id, vectors': {'delta.columnMapping.mode': 'id', 'delta.enableDeletionVectors': 'true'},
}


def check_feed(table, first=0):
    """Spark reads the feed of every version as lakelet does, and its rows and ids as well."""
    table.reopened_sql('select 1')
    last = table.history()[0]['version']
    columns = table.spark.read.format('delta').load(str(table.path)).columns
    kept = ', '.join(f'`{column}`' for column in columns) + ', _change_type, _commit_version'
    ours = ', '.join(f'"{column}"' for column in columns) + ', _change_type, _commit_version'
    frame = table.spark.read.format('delta').option('readChangeFeed', 'true').option('startingVersion', first).option('endingVersion', last).load(str(table.path))
    table.compare(frame.selectExpr(*[part.strip() for part in kept.split(', ')]), f'select {ours} from lake_changes({{t}}, {first}, {last})')
    table.check(filters=False)
    check_row_ids(table)


def lakelet(table, *statements):
    for statement in statements:
        table.lakelet_ok('sql', statement.replace('{t}', f"'{table.path}'"))


@pytest.mark.parametrize('layout', LAYOUTS)
@pytest.mark.parametrize('maker', ['spark', 'lakelet'])
def test_changes_by_turns(table, layout, maker):
    properties = BOTH | LAYOUTS[layout]
    if maker == 'spark':
        table.create('id bigint, v string, p int', properties=properties, rest='partitioned by (p)')
    else:
        given = [argument for key, value in properties.items() for argument in ('--property', f'{key}={value}')]
        table.lakelet_ok('create', table.path, '--schema', 'id bigint, v string, p int', '--partition-by', 'p', *given)
    lakelet(table, "insert into {t} select i, 'v' || i, i % 3 from range(30) r(i)")
    table.sql("insert into {t} values (100, 'spark', 1), (101, 'spark', null)")
    lakelet(table, "update {t} set v = 'changed' where id % 7 = 0", 'delete from {t} where id in (3, 4, 101)',
            'update {t} set p = 2 where id = 9',
            """merge into {t} as t using (select i as id, 'm' as v, i % 2 as p from range(20, 40) r(i)) as s on t.id = s.id
               when matched and s.id = 21 then delete when matched then update set v = s.v when not matched then insert (id, v, p) values (s.id, s.v, s.p)""")
    check_feed(table)
    table.sql("update {t} set v = 'spark' where id in (7, 30, 100)", 'delete from {t} where id = 31',
              "merge into {t} t using (select 9L id, 'x' v, 1 p union all select 200L, 'y', 1) s on t.id = s.id when matched then update set * when not matched then insert *")
    check_feed(table)
    lakelet(table, "begin; insert into {t} values (300, 'n', 0), (301, 'gone', 0); update {t} set v = 'twice' where id in (300, 9); delete from {t} where id in (301, 30); commit",
            'delete from {t} where p = 1', "update {t} set v = 'last'")
    check_feed(table)
    table.sql('optimize {t}')
    lakelet(table, 'update {t} set p = null where id < 20', "insert into {t} values (400, 'a', 0)")
    check_feed(table)
    metrics = {row['version']: row['operationMetrics'] for row in table.history()}
    assert any(int(figures.get('numAddedChangeFiles', 0)) > 0 for figures in metrics.values())
    table.checkpoint()
    check_row_ids(table)


OPERATIONS = {
    'append': ('insert into {t} select i, concat(\'v \', i % 13), {c} from range({a}, {a} + 20) r(i)', 'insert into {t} select id, concat("v ", id % 13), {c} from range({a}, {a} + 20, 1, 2)'),
    'delete': ('delete from {t} where id % {b} = 1',) * 2,
    'update': ("update {t} set v = concat(v, '!') where id % {b} = 2",) * 2,
    'move': ('update {t} set p = {c} where id between {a} and {a} + 9',) * 2,
    'merge': ("""merge into {t} as t using (select i as id, 'm' as v, {c} as p from range({a}, {a} + 30) r(i)) as s on t.id = s.id and t.p = s.p
                 when matched and s.id % 3 = 0 then delete when matched then update set v = s.v when not matched then insert (id, v, p) values (s.id, s.v, s.p)""",
              """merge into {t} t using (select distinct id, 'm' v, {c} p from range({a}, {a} + 30)) s on t.id = s.id and t.p = s.p
                 when matched and s.id % 3 = 0 then delete when matched then update set v = s.v when not matched then insert (id, v, p) values (s.id, s.v, s.p)"""),
}


@pytest.mark.parametrize('seed', range(2))
def test_random_history_by_turns(table, seed):
    dice = random.Random(seed)
    table.create('id bigint, v string, p int', "insert into {t} select id, 'a', cast(id % 3 as int) from range(0, 60, 1, 2)",
                 properties=BOTH | {'delta.enableDeletionVectors': str(seed == 1).lower(), 'delta.checkpointInterval': '5'}, rest='partitioned by (p)')
    for step in range(10):
        name = dice.choice([name for name in OPERATIONS if name != 'merge' or step < 6])
        values = {'a': 1000 * step if name in ('append', 'merge') else dice.randrange(60), 'b': dice.randrange(2, 7), 'c': dice.randrange(3)}
        ours, theirs = OPERATIONS[name]
        for key, value in values.items():
            ours, theirs = (text.replace('{' + key + '}', str(value)) for text in (ours, theirs))
        if dice.random() < 0.6:
            lakelet(table, ours)
        else:
            table.reopened_sql(theirs)
    check_feed(table)
