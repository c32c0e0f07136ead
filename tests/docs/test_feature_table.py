"""The feature table of docs/formats/delta.md says what src/formats/delta/protocol/features.cc does, and every test that it links to exists."""
import pathlib
import re

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
PAGE = ROOT / 'docs' / 'formats' / 'delta.md'
CODE = (ROOT / 'src' / 'formats' / 'delta' / 'protocol' / 'features.cc').read_text()
LINK = re.compile(r'\[`([\w:]+)`\]\(([^)]+)\)')


def features():
    """Name -> (read, append, change rows), in the words of the page, from the table in the code."""
    found = {}
    for name, read, append, change, in_use in re.findall(r'Feature\{\{"([\w-]+)",\s*(\w+),\s*(\w+),\s*(\w+),\s*\w+,\s*\w+\},\s*(\w+)', CODE):
        refused = 'no' if in_use == 'always' else 'unless used'
        found[name] = tuple('yes' if support == 'kYes' else refused for support in (read, append, change))
        if read != 'kYes':
            found[name] = ('no', 'no', 'no')
    assert len(found) == CODE.count('Feature{{"'), 'the table in features.cc has another shape than this test reads'
    return found


def rows(heading):
    """The cells of the table's rows below a heading of the page."""
    section = PAGE.read_text().split(f'\n## {heading}\n')[1].split('\n## ')[0]
    lines = [line for line in section.splitlines() if line.startswith('|')]
    return [[cell.strip() for cell in line.strip('|').split(' | ')] for line in lines[2:]]


def documented():
    found = {}
    for name, _, *said in rows('Features'):
        for feature in re.findall(r'`([\w-]+)`', name):
            assert feature not in found, f'{feature} has two rows'
            found[feature] = tuple(said[:3])
    return found


def test_the_page_says_what_the_code_does():
    assert documented() == features()


def test_every_row_links_to_its_tests():
    for heading in ('Features', 'What else a reader meets'):
        for row in rows(heading):
            assert LINK.search(' '.join(row)), f'no test: {row[0]}'


@pytest.mark.parametrize('page', ['delta.md', 'iceberg.md'])
def test_every_linked_test_exists(page):
    linked = LINK.findall((PAGE.parent / page).read_text())
    assert linked
    for name, target in linked:
        source = (PAGE.parent / target).resolve()
        assert source.is_file(), f'{target} is not there'
        test = name.split('::')[-1]
        text = source.read_text()
        assert f'def {test}(' in text or re.search(rf'TEST(_F|_P)?\(\w+,\s*{test}\)', text), f'{target} has no {test}'


def test_every_row_of_iceberg_links_to_its_tests():
    section = (PAGE.parent / 'iceberg.md').read_text().split('\n## Features\n')[1].split('\n## ')[0]
    lines = [line for line in section.splitlines() if line.startswith('|')][2:]
    assert lines and all(LINK.search(line) for line in lines)
