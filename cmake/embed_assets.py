#!/usr/bin/env python3
"""embed_assets.py DIST OUT.cc: the built pages as a C++ source, each file as it is and compressed, in a fixed order."""
import gzip
import hashlib
import pathlib
import sys

TYPES = {'.html': 'text/html; charset=utf-8', '.js': 'text/javascript; charset=utf-8', '.css': 'text/css; charset=utf-8',
         '.svg': 'image/svg+xml', '.json': 'application/json', '.woff2': 'font/woff2', '.txt': 'text/plain; charset=utf-8'}


def array(name, content):
    lines = [','.join(str(byte) for byte in content[i:i + 40]) for i in range(0, len(content), 40)]
    return f'const unsigned char {name}[] = {{\n' + ',\n'.join(lines) + '\n};\n'


def view(name, content):
    return f'std::string_view(reinterpret_cast<const char*>({name}), {len(content)})'


def main():
    dist, out = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    arrays, entries = [], []
    for number, path in enumerate(sorted(p for p in dist.rglob('*') if p.is_file())):
        content = path.read_bytes()
        packed = gzip.compress(content, 9, mtime=0)
        if path.suffix not in TYPES:
            sys.exit(f'{path}: no content type is known for {path.suffix}')
        page = path.suffix == '.html'  # it is sent with a nonce in it, never compressed beforehand
        arrays.append(array(f'kPlain{number}', content))
        if not page:
            arrays.append(array(f'kGzip{number}', packed))
        tag = '\\"' + hashlib.sha256(content).hexdigest()[:16] + '\\"'
        gzipped = 'std::string_view()' if page else view(f'kGzip{number}', packed)
        entries.append(f'      {{"/{path.relative_to(dist).as_posix()}", "{TYPES[path.suffix]}", "{tag}",\n'
                       f'       {gzipped}, {view(f"kPlain{number}", content)}}},\n')
    out.write_text('// Made by cmake/embed_assets.py.\n#include "server/assets.h"\n\nnamespace lakelet::server {\nnamespace {\n\n'
                   + '\n'.join(arrays) + '\n}  // namespace\n\nconst std::vector<Asset>& assets() {\n'
                   '  static const std::vector<Asset> kAssets = {\n' + ''.join(entries)
                   + '  };\n  return kAssets;\n}\n\n}  // namespace lakelet::server\n')


if __name__ == '__main__':
    main()
