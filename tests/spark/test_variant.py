"""Variant columns, plain and shredded. In lakelet's Arrow files a variant is JSON text, as Spark's to_json writes it."""
import pyarrow.parquet
import pytest

DOCUMENTS = ['1', '-128', '300', '70000', '5000000000', '1.5', '1e300', '12345678901234567890.123', 'true', 'false', 'null', '""', '"text é\\"\\\\n"',
             '[]', '{}', '[1, null, "a", [2.5], {"b": true}]', '{"a": 1, "b": {"c": [1, 2, {"d": null}]}, "z": "last", "é": 1}',
             '"' + 'long ' * 40 + '"', '{"a": "other type", "b": 5}', '{"a": null}']


def fill(table, properties=None, columns='id int, v variant'):
    table.create(columns, properties=properties)
    listed = ', '.join(f"({at}, parse_json(r'{text}'))" for at, text in enumerate(DOCUMENTS))
    table.sql(f'insert into {{t}} values {listed}, (1000, null)')
    return table


def check(table, version=None):
    at = '' if version is None else f' version as of {version}'
    ours = '{t}' if version is None else f'delta_scan({{t}}, version => {version})'
    table.compare(f'select id, to_json(v) v from {table.name}{at}', f'select id, v from {ours}', json_columns=['v'])


def test_plain(table):
    check(fill(table))


def test_values_of_sql_types(table):
    table.create('id int, v variant')
    values = ["cast(1.50 as decimal(4,2))", "date'2020-02-29'", "timestamp'2020-01-01 01:02:03.000004Z'", "timestamp_ntz'1500-01-01 00:00:00'", "float('0.1')",
              "x'00ff'", "named_struct('a', 1, 'b', array(1.5D, null))", "map('k', 7)", "cast(1.0 as decimal(38,10))", "12345678901234567890123456789.0BD"]
    for at, value in enumerate(values):
        cast = f"to_variant_object({value})" if 'struct' in value or 'map' in value else f'cast({value} as variant)'
        table.sql(f'insert into {{t}} select {at}, {cast}')
    check(table)


def test_changed(table):
    fill(table, {'delta.enableDeletionVectors': 'true'})
    table.sql('delete from {t} where id % 3 = 0', """update {t} set v = parse_json('{"new": [1]}') where id = 4""", 'optimize {t}')
    table.checkpoint()
    check(table)
    check(table, 1)


def is_shredded(table):
    return any('typed_value' in str(pyarrow.parquet.read_schema(file)) for file in table.path.glob('*.parquet'))


SHREDDING = {'spark.sql.variant.writeShredding.enabled': 'true'}


@pytest.mark.parametrize('schema', ['a int, b struct<c array<int>>, z string', 'a string', 'a double, z variant'])
def test_shredded(table, conf, schema):
    conf(SHREDDING | {'spark.sql.variant.allowReadingShredded': 'true'})
    conf({'spark.sql.variant.forceShreddingSchemaForTest': schema})
    fill(table, {'delta.enableVariantShredding': 'true'})
    assert any('variantShredding' in feature for feature in table.features())
    assert is_shredded(table)
    check(table)


def test_shredded_as_inferred(table, conf):
    """Spark finds out by itself which fields most rows have."""
    conf(SHREDDING | {'spark.sql.variant.inferShreddingSchema': 'true'})
    table.create('id int, v variant', properties={'delta.enableVariantShredding': 'true'})
    table.sql('''insert into {t} select /*+ coalesce(1) */ cast(id as int), parse_json(case when id % 20 = 7 then '{"a": "text", "more": [null]}'
                 else concat('{"a": ', id, ', "b": {"c": ', id / 4, '}, "l": [', id, ', 1]}') end) from range(200)''')
    assert is_shredded(table)
    check(table)


@pytest.mark.parametrize('type_', ['bigint', 'decimal(10,2)', 'array<int>', 'array<struct<a: int>>', 'boolean', 'date', 'timestamp', 'string', 'binary'])
def test_shredded_into_one_type(table, conf, type_):
    conf(SHREDDING | {'spark.sql.variant.forceShreddingSchemaForTest': type_})
    fill(table, {'delta.enableVariantShredding': 'true'})
    table.sql("insert into {t} values (50, cast(date'2020-02-29' as variant)), (51, cast(timestamp'2020-01-01 01:02:03.000004Z' as variant)), "
              "(52, cast(x'01' as variant)), (53, cast(12.50BD as variant)), (54, parse_json('[1,2,3]')), (55, parse_json('[{\"a\": 1}, {\"a\": 2, \"b\": 3}, null]'))")
    assert is_shredded(table)
    check(table)


def test_nested(table):
    table.create('id int, s struct<v: variant, n: int>, l array<variant>, m map<string, variant>')
    table.sql("""insert into {t} values (1, named_struct('v', parse_json('{"a": [1]}'), 'n', 1), array(parse_json('1'), null, parse_json('"x"')), map('k', parse_json('[true]'))),
                 (2, named_struct('v', null, 'n', 2), array(), map()), (3, null, null, null)""")
    for theirs, ours in (('to_json(s.v)', 's.v'), ('to_json(get(l, 0))', 'l[1]'), ('size(l)', 'cast(len(l) as int)'), ("to_json(m['k'])", "m['k']"), ('s.n', 's.n')):
        table.compare(f'select id, {theirs} v from {{t}}', f'select id, {ours} v from {{t}}', json_columns=['v'] if 'json' in theirs else ())


def test_partitioned_and_filtered_beside(table):
    table.create('id int, p string, v variant', rest='partitioned by (p)')
    table.sql("""insert into {t} select cast(id as int), concat('p', id % 2), parse_json(concat('{"n": ', id, '}')) from range(20)""")
    table.compare("select id, to_json(v) v from {t} where p = 'p1' and id > 6", "select id, v from {t} where p = 'p1' and id > 6", json_columns=['v'])
    table.compare('select sum(cast(variant_get(v, "$.n", "int") as int)) n from {t}', "select cast(sum(v.n::int) as bigint) n from {t}")


def test_preview(table):
    fill(table, {'delta.feature.variantType-preview': 'supported'})
    assert 'variantType-preview' in table.features()
    check(table)
