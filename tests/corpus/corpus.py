"""The corpus: real tables with the rows that a reader must return. README.md here says where they come from."""
import dataclasses
import hashlib
import io
import json
import os
import pathlib
import shutil
import tarfile
import tempfile

import zstandard

HERE = pathlib.Path(__file__).resolve().parent
REPOSITORY = HERE.parents[1]
STAGE = pathlib.Path('/tmp/lakecorpus')  # where tables lie whose metadata holds absolute paths


def unpack(archive):
    """The folder with the archive's tables: unpacked once per content, however many processes ask for it."""
    digest = hashlib.sha256(archive.read_bytes()).hexdigest()[:16]
    folder = REPOSITORY / '.cache' / 'corpus' / f'{archive.name.split(".")[0]}-{digest}'
    if folder.exists():
        return folder
    folder.parent.mkdir(parents=True, exist_ok=True)
    staging = pathlib.Path(tempfile.mkdtemp(dir=folder.parent))
    with zstandard.open(archive, 'rb') as compressed, tarfile.open(fileobj=io.BufferedReader(compressed), mode='r|') as tar:
        tar.extractall(staging)
    try:
        staging.rename(folder)
    except OSError:  # another process was first
        shutil.rmtree(staging)
    return folder


def entries(folder):
    return json.loads((folder / 'manifest.json').read_text())['entries']


def place(folder, entry):
    """The table's URI for this entry, after laying it (and the tables that it needs) where its metadata says it is."""
    for needed in entry.get('needs', []):
        place(folder, needed)
    source = folder / entry['path']
    absolute = entry.get('stage', {}).get('abs')
    if not absolute:
        return str(source)
    at = pathlib.Path(absolute)
    assert at.is_relative_to(STAGE), absolute
    lay(source, at)
    return absolute


def lay(source, at):
    at.parent.mkdir(parents=True, exist_ok=True)
    link = at.with_name(f'{at.name}.{os.getpid()}')
    link.symlink_to(source)
    link.replace(at)  # at once, since other processes may be reading through it


def place_for_reader(folder, entry):
    """The working folder and the URI for a reader of this entry, whose metadata may hold paths relative to that folder."""
    relative = entry.get('stage', {}).get('cwd')
    if not relative:
        return None, place(folder, entry)
    root = STAGE / 'rel' / entry['path'].replace('/', '__')
    lay(folder / entry['path'], root / relative)
    return root, relative


def arguments(select):
    """The named SQL arguments of an entry's selection: ', version => 3'."""
    quoted = {'ref', 'instant', 'query', 'table'}
    words = {'version', 'timestamp_ms', 'snapshot', 'row_ids'} | quoted
    out = []
    for name, value in select.items():
        if name in ('cdf', 'changes'):
            out += [f'changes_from => {value[0]}', f'changes_to => {value[1]}']
            continue
        assert name in words, name
        text = str(value).replace("'", "''")
        out.append(f"{name} => '{text}'" if name in quoted else f'{name} => {str(value).lower()}')
    return ''.join(f', {argument}' for argument in out)


@dataclasses.dataclass(frozen=True)
class KnownFailure:
    exit_code: int
    reason: str


def known_failures():
    """Name -> how lakelet refuses it today, and why. The list only shrinks."""
    found = {}
    for line in (HERE / 'known_failures.txt').read_text().splitlines():
        if not line or line.startswith('#'):
            continue
        name, exit_code, reason = line.split(maxsplit=2)
        assert name not in found, f'{name} is listed twice'
        found[name] = KnownFailure(int(exit_code), reason)
    return found
