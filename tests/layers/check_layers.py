#!/usr/bin/env python3
"""check_layers.py [ROOT]: reads the sources and holds every room to tests/layers/rules.py.

Prints one line per finding (file:line: what, and which rule), and exits 1 when there is any.
"""
import dataclasses
import pathlib
import re
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import rules  # noqa: E402

INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*([<"])([^>"]+)[>"]', re.M)
COMMENT_OR_STRING = re.compile(
    r'//[^\n]*|/\*.*?\*/|R"(?P<tag>[^(\s]*)\(.*?\)(?P=tag)"|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])\'', re.S)
PRINTS = re.compile(
    r'std::(?:cout|cerr|clog)\b|(?<![\w:])(?:std::)?(?:printf|fprintf|puts|fputs|putchar|perror)\s*\(|\bfmt::print\s*\(')
ENVIRONMENT = re.compile(r'\b(?:getenv|secure_getenv|getpwuid|wordexp|temp_directory_path)\s*\(|\benviron\b')
TEST_FILE = re.compile(r'_test\.(cc|h)$|_fixture\.h$')
ROOM_CALL = re.compile(r'lakelet_room\(\s*(\w+)([^)]*)\)')
LINK_CALL = re.compile(r'target_link_libraries\(\s*lakelet_(\w+)\s+PUBLIC([^)]*)\)')


@dataclasses.dataclass(frozen=True)
class Finding:
    file: str
    line: int
    text: str

    def __str__(self):
        return f'{self.file}:{self.line}: {self.text}'


def room_of_source(path):
    """The room of a path relative to src/: 'base', 'storage', 'storage/local', 'formats', 'formats/delta' ..."""
    parts = path.parts
    if len(parts) > 2 and parts[0] in ('storage', 'formats', 'catalogs'):
        return f'{parts[0]}/{parts[1]}'
    return parts[0]


def room_of_public_header(name):
    for room, headers in rules.PUBLIC_HEADERS.items():
        if name in headers:
            return room
    return 'lake'


def family(room):
    """The row of the rule table: storage/local -> storage (as an includer), formats/delta -> formats/*."""
    top, _, rest = room.partition('/')
    if not rest:
        return room
    return top if top == 'storage' else f'{top}/*'


def may_include(includer, target, public, test):
    if target == includer:
        return True
    seen = set(rules.MAY_SEE.get(family(includer), set()))
    if test:
        seen |= rules.TESTS_MAY_SEE
    if public and family(includer) in rules.PUBLIC_FOR_ALL_SURFACES:
        return True
    if family(includer) == 'storage' and family(target) == 'storage':
        return 'storage' in (includer, target) or test  # the parts don't see each other
    wildcard = f'{target.partition("/")[0]}/*' if '/' in target else target
    return wildcard in seen


def blank_out(text, keep_strings):
    """The text with comments (and strings, unless kept) replaced by spaces; line numbers stay."""

    def blank(match):
        found = match.group(0)
        if keep_strings and not found.startswith(('//', '/*')):
            return found
        return re.sub(r'[^\n]', ' ', found)

    return COMMENT_OR_STRING.sub(blank, text)


def format_word(word):
    """Matches the word as a part of a name or of a string: delta_scan, _delta_log, DeltaTable, kDelta, DELTA_LOG."""
    camel = word.capitalize() if word != 'ducklake' else 'Duck[Ll]ake'
    return re.compile(rf'(?<![A-Za-z0-9]){word}(?![a-z0-9])|{camel}(?![a-z])|(?<![A-Z0-9]){word.upper()}(?![A-Z0-9])')


def line_of(text, offset):
    return text.count('\n', 0, offset) + 1


class Checker:
    def __init__(self, root):
        self.root = pathlib.Path(root)
        self.src = self.root / 'src'
        self.findings = []
        self.used = {}  # room -> rooms that its own (non-test) sources include

    def report(self, path, line, text):
        self.findings.append(Finding(str(path.relative_to(self.root)), line, text))

    def run(self):
        sources = sorted(p for p in self.src.rglob('*') if p.suffix in ('.h', '.cc'))
        for path in sources:
            self.check_file(path, room_of_source(path.relative_to(self.src)))
        for path in sorted(p for p in (self.root / 'python').rglob('*') if p.suffix in ('.h', '.cc')):
            self.check_file(path, 'python')
        for path in sorted((self.root / 'include' / 'lakelet').glob('*.h')):
            self.check_file(path, room_of_public_header(path.name))
        self.check_cmake()
        return self.findings

    def check_file(self, path, room):
        text = path.read_text()
        test = TEST_FILE.search(path.name) is not None
        if family(room) not in rules.MAY_SEE:
            self.report(path, 1, f'room {room} is not in the map (tests/layers/rules.py)')
            return
        self.check_includes(path, room, text, test)
        self.check_format_words(path, room, text, test)
        self.check_surfaces_only(path, room, text, test)

    def resolve(self, path, bracket, name):
        """(room, whether the header is public) of an included file, or (None, False) for one that isn't ours."""
        if name.startswith('lakelet/'):
            return room_of_public_header(name.removeprefix('lakelet/')), True
        if bracket == '<':
            return None, False
        if (self.src / name).exists():
            return room_of_source(pathlib.Path(name)), False
        if (path.parent / name).exists():
            return room_of_source((path.parent / name).relative_to(self.src)), False
        if (self.root / 'python' / name).exists():
            return 'python', False
        if (self.root / 'tests' / name).exists():
            return 'tests', False
        return 'missing', False

    def check_includes(self, path, room, text, test):
        code = blank_out(text, keep_strings=True)
        for match in INCLUDE.finditer(code):
            bracket, name = match.groups()
            line = line_of(code, match.start(1))
            if re.match(r'duckdb(\.h|[./_])', name) or name.startswith('parquet_'):
                if family(room) not in rules.DUCKDB_ROOMS:
                    self.report(path, line, f'{room} includes DuckDB\'s {name}: only {sorted(rules.DUCKDB_ROOMS)} may')
                continue
            target, public = self.resolve(path, bracket, name)
            if target is None:
                continue
            if not public and path.is_relative_to(self.root / 'include'):
                self.report(path, line, f'a public header includes {name}: it may include only <lakelet/...> and the standard library')
                continue
            if target == 'missing':
                self.report(path, line, f'"{name}" is neither under src/ nor beside the file: write the path from src/')
            elif (family(room), name) in rules.INCLUDES_ALLOWED:
                continue
            elif not may_include(room, target, public, test):
                allowed = ', '.join(sorted(rules.MAY_SEE[family(room)])) or 'nothing'
                self.report(path, line, f'{room} includes {name} of {target}: {room} may see {allowed}')
            elif not test and target != 'tests' and not (public and family(room) in rules.PUBLIC_FOR_ALL_SURFACES):
                self.used.setdefault(self.cmake_room(room), set()).add(self.cmake_room(target))

    def check_format_words(self, path, room, text, test):
        if test or path.name.startswith('registry.'):
            return
        code = INCLUDE.sub('', blank_out(text, keep_strings=True))  # includes are judged above
        for word, home in rules.FORMAT_WORDS.items():
            if room == home:
                continue
            for match in format_word(word).finditer(code):
                if not self.allowed(rules.FORMAT_WORDS_ALLOWED, path, code, match.start()):
                    self.report(path, line_of(code, match.start()), f'names "{match.group(0)}" outside src/{home}: no room decides by a format')

    def check_surfaces_only(self, path, room, text, test):
        if family(room) in rules.PRINTING_ROOMS or test:
            return
        code = blank_out(text, keep_strings=False)
        for pattern, what in ((PRINTS, 'prints'), (ENVIRONMENT, 'reads the environment')):
            for match in pattern.finditer(code):
                if not self.allowed(rules.PRINTING_ALLOWED, path, code, match.start()):
                    self.report(path, line_of(code, match.start()), f'{room} {what} ({match.group(0).strip()}): only {sorted(rules.PRINTING_ROOMS)} may')

    def allowed(self, table, path, code, offset):
        """Whether the line at offset matches a pattern that the table has for the file or a folder above it."""
        name = path.relative_to(self.root)
        line = code.splitlines()[line_of(code, offset) - 1]
        patterns = [table[str(place)][0] for place in (name, *name.parents) if str(place) in table]
        return any(re.search(pattern, line) for pattern in patterns)

    @staticmethod
    def cmake_room(room):
        """CMake's name of a room: storage's parts are one library, formats/delta is format_delta."""
        top, _, rest = room.partition('/')
        if top == 'storage' or not rest:
            return top
        return f'{top.removesuffix("s")}_{rest}'

    def check_cmake(self):
        """Each room's DEPENDS names exactly the rooms that its sources include."""
        for path in sorted(self.src.rglob('CMakeLists.txt')):
            text = re.sub(r'#[^\n]*', '', path.read_text())
            for match in ROOM_CALL.finditer(text):
                words = match.group(2).split()
                listed, keyword = set(), None
                for word in words:
                    if word.isupper():
                        keyword = word
                    elif keyword == 'DEPENDS':
                        listed.add(word)
                self.compare_depends(path, line_of(text, match.start()), match.group(1), listed)
            for match in LINK_CALL.finditer(text):
                listed = {w.removeprefix('lakelet_') for w in match.group(2).split() if w.startswith('lakelet_')}
                self.compare_depends(path, line_of(text, match.start()), match.group(1), listed & set(rules.MAY_SEE))

    def compare_depends(self, path, line, room, listed):
        used = self.used.get(room, set()) - {room}
        if family(room) in rules.PUBLIC_FOR_ALL_SURFACES:
            used |= {'lake'}
        if listed != used:
            self.report(path, line, f'{room} DEPENDS on {sorted(listed)}, but its sources include {sorted(used)}')


def main():
    default = pathlib.Path(__file__).resolve().parents[2]
    findings = Checker(sys.argv[1] if len(sys.argv) > 1 else default).run()
    for finding in findings:
        print(finding)
    print('layers: every room keeps to the map' if not findings else f'layers: {len(findings)} findings')
    return 1 if findings else 0


if __name__ == '__main__':
    sys.exit(main())
