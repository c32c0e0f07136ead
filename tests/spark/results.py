"""The page with the last outcome of every test: docs/spark-results.md. A run of some tests leaves the others' rows as they are."""
import collections
import datetime
import pathlib
import platform
import re
import subprocess

HERE = pathlib.Path(__file__).resolve().parent
OUTCOMES = {'passed': 'passed', 'xfailed': 'known difference', 'failed': 'FAILED', 'error': 'FAILED', 'xpassed': 'FAILED', 'skipped': 'skipped'}
ROW = re.compile(r'^\| `(.+?)` \| ([\w ]+) \| (\d{4}-\d\d-\d\d(?:, \w+)?) \| (.*?) ?\|$', re.M)


def versions():
    spark = re.search(r'^pyspark==(.*)$', (HERE / 'requirements.txt').read_text(), re.M).group(1)
    delta = re.search(r'<delta.version>(.*)</delta.version>', (HERE / 'pom.xml').read_text()).group(1)
    iceberg_spark = re.search(r'^pyspark==(.*)$', (HERE / 'iceberg' / 'requirements.txt').read_text(), re.M).group(1)
    iceberg = re.search(r'<iceberg.version>(.*)</iceberg.version>', (HERE / 'iceberg' / 'pom.xml').read_text()).group(1)
    java = subprocess.run(['java', '-version'], capture_output=True, text=True, check=False).stderr.splitlines()[0]
    return {'Apache Spark': f'{spark}, for Iceberg {iceberg_spark}', 'Delta Lake': delta, 'Apache Iceberg': iceberg, 'Java': java, 'Python': platform.python_version()}


def commit():
    """Of the tests, and of lakelet if it was built from the same."""
    done = subprocess.run(['git', 'rev-parse', '--short', 'HEAD'], cwd=HERE, capture_output=True, text=True, check=False)
    return done.stdout.strip()


COMMIT = commit()  # as the run begins


def reason(report):
    """Why a test doesn't pass: what it says of a known difference, or the first line of the error."""
    if getattr(report, 'wasxfail', None):
        return report.wasxfail
    lines = [line[2:].strip() for line in str(report.longrepr or '').splitlines() if line.startswith('E ')]
    return lines[0][:160].replace('|', '\\|') if lines else ''


def earlier(path, collected):
    """(file, test) -> (outcome, date, why) as the page has them, for tests that still exist with those parameters."""
    found = {}
    if not path.exists():
        return found
    functions = {(file, name.split('[')[0]) for file, name in collected}
    for section in path.read_text().split('\n## ')[1:]:
        file = section.split('`')[1]
        source = (HERE / file).read_text() if (HERE / file).exists() else ''
        for name, *rest in ROW.findall(section):
            function = name.split('[')[0]
            if f'def {function}(' in source and ((file, name) in collected or (file, function) not in functions):
                found[(file, name)] = tuple(rest)
    return found


def this_run(stats):
    today = ', '.join(filter(None, [f'{datetime.datetime.now(datetime.timezone.utc):%Y-%m-%d}', COMMIT]))
    found = {}
    for kind, outcome in OUTCOMES.items():
        for report in stats.get(kind, []):
            file, name = report.nodeid.split('::', 1)
            found[(pathlib.PurePath(file).name, name)] = (outcome, today, '' if outcome == 'passed' else reason(report))
    return found


def write(path, stats, collected):
    path = pathlib.Path(path)
    rows = earlier(path, collected) | this_run(stats)
    counts = collections.Counter(outcome for outcome, _, _ in rows.values())
    lines = ['# The last run of `make test-spark`', '',
             'Written by the run itself. Each test makes tables with Spark, reads them with Spark and with lakelet, and compares rows, types,',
             'and the answers to predicates and aggregates; or lakelet makes them and Spark reads them. A run of some tests leaves the',
             "others' rows as they were: each says its day, and the commit that was checked out.", '']
    lines += [f'- {name}: {version}' for name, version in versions().items()]
    lines += [f'- {", ".join(f"{count} {outcome}" for outcome, count in sorted(counts.items(), reverse=True))}', '']
    for file in sorted({file for file, _ in rows}):
        lines += [f'## `{file}`', '', '| Test | Outcome | Run on | |', '|---|---|---|---|']
        lines += [f'| `{name}` | {outcome} | {day} | {why} |' for (of, name), (outcome, day, why) in sorted(rows.items()) if of == file]
        lines.append('')
    path.write_text('\n'.join(lines))
