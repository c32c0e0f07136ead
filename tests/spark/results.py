"""The page with the last run's outcome: docs/spark-results.md."""
import collections
import datetime
import pathlib
import platform
import re
import subprocess

HERE = pathlib.Path(__file__).resolve().parent
OUTCOMES = {'passed': 'passed', 'xfailed': 'known failure', 'failed': 'FAILED', 'error': 'FAILED', 'xpassed': 'FAILED', 'skipped': 'skipped'}


def versions():
    spark = re.search(r'^pyspark==(.*)$', (HERE / 'requirements.txt').read_text(), re.M).group(1)
    delta = re.search(r'<delta.version>(.*)</delta.version>', (HERE / 'pom.xml').read_text()).group(1)
    java = subprocess.run(['java', '-version'], capture_output=True, text=True, check=False).stderr.splitlines()[0]
    return {'Apache Spark': spark, 'Delta Lake': delta, 'Java': java, 'Python': platform.python_version()}


def reason(report):
    """Why a test doesn't pass: what it says of a known failure, or the first line of the error."""
    if getattr(report, 'wasxfail', None):
        return report.wasxfail
    lines = [line[2:].strip() for line in str(report.longrepr or '').splitlines() if line.startswith('E ')]
    return lines[0][:160].replace('|', '\\|') if lines else ''


def write(path, stats):
    reports = [(OUTCOMES[kind], report) for kind in OUTCOMES for report in stats.get(kind, []) if report.when == 'call' or kind in ('error', 'skipped')]
    counts = collections.Counter(outcome for outcome, _ in reports)
    lines = ['# The last run of `make test-spark`', '',
             'Written by the run itself. Each test makes tables with Spark, reads them with Spark and with lakelet, and compares rows, types, and the',
             'counts of predicates; or lakelet makes them and Spark reads them.', '']
    lines += [f'- {name}: {version}' for name, version in versions().items()]
    lines += [f'- date: {datetime.datetime.now(datetime.timezone.utc):%Y-%m-%d}',
              f'- {", ".join(f"{count} {outcome}" for outcome, count in sorted(counts.items(), reverse=True))}', '']
    files = collections.defaultdict(list)
    for outcome, report in reports:
        file, name = report.nodeid.split('::', 1)
        files[pathlib.PurePath(file).name].append((name, outcome, reason(report) if outcome != 'passed' else ''))
    for file in sorted(files):
        lines += [f'## `{file}`', '', '| Test | Outcome | |', '|---|---|---|']
        lines += [f'| `{name}` | {outcome} | {why} |' for name, outcome, why in sorted(files[file])]
        lines.append('')
    pathlib.Path(path).write_text('\n'.join(lines))
