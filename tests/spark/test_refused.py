"""What lakelet doesn't read, on tables that Spark itself made: refused by name, with exit code 5."""
import pytest


@pytest.mark.parametrize('feature', ['catalogManaged', 'geospatial', 'adaptiveMetadata-preview', 'redirectReaderWriter-preview'])
def test_reader_features(table, feature):
    table.create('id int', properties={f'delta.feature.{feature}': 'supported'})
    assert feature in table.features()
    said = table.refused('sql', 'select * from {t}')
    assert feature.removesuffix('-preview') in said


def test_writers_may_be_sent_elsewhere_and_readers_not(table):
    table.create('id int', 'insert into {t} values (1)', properties={'delta.feature.redirectWriterOnly-preview': 'supported'})
    table.check()
    assert 'redirectWriterOnly' in table.refused('sql', 'insert into {t} values (2)')


@pytest.mark.parametrize('type_', ['geometry(4326)', 'geography(4326)', 'time(6)'])
def test_types(table, conf, type_):
    conf({'spark.databricks.delta.schema.typeCheck.enabled': 'false'})
    table.create(f'id int, v {type_}')
    table.refused('sql', 'select * from {t}')
