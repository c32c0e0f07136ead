"""A Delta table between Spark, which says what its rows are, and lakelet, which must say the same."""
import json
import os
import pathlib
import subprocess
import sys

import pyarrow as pa

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / 'tests' / 'corpus'))
import predicates  # noqa: E402
import row_comparison  # noqa: E402

LAKELET = os.environ.get('LAKELET', str(ROOT / 'build' / 'lakelet'))


def sql_text(value):
    return "'" + str(value).replace("'", "''") + "'"


class Table:
    """The table at `path`. In statements `{t}` stands for it."""

    scan = 'delta_scan'

    def __init__(self, spark, path):
        self.spark, self.path = spark, pathlib.Path(path)
        self.name = f'delta.`{path}`'

    # --- Spark -----------------------------------------------------------------------------------------------------
    def sql(self, *statements):
        """Runs the statements in Spark; returns the last one's data frame."""
        frame = None
        for statement in statements:
            frame = self.spark.sql(statement.replace('{t}', self.name))
        return frame

    def create(self, columns, *statements, properties=None, rest=''):
        """Creates the table with Spark, then runs the statements."""
        listed = ', '.join(f"'{key}' = '{value}'" for key, value in (properties or {}).items())
        self.sql(f'create table {{t}} ({columns}) using delta {rest} ' + (f'tblproperties ({listed})' if listed else ''))
        if statements:
            self.sql(*statements)
        return self

    def write(self, frame, mode='append', **options):
        writer = frame.write.format('delta').mode(mode)
        partitions = options.pop('partition_by', None)
        if partitions:
            writer = writer.partitionBy(*partitions)
        writer.options(**options).save(str(self.path))
        return self

    def history(self):
        return [row.asDict() for row in self.sql('describe history {t}').collect()]

    def log(self, version):
        """The actions of a commit."""
        text = (self.path / '_delta_log' / f'{version:020}.json').read_text()
        return [json.loads(line) for line in text.splitlines()]

    def actions(self, kind):
        """All actions of a kind in the log's JSON commits, oldest first."""
        commits = sorted((self.path / '_delta_log').glob('0*[0-9].json'))
        lines = [json.loads(line) for commit in commits if commit.stem.isdigit() for line in commit.read_text().splitlines()]
        return [line[kind] for line in lines if kind in line]

    def protocol(self):
        """The table's protocol, as the log says it."""
        return self.actions('protocol')[-1]

    def features(self):
        last = self.protocol()
        return set(last.get('readerFeatures', [])) | set(last.get('writerFeatures', []))

    def log_files(self, pattern):
        """The log's files of that name, without the local file system's own checksums beside them."""
        return sorted(file for file in self.path.glob(f'_delta_log/{pattern}') if not file.name.startswith('.'))

    def delta_log(self):
        """Spark's own view of the table's log, through its JVM."""
        return self.spark._jvm.org.apache.spark.sql.delta.DeltaLog.forTable(self.spark._jsparkSession, str(self.path))

    def checkpoint(self):
        """A checkpoint of the newest version, by Spark."""
        self.sql('describe detail {t}').collect()  # Spark looks at the log again
        self.delta_log().checkpoint()
        assert any(int(file.name[:20]) == self.history()[0]['version'] for file in self.log_files('*.checkpoint*'))

    def reopened_sql(self, *statements):
        """As `sql`, after Spark has forgotten what it knew of tables."""
        self.spark._jvm.org.apache.spark.sql.delta.DeltaLog.clearCache()
        return self.sql(*statements)

    # --- lakelet ---------------------------------------------------------------------------------------------------
    def lakelet(self, *arguments, timeout=120):
        command = [LAKELET, *map(str, arguments)]
        return subprocess.run(command, capture_output=True, text=True, timeout=timeout, check=False)

    def lakelet_ok(self, *arguments):
        done = self.lakelet(*arguments)
        assert done.returncode == 0, f'{done.args}\nexit {done.returncode}\n{done.stderr}'
        return done.stdout

    def lakelet_sql(self, query):
        """The rows of a query by lakelet, in which `{t}` stands for the table, as an Arrow table."""
        out = self.path.parent / f'{self.path.name}.rows.arrow'
        self.lakelet_ok('sql', '--quiet', '--output', out, query.replace('{t}', sql_text(self.path)))
        return row_comparison.load(out)

    def refused(self, *arguments, code=5):
        """lakelet refuses the command with this exit code and leaves the log as it is; returns what it says."""
        before = sorted((entry.name, entry.stat().st_size) for entry in (self.path / '_delta_log').iterdir())
        done = self.lakelet(*[str(argument).replace('{t}', sql_text(self.path)) for argument in arguments])
        after = sorted((entry.name, entry.stat().st_size) for entry in (self.path / '_delta_log').iterdir())
        assert done.returncode == code, f'{done.args}\nexit {done.returncode}, expected {code}\n{done.stderr}{done.stdout}'
        assert before == after, 'a refused command changed the log'
        return done.stderr

    # --- both ------------------------------------------------------------------------------------------------------
    def check(self, version=None, timestamp=None, filters=True):
        """Spark and lakelet read the same rows with the same types, and count the same rows for each predicate."""
        if version is not None:
            theirs, ours = f'{self.name} version as of {version}', f'{self.scan}({sql_text(self.path)}, version => {version})'
        elif timestamp is not None:
            theirs = f"{self.name} timestamp as of '{timestamp}'"
            ours = f"{self.scan}({sql_text(self.path)}, timestamp => '{timestamp}')"
        else:
            theirs, ours = self.name, sql_text(self.path)
        expected = self.compare(f'select * from {theirs}', f'select * from {ours}')
        if filters:
            self.check_answers(expected, theirs, ours)
        return expected

    def compare(self, theirs, ours, **options):
        """The two queries, Spark's and lakelet's, have the same rows; returns them."""
        frame = self.sql(theirs) if isinstance(theirs, str) else theirs
        expected = frame.toArrow()
        found = row_comparison.difference(expected, self.lakelet_sql(ours), **options)
        assert found is None, f'{found}\nSpark: {theirs}\nlakelet: {ours}'
        return expected

    def check_answers(self, rows, theirs, ours):
        """Counts of predicates, and counts and bounds of columns: what a reader may skip files for, or answer from metadata."""
        pairs = predicates.predicates(rows)
        spark_columns, lakelet_columns = predicates.aggregates(rows)
        counted = [f'count_if({pair[0]}) c{at}' for at, pair in enumerate(pairs)]
        expected = self.sql(f'select {", ".join([spark_columns, *counted])} from {theirs}').toArrow()
        counts = [f'(select count(*) from {ours} where {pair[1]}) c{at}' for at, pair in enumerate(pairs)]
        actual = self.lakelet_sql(f'select a.*, {", ".join(counts)} from (select {lakelet_columns} from {ours}) a' if counts else f'select {lakelet_columns} from {ours}')
        wrong = [f'{pair[1]}: {actual.column(f"c{at}")[0]}, Spark counts {expected.column(f"c{at}")[0]}' for at, pair in enumerate(pairs)
                 if actual.column(f'c{at}')[0].as_py() != expected.column(f'c{at}')[0].as_py()]
        assert not wrong, '\n'.join(wrong)
        found = row_comparison.difference(expected, actual)
        assert found is None, f'{found}\n{lakelet_columns} of {ours}'

    def check_versions(self, filters=False):
        """All versions, by number."""
        for row in self.history():
            self.check(version=row['version'], filters=filters)


def arrow_frame(spark, **columns):
    return spark.createDataFrame(pa.table(columns))
