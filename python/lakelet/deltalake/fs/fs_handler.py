"""DeltaStorageHandler: a pyarrow file system whose root is a table's folder, on the local disk."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from .._missing import missing

if TYPE_CHECKING:
    from pyarrow.fs import FileSystemHandler as _Base
else:
    try:
        from pyarrow.fs import FileSystemHandler as _Base
    except ImportError:
        _Base = object

__all__ = ["DeltaStorageHandler"]


class DeltaStorageHandler(_Base):  # type: ignore[misc]  # pyarrow has no stubs
    """Give it to pyarrow.fs.PyFileSystem. Paths are relative to the table's folder."""

    def __init__(
        self, table_uri: str, options: dict[str, str] | None = None, known_sizes: dict[str, int] | None = None
    ) -> None:
        from pyarrow.fs import LocalFileSystem, SubTreeFileSystem

        root = str(table_uri).removeprefix("file://")
        if "://" in root:
            raise missing("DeltaStorageHandler for object stores", "pyarrow.fs.S3FileSystem and the like")
        self._root = os.path.abspath(root)
        self._files = SubTreeFileSystem(self._root, LocalFileSystem())

    @classmethod
    def from_table(
        cls, table: Any, options: dict[str, str] | None = None, known_sizes: dict[str, int] | None = None
    ) -> DeltaStorageHandler:
        return cls(table.table_uri, options, known_sizes)

    def get_type_name(self) -> str:
        return "object-store"

    def normalize_path(self, path: str) -> str:
        return str(self._files.normalize_path(path))

    def get_file_info(self, paths: list[str]) -> Any:
        return self._files.get_file_info(paths)

    def get_file_info_selector(self, selector: Any) -> Any:
        return self._files.get_file_info(selector)

    def create_dir(self, path: str, recursive: bool = True) -> None:
        self._files.create_dir(path, recursive=recursive)

    def delete_dir(self, path: str) -> None:
        self._files.delete_dir(path)

    def delete_dir_contents(
        self, path: str, *args: Any, accept_root_dir: bool = False, missing_dir_ok: bool = False
    ) -> None:
        self._files.delete_dir_contents(path, accept_root_dir=accept_root_dir, missing_dir_ok=missing_dir_ok)

    def delete_root_dir_contents(self) -> None:
        raise missing("delete_root_dir_contents", "shutil.rmtree, if the whole table is to go")

    def delete_file(self, path: str) -> None:
        self._files.delete_file(path)

    def move(self, src: str, dest: str) -> None:
        self._files.move(src, dest)

    move_file = move

    def copy_file(self, src: str, dst: str) -> None:
        self._files.copy_file(src, dst)

    def open_input_stream(self, path: str) -> Any:
        return self._files.open_input_stream(path)

    def open_input_file(self, path: str) -> Any:
        return self._files.open_input_file(path)

    def open_output_stream(self, path: str, metadata: Any = None) -> Any:
        return self._files.open_output_stream(path, metadata=metadata)

    def open_append_stream(self, path: str, metadata: Any) -> Any:
        raise missing("open_append_stream", "open_output_stream: files of a table are written once")

    def equals(self, other: Any) -> bool:
        return isinstance(other, DeltaStorageHandler) and self._root == other._root

    __eq__ = equals

    def __ne__(self, other: object) -> bool:
        return not self.equals(other)

    def __hash__(self) -> int:
        return hash(self._root)
