"""The files of a table for pyarrow."""

from .fs_handler import DeltaStorageHandler

__all__ = ["DeltaStorageHandler"]
