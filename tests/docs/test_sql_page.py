"""Every SQL block of docs/sql.md gives the output that stands below it. `python tests/docs/test_sql_page.py` writes the outputs anew."""
import os
import pathlib
import re
import subprocess
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
PAGE = ROOT / 'docs' / 'sql.md'
LAKELET = os.environ.get('LAKELET', str(ROOT / 'build' / 'lakelet'))
BLOCK = re.compile(r'```sql\n(.*?)\n```\n(?:```text\n(.*?)\n?```\n)?', re.DOTALL)


def output_of(query, folder):
    done = subprocess.run([LAKELET, 'sql', '--no-progress', query], cwd=folder, capture_output=True, text=True, timeout=120)
    text = done.stdout if done.returncode == 0 else done.stderr
    return '\n'.join(line.rstrip() for line in text.replace(str(folder), '/home/me').strip('\n').splitlines())


def rewritten(page):
    with tempfile.TemporaryDirectory() as folder:
        folder = os.path.realpath(folder)
        return BLOCK.sub(lambda block: f'```sql\n{block[1]}\n```\n```text\n{output_of(block[1], folder)}\n```\n', page)


def test_every_block_gives_what_the_page_shows():
    page = PAGE.read_text()
    assert len(BLOCK.findall(page)) > 20
    assert rewritten(page) == page


if __name__ == '__main__':
    PAGE.write_text(rewritten(PAGE.read_text()))
