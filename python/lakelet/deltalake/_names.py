"""SQL text as users of the `deltalake` package write it: their aliases, and names in backticks."""

from __future__ import annotations

import re
from collections.abc import Mapping

# A text, a name in double quotes or backticks, or a plain word; whatever else stands between them stays.
_TOKEN = re.compile(r"'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|`(?:[^`]|``)*`|[^\W\d]\w*")


def plain(token: str) -> str:
    if token[:1] in ('"', "`"):
        quote = token[0]
        return token[1:-1].replace(quote * 2, quote)
    return token


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def rewritten(text: str | None, aliases: Mapping[str, str]) -> str:
    """The text with "alias." replaced and backticks as double quotes."""
    if text is None:
        return ""

    def replace(match: re.Match[str]) -> str:
        token = match[0]
        if token[0] == "'":
            return token
        after = text[match.end() : match.end() + 1]
        before = text[match.start() - 1 : match.start()]
        if after == "." and before != "." and plain(token) in aliases:
            return aliases[plain(token)]
        return _quoted(plain(token)) if token[0] == "`" else token

    return _TOKEN.sub(replace, text)


def column_of(text: str, aliases: Mapping[str, str]) -> str:
    """The column that an assignment names: "x", "alias.x", "`odd name`", "alias.`odd name`"."""
    stripped = text.strip()
    parts = [match for match in _TOKEN.finditer(stripped)]
    tokens = [plain(match[0]) for match in parts]
    whole = bool(parts) and sum(len(match[0]) for match in parts) + len(parts) - 1 == len(stripped)
    if not whole:
        return stripped
    if len(tokens) > 1 and tokens[0] in aliases:
        tokens = tokens[1:]
    return ".".join(tokens)


def quoted(name: str) -> str:
    return _quoted(name)
