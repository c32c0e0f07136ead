"""Every shell block of docs/maintenance.md prints what stands below it. `python tests/docs/test_maintenance_page.py` writes the outputs anew."""
import os
import pathlib
import re
import subprocess
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
PAGE = ROOT / 'docs' / 'maintenance.md'
LAKELET = os.environ.get('LAKELET', str(ROOT / 'build' / 'lakelet'))
BLOCK = re.compile(r'```sh\n(.*?)\n```\n(?:```text\n(.*?)\n?```\n)?', re.DOTALL)

# What differs from run to run: columns of times, seconds, sizes of files, random names.
CHANGING = [
    (re.compile(r'\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|\+00)?'), 'TIME'),
    (re.compile(r'in \d+\.\d+ s'), 'in 0.01 s'),
    (re.compile(r'\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b'), 'UUID'),
    (re.compile(r'\b\d+(?:\.\d+)? ?(?:bytes|kB|MB|GB)\b'), 'N bytes'),
    (re.compile(r'((?:[Bb]ytes|[Tt]ime(?:Ms)?|size\w*|Size\w*)": ?"?|bytes\w*[ =:]+)\d+'), r'\1N'),
    (re.compile(r'lakelet/\d+\.\d+\.\d+'), 'lakelet/VERSION'),
]


def steady(text):
    for pattern, instead in CHANGING:
        text = pattern.sub(instead, text)
    # Tables are as wide as what was in them, and files are listed by their random names.
    text = re.sub(r'[─]+', '─', text)
    text = '\n'.join(re.sub(r' +', ' ', line).strip() for line in text.splitlines())
    return re.sub(r'\d+ │ TIME', 'N │ TIME', text)


def output_of(commands, folder):
    env = dict(os.environ, PATH=os.path.dirname(LAKELET) + os.pathsep + os.environ['PATH'])
    done = subprocess.run(['bash', '-e', '-c', commands], cwd=folder, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          text=True, timeout=300)
    return '\n'.join(line.rstrip() for line in done.stdout.replace(str(folder), '/home/me').strip('\n').splitlines())


def outputs_of(page):
    with tempfile.TemporaryDirectory() as folder:
        folder = os.path.realpath(folder)
        return [(block[1], block[2], output_of(block[1], folder)) for block in BLOCK.finditer(page)]


def rewritten(page):
    outputs = iter(outputs_of(page))

    def block(match):
        commands, before, after = next(outputs)
        # What only differs from run to run stays as it is.
        shown = before if before is not None and steady(before) == steady(after) else after
        return f'```sh\n{match[1]}\n```\n```text\n{shown}\n```\n'

    return BLOCK.sub(block, page)


def test_every_block_prints_what_the_page_shows():
    shown = outputs_of(PAGE.read_text())
    assert len(shown) >= 4
    for commands, before, after in shown:
        assert steady(before or '') == steady(after), commands


if __name__ == '__main__':
    PAGE.write_text(rewritten(PAGE.read_text()))
