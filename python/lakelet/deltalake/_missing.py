"""What can't be called here, said with what to use instead."""

from __future__ import annotations


def missing(name: str, instead: str) -> NotImplementedError:
    return NotImplementedError(f"{name} isn't in lakelet.deltalake; use {instead}")
