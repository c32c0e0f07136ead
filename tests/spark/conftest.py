"""Spark with Delta Lake, and Spark with Iceberg, beside lakelet. `make test-spark` installs what is needed and runs these tests."""
import itertools
import pathlib
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import iceberg_tables  # noqa: E402
import results  # noqa: E402
import spark_session  # noqa: E402
import tables  # noqa: E402


@pytest.fixture(scope='session')
def spark(tmp_path_factory):
    session = spark_session.start(tmp_path_factory.mktemp('spark'))
    yield session
    session.stop()


@pytest.fixture(scope='session')
def iceberg(tmp_path_factory):
    """Makes Iceberg tables, each by a name of its own, in the session's catalog."""
    scratch = tmp_path_factory.mktemp('spark')
    session = spark_session.start(scratch, 'iceberg')
    numbers = itertools.count(1)
    yield lambda: iceberg_tables.IcebergTable(session, scratch / 'warehouse' / 'db' / f't{next(numbers)}')
    session.stop()


@pytest.fixture
def table(spark, tmp_path):
    return tables.Table(spark, tmp_path / 'table')


@pytest.fixture
def new_table(spark, tmp_path):
    """Makes further tables by name, beside the first."""
    return lambda name: tables.Table(spark, tmp_path / name)


@pytest.fixture
def conf(spark):
    """Sets Spark's settings for one test."""
    before = {}

    def put(settings):
        for name, value in settings.items():
            before.setdefault(name, spark.conf.get(name, None))
            spark.conf.set(name, value)

    yield put
    for name, value in before.items():
        spark.conf.unset(name) if value is None else spark.conf.set(name, value)


# --- the results page ------------------------------------------------------------------------------------------------
def pytest_addoption(parser):
    parser.addoption('--results', help='write the outcome of every test, with versions and date, to this file')


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config, items):
    config.collected_names = {(item.path.name, item.name) for item in items}


def pytest_terminal_summary(terminalreporter, config):
    if config.getoption('--results'):
        results.write(config.getoption('--results'), terminalreporter.stats, config.collected_names)
