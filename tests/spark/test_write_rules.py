"""Rules for rows: tables that Spark made, rows that lakelet writes and that Spark reads, checks and goes on from; rows that break a rule are refused by both."""
import json
import re

import pytest

from delta_builder import create_with_generated
from test_lakelet_writes import both

VIOLATION = 8


def ours(table, statement):
    table.lakelet_ok('sql', statement.replace('{t}', f"'{table.path}'"))
    both(table)


def refused_by_both(table, statement, names, theirs=None):
    said = table.refused('sql', statement, code=VIOLATION)
    assert names in said, said
    with pytest.raises(Exception, match='(?i)constraint|invariant|generated|identity|exceed|null|not specified'):
        table.reopened_sql(theirs or statement)


def fields(table):
    return {field['name']: field for field in json.loads(table.actions('metaData')[-1]['schemaString'])['fields']}


def test_check_constraints(table):
    table.create('id int, v string, d date, t timestamp, s struct<a: int, b_c: double>', "insert into {t} values (1, 'a', null, null, null)")
    for name, condition in [('positive', 'id > 0 and id <=> id'), ('known', "v in ('a', 'b', \"it's\") or v like 'x%'"), ('date', "d > '1900-01-01' or d is null"),
                            ('time', "coalesce(t, timestamp'2020-01-01 00:00:00Z') >= '2019-12-31 23:59:59' and coalesce(year(t), 2020) >= 2020"),
                            ('nested', 'ifnull(s.`b_c`, 1D) / 2 >= 0.5 and (s.a is null or s.a DIV 2 = 1)')]:
        table.sql(f'alter table {{t}} add constraint {name} check ({condition})')
    ours(table, "insert into {t} values (2, 'it''s', date '2000-01-01', timestamptz '2021-01-01 00:00:00+00', {'a': 3, 'b_c': 2.0})")
    ours(table, "update {t} set id = 20, v = 'xyz' where id = 2")
    ours(table, "merge into {t} as target using (select 1 as id, 'b' as v union all select 3, 'b') s on target.id = s.id when matched then update set v = s.v when not matched then insert (id, v) values (s.id, s.v)")
    table.reopened_sql("insert into {t} (id, v) values (4, 'a')")
    table.check()
    for statement, name in [("insert into {t} (id, v) values (0, 'a')", 'positive'), ("insert into {t} (id, v) values (5, 'c')", 'known'), ('insert into {t} (id) values (6)', 'known'),
                            ("insert into {t} (id, v, d) values (7, 'a', date '1900-01-01')", 'date'), ("update {t} set id = -1 where id = 4", 'positive'),
                            ("insert into {t} (id, v, t) values (8, 'a', timestamp '2019-12-31 23:59:58Z')", 'time')]:
        refused_by_both(table, statement, f'the CHECK constraint {name} (')
    table.sql('alter table {t} drop constraint known')
    ours(table, "insert into {t} (id, v) values (5, 'c')")
    table.check_versions()


def test_invariants(table):
    """Old tables have them; nothing makes them any more but a schema with the metadata."""
    from pyspark.sql.types import IntegerType, StructField, StructType
    schema = StructType([StructField('x', IntegerType(), True, {'delta.invariants': json.dumps({'expression': {'expression': 'x > 3'}})}), StructField('y', IntegerType(), True)])
    table.write(table.spark.createDataFrame([(4, 1)], schema))
    assert 'delta.invariants' in fields(table)['x']['metadata']
    ours(table, 'insert into {t} values (5, 2)')
    refused_by_both(table, 'insert into {t} values (3, 2)', 'the invariant of the column x (x > 3)')
    refused_by_both(table, 'insert into {t} values (null, 2)', 'the invariant of the column x (x > 3)')
    refused_by_both(table, 'update {t} set x = 1 where y = 2', 'the invariant of the column x')


def test_not_null(table):
    table.create('id int not null, s struct<a: int not null, b: string>', "insert into {t} values (1, named_struct('a', 1, 'b', null))")
    ours(table, "insert into {t} values (2, {'a': 2, 'b': 'x'})")
    refused_by_both(table, 'insert into {t} (s) values (null)', 'id is NOT NULL')
    assert 's.a is NOT NULL' in table.refused('sql', "insert into {t} values (3, {'a': null, 'b': 'x'})", code=VIOLATION)


def test_generated_columns(table):
    create_with_generated(table)
    table.sql("insert into {t} (id, t) values (1, timestamp'2020-05-06 07:08:09Z')")
    ours(table, "insert into {t} (id, t) values (2, timestamptz '2021-12-31 23:59:59.999999+00'), (3, null)")
    ours(table, "insert into {t} values (4, timestamptz '2022-01-01 00:00:00+00', date '2022-01-01', 2022)")
    ours(table, "update {t} set t = timestamptz '1999-06-01 12:00:00+00' where id = 2")
    ours(table, "update {t} set id = 30 where id = 3")
    ours(table, "merge into {t} as target using (select 1 as id, timestamptz '1970-01-01 00:00:00+00' as t union all select 5, null) s on target.id = s.id when matched then update set t = s.t when not matched then insert (id, t) values (s.id, s.t)")
    rows = table.sql('select id, cast(d as string) d, y from {t} where d <=> cast(t as date) and y <=> year(t) order by id').collect()
    assert [tuple(row) for row in rows] == [(1, '1970-01-01', 1970), (2, '1999-06-01', 1999), (4, '2022-01-01', 2022), (5, None, None), (30, None, None)]
    refused_by_both(table, "insert into {t} values (6, timestamp '2022-01-01 00:00:00Z', date '2022-01-02', 2022)", 'column d is generated as')
    refused_by_both(table, "insert into {t} values (6, timestamp '2022-01-01 00:00:00Z', date '2022-01-01', null)", 'column y is generated as')
    refused_by_both(table, "update {t} set y = 5 where id = 1", 'column y is generated as year(')
    table.reopened_sql("insert into {t} (id, t) values (7, timestamp'2024-02-29 00:00:00Z')")
    table.check()


EXPRESSIONS = [
    ('i int', 'i + 1', 'int', '41'), ('i int', 'i * 2L', 'bigint', '2000000000'), ('i int', 'i / 4', 'double', '7'), ('i int', 'i div 4', 'bigint', '-7'), ('i int', 'i % 4', 'int', '-7'),
    ('d double', 'cast(d as int)', 'int', '-2.9::double'), ('d double', 'floor(d)', 'bigint', '-2.1::double'), ('d double', 'ceil(d)', 'bigint', '-2.9::double'), ('d double', 'round(d)', 'double', '2.5::double'),
    ('n decimal(10,3)', 'round(n, 2)', 'decimal(10,2)', '-2.675'), ('n decimal(10,3)', 'cast(n as decimal(10,1))', 'decimal(10,1)', '2.650'), ('n decimal(10,3)', 'abs(n)', 'decimal(10,3)', '-0.001'),
    ('s string', 'upper(s)', 'string', "'äé x'"), ('s string', 'lower(s)', 'string', "'ÄÉ X'"), ('s string', 'trim(s)', 'string', "'  a\tb  '"), ('s string', 'length(s)', 'int', "'äöü€'"),
    ('s string', 'substring(s, 2, 3)', 'string', "'hällo'"), ('s string', "concat(s, '-', \"q\", s)", 'string', "'a'"), ('s string', "s || 'x'", 'string', 'null'), ('s string', "if(s like 'a%', 1, 2)", 'int', "'abc'"),
    ('s string', "case when s = 'a' then 'A' when s is null then 'none' else s end", 'string', 'null'), ('s string', "coalesce(s, 'empty')", 'string', 'null'),
    ('t timestamp', 'cast(t as date)', 'date', "timestamptz '1969-12-31 23:59:59.999999+00'"), ('t timestamp', "date_trunc('month', t)", 'timestamp', "timestamptz '2024-02-29 23:30:00+00'"),
    ('t timestamp', "date_format(t, 'yyyy-MM-dd-HH')", 'string', "timestamptz '0999-02-03 04:30:00+00'"), ('t timestamp', 'hour(t)', 'int', "timestamptz '2024-02-29 23:30:00+00'"),
    ('t timestamp_ntz', 'minute(t)', 'int', "timestamp '2024-02-29 23:30:00'"), ('d date', 'weekofyear(d)', 'int', "date '2021-01-03'"), ('d date', 'dayofweek(d)', 'int', "date '2024-03-03'"),
    ('d date', 'weekday(d)', 'int', "date '2024-03-03'"), ('d date', 'dayofyear(d)', 'int', "date '2024-12-31'"), ('d date', 'date_add(d, 30)', 'date', "date '2024-02-01'"),
    ('d date', "datediff(d, date'2024-01-01')", 'int', "date '2023-12-31'"), ('d date', "trunc(d, 'quarter')", 'date', "date '2024-05-15'"), ('d date', 'year(d) * 100 + month(d)', 'int', "date '2024-05-15'"),
    ('b boolean', 'not b', 'boolean', 'true'), ('b boolean', 'cast(b as int)', 'int', 'true'), ('i bigint', 'cast(i as string)', 'string', '-9223372036854775807'), ('i int', 'i > 3 and i <= 10 or i is null', 'boolean', 'null'),
    ('i int', 'greatest(i, 3)', 'int', 'null'), ('d date', 'cast(d as string)', 'string', "date '2024-05-15'"),
    ('t timestamp', 'cast(t as string)', 'string', "timestamptz '2024-02-29 23:30:00.120+00'")]


def test_expressions_mean_the_same(table, spark):
    """One table with every expression that lakelet understands: Spark looks at each value when it rewrites the rows."""
    jvm, session = spark._jvm, spark._jsparkSession
    builder = jvm.io.delta.tables.DeltaTable.create(session).location(str(table.path))
    column = jvm.io.delta.tables.DeltaTable.columnBuilder
    builder = builder.addColumn('id', 'int')
    for at, (source, expression, kind, _) in enumerate(EXPRESSIONS):
        name, type_ = source.split()
        renamed = re.sub(rf"(?<![\w'\"]){name}(?![\w'\"(])", f'c{at}', expression)
        builder = builder.addColumn(f'c{at}', type_).addColumn(column(session, f'g{at}').dataType(kind).generatedAlwaysAs(renamed).build())
    builder.execute()
    names = ', '.join(f'c{at}' for at in range(len(EXPRESSIONS)))
    values = ', '.join(value for *_, value in EXPRESSIONS)
    nulls = ', '.join('null' for _ in EXPRESSIONS)
    table.lakelet_ok('sql', f"insert into '{table.path}' (id, {names}) values (1, {values})")
    table.lakelet_ok('sql', f"insert into '{table.path}' (id, {names}) values (2, {nulls})")
    table.check(filters=False)
    generated = {row: value for row, value in enumerate(table.reopened_sql('select * from {t} where id = 1').collect()[0])}
    assert len(generated) == 1 + 2 * len(EXPRESSIONS)
    # Spark compares every generated column with its own answer as it writes the rows again.
    table.reopened_sql('update {t} set id = id + 10')
    assert table.sql('select id from {t} order by id').collect()[0][0] == 11


def test_default_values(table):
    table.create("id int, v string default \"it's\", d date default date'2020-01-01', n decimal(10,2) default 1.5, i int default 40 + 2, at timestamp default current_timestamp()",
                 properties={'delta.feature.allowColumnDefaults': 'supported'})
    ours(table, 'insert into {t} (id) values (1)')
    ours(table, "insert into {t} values (2, default, null, 7, default, null), (3, 'x', default, default, 5, default)")
    ours(table, 'insert into {t} by name select 4 as id')
    ours(table, 'update {t} set v = default, n = default where id = 3')
    ours(table, "merge into {t} as target using (select 5 as id) s on target.id = s.id when not matched then insert (id) values (s.id)")
    rows = [tuple(row) for row in table.sql('select id, v, cast(d as string), cast(n as string), i from {t} order by id').collect()]
    assert rows == [(1, "it's", '2020-01-01', '1.50', 42), (2, "it's", None, '7.00', 42), (3, "it's", '2020-01-01', '1.50', 5), (4, "it's", '2020-01-01', '1.50', 42), (5, "it's", '2020-01-01', '1.50', 42)]
    assert table.sql('select count(*) from {t} where at between timestamp\'2020-01-01\' and timestamp\'2100-01-01\'').collect()[0][0] == 4
    table.reopened_sql('insert into {t} (id) values (6)')
    table.check()


def test_identity_columns(table):
    table.create('id bigint generated always as identity, b bigint generated by default as identity (start with 10 increment by -5), v string')
    table.sql("insert into {t} (v) values ('a'), ('b')")
    ours(table, "insert into {t} (v) values ('c'), ('d')")
    marks = {name: field['metadata'].get('delta.identity.highWaterMark') for name, field in fields(table).items()}
    assert marks['id'] is not None and marks['b'] is not None
    table.reopened_sql("insert into {t} (v) values ('e')")
    ours(table, "insert into {t} (b, v) values (1000, 'f')")
    ours(table, "update {t} set v = 'g' where v = 'a'")
    ours(table, "merge into {t} as target using (select 'g' as v union all select 'h') s on target.v = s.v when matched then update set v = 'i' when not matched then insert (v) values (s.v)")
    table.reopened_sql("insert into {t} (v) values ('j')")
    table.check()
    rows = table.sql('select id, b, v from {t}').collect()
    assert len({row.id for row in rows}) == len(rows) == 8
    assert len({row.b for row in rows}) == 8
    assert all((row.b - 10) % 5 == 0 and row.b <= 10 for row in rows if row.v != 'f')
    refused_by_both(table, "insert into {t} (id, v) values (1, 'x')", 'hands out the values of id')
    refused_by_both(table, "update {t} set b = 5 where v = 'b'", 'hands out the values of b')


def test_char_and_varchar(table):
    table.create('id int, c char(4), v varchar(3), s struct<x: varchar(2)>')
    ours(table, "insert into {t} values (1, 'ab', 'abc', {'x': 'xy'}), (2, 'abcd   ', 'ä€ü  ', {'x': 'x  '}), (3, null, null, null)")
    assert [tuple(row) for row in table.sql("select id, '<' || c || '>', '<' || v || '>', '<' || s.x || '>' from {t} where id < 3 order by id").collect()] == [
        (1, '<ab  >', '<abc>', '<xy>'), (2, '<abcd>', '<ä€ü>', '<x >')]
    refused_by_both(table, "insert into {t} (id, c) values (4, 'abcde')", 'char(4)')
    refused_by_both(table, "update {t} set v = 'long' where id = 1", 'varchar(3)')
    assert 's.x is varchar(2)' in table.refused('sql', "insert into {t} (id, s) values (5, {'x': 'xyz'})", code=VIOLATION)


def test_constraints_of_ours(table):
    table.lakelet_ok('create', table.path, '--schema', 'id int, v string', '--property', 'delta.constraints.positive=id > 0')
    ours(table, "insert into {t} values (1, 'a')")
    table.reopened_sql("insert into {t} values (2, 'b')")
    refused_by_both(table, "insert into {t} values (-1, 'b')", 'the CHECK constraint positive (id > 0)')


def test_what_is_not_understood_is_refused_by_name(table):
    table.create('id int, v string', 'alter table {t} add constraint odd check (soundex(v) = soundex(v))')
    said = table.refused('sql', "insert into {t} values (1, 'a')")
    assert 'the CHECK constraint odd (' in said and 'soundex' in said
    both(table)


def test_append_only(table):
    table.lakelet_ok('create', table.path, '--schema', 'id int, v string', '--property', 'delta.appendOnly=true')
    ours(table, "insert into {t} values (1, 'a')")
    table.reopened_sql("insert into {t} values (2, 'b')")
    for statement in ('delete from {t} where id = 1', "update {t} set v = 'x'"):
        assert 'append-only' in table.refused('sql', statement)
        with pytest.raises(Exception, match='(?i)append'):
            table.sql(statement)
    table.lakelet_ok('optimize', table.path)
    both(table)
