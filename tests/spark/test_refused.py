"""What lakelet doesn't read, on tables that Spark itself made: refused by name, with exit code 5.

Spark makes no catalog-managed tables without a catalog, no redirects, and no columns of geometry, time or intervals in Delta:
those refusals are tested beside the code (src/formats/delta/protocol/features_test.cc).
"""
import pytest


@pytest.mark.parametrize('feature', ['geospatial', 'adaptiveMetadata-preview'])
def test_reader_features(table, feature):
    table.create('id int', properties={f'delta.feature.{feature}': 'supported'})
    assert feature in table.features()
    said = table.refused('sql', 'select * from {t}')
    assert feature.removesuffix('-preview') in said


@pytest.mark.parametrize('column', ['time(6)', 'interval day to second', 'geometry(4326)'])
def test_types_that_spark_keeps_out_of_delta(table, column):
    """Nothing for a reader to meet, as long as this holds."""
    with pytest.raises(Exception, match='(?i)not supported|unsupported'):
        table.create(f'id int, v {column}')
