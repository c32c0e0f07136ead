"""The figures of a verb, under the names that the `deltalake` package gives them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any


def ms(report: Any, *stages: str) -> int:
    return int(round(1000 * sum(report.stages.get(name, 0.0) for name in stages)))


def changed(report: Any) -> dict[str, Any]:
    return {"num_added_files": report.files_added, "num_removed_files": report.files_removed}


def copied(report: Any) -> dict[str, Any]:
    return {
        "num_copied_rows": report.rows_copied,
        "execution_time_ms": round(1000 * report.seconds),
        "scan_time_ms": ms(report, "scan"),
    }


def sizes(files: Mapping[str, int]) -> str:
    """Figures of files by their sizes, as JSON."""
    each = list(files.values())
    total = sum(each)
    average = total / len(each) if each else 0.0
    said = {"avg": average, "max": max(each, default=0), "min": min(each, default=0)}
    return json.dumps({**said, "totalFiles": len(each), "totalSize": total}, separators=(",", ":"))
