"""Every block of docs/python.md prints what stands below it. `python tests/docs/test_python_page.py` writes the outputs anew."""

import contextlib
import io
import os
import pathlib
import re
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "build" / "python"))
PAGE = ROOT / "docs" / "python.md"
BLOCK = re.compile(r"```python\n(.*?)\n```\n```text\n(.*?)\n```\n", re.DOTALL)


def rewritten(page):
    before = os.getcwd()
    with tempfile.TemporaryDirectory() as folder:
        folder = os.path.realpath(folder)
        os.chdir(folder)
        names = {"__name__": "tour"}
        try:

            def run(block):
                said = io.StringIO()
                with contextlib.redirect_stdout(said):
                    exec(compile(block[1], str(PAGE), "exec"), names)
                text = said.getvalue().replace(folder, "/home/me").rstrip("\n")
                return f"```python\n{block[1]}\n```\n```text\n{text}\n```\n"

            return BLOCK.sub(run, page)
        finally:
            os.chdir(before)


def test_every_block_prints_what_the_page_shows():
    page = PAGE.read_text()
    assert len(BLOCK.findall(page)) == page.count("```python")
    assert rewritten(page) == page


if __name__ == "__main__":
    PAGE.write_text(rewritten(PAGE.read_text()))
