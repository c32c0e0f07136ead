"""One Spark session with Delta Lake or Iceberg for a whole run of the tests: small, quiet, and reachable from this machine alone."""
import glob
import os
import pathlib
import tempfile

from pyspark.sql import SparkSession

DEPS = pathlib.Path(__file__).resolve().parents[2] / '.deps'
JARS = {'delta': DEPS / 'spark' / 'jars', 'iceberg': DEPS / 'spark-iceberg' / 'jars'}

SETTINGS = {
    'spark.ui.enabled': 'false',
    'spark.ui.showConsoleProgress': 'false',
    'spark.driver.host': '127.0.0.1',
    'spark.driver.bindAddress': '127.0.0.1',
    'spark.driver.memory': '1g',
    'spark.driver.extraJavaOptions': '-XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Duser.timezone=UTC',
    'spark.default.parallelism': '2',
    'spark.sql.shuffle.partitions': '2',
    'spark.sql.session.timeZone': 'UTC',
    'spark.sql.sources.parallelPartitionDiscovery.parallelism': '2',
    'spark.sql.adaptive.enabled': 'false',
}

OF_FORMAT = {
    'delta': {
        'spark.sql.extensions': 'io.delta.sql.DeltaSparkSessionExtension',
        'spark.sql.catalog.spark_catalog': 'org.apache.spark.sql.delta.catalog.DeltaCatalog',
        'spark.databricks.delta.snapshotPartitions': '2',
        'spark.databricks.delta.retentionDurationCheck.enabled': 'false',
    },
    'iceberg': {
        'spark.sql.extensions': 'org.apache.iceberg.spark.extensions.IcebergSparkSessionExtensions',
        'spark.sql.catalog.ice': 'org.apache.iceberg.spark.SparkCatalog',
        'spark.sql.catalog.ice.type': 'hadoop',
        'spark.sql.catalog.ice.cache-enabled': 'false',
    },
}


def start(scratch, table_format='delta'):
    """A session whose own files go below the folder `scratch`; the tables of Iceberg's catalog `ice` below its `warehouse`."""
    os.environ['TZ'] = 'UTC'
    logging = scratch / 'log4j2.properties'
    logging.write_text('rootLogger.level = fatal\n')
    builder = SparkSession.builder.master('local[2]').appName('lakelet tests')
    for name, value in {**SETTINGS, **OF_FORMAT[table_format]}.items():
        builder = builder.config(name, value)
    builder = builder.config('spark.driver.extraClassPath', ':'.join(sorted(glob.glob(f'{JARS[table_format]}/*.jar'))))
    if table_format == 'iceberg':
        builder = builder.config('spark.sql.catalog.ice.warehouse', str(scratch / 'warehouse'))
    builder = builder.config('spark.sql.warehouse.dir', str(scratch / 'warehouse'))
    builder = builder.config('spark.local.dir', str(scratch / 'local'))
    options = SETTINGS['spark.driver.extraJavaOptions']
    options += f' -Dlog4j2.configurationFile={logging} -Djava.io.tmpdir={tempfile.mkdtemp(dir=scratch)}'
    options += f' -Dderby.system.home={scratch}'
    session = builder.config('spark.driver.extraJavaOptions', options).getOrCreate()
    session.sparkContext.setLogLevel('OFF')
    return session
