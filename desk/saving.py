"""Files that a command is asked to write beside its answer: --xlsx, --print."""

from __future__ import annotations

from pathlib import Path

from ledger.errors import BookError
from ledger.files import why, write_whole


def save(path: Path, content: bytes, *, folders: bool = False) -> None:
    """Write a file whole; BookError where it cannot be written.

    A folder that is not there is made only with `folders`, for the home's own: one
    that a user mistyped is not to come into being.
    """
    if not folders and not path.absolute().parent.is_dir():
        raise BookError(f"写不了文件{path}：没有这个文件夹；请先建好，或换一个路径")
    try:
        write_whole(path, content)
    except OSError as error:
        raise BookError(f"写不了文件{path}：{why(error)}；请换一个路径") from error
