"""Files that are there whole or not at all: temporary file, fsync, rename."""

from __future__ import annotations

import errno
import os
from glob import escape
from pathlib import Path

REASONS = {
    errno.ENOENT: "没有这个文件",
    errno.EACCES: "没有权限",
    errno.EPERM: "没有权限",
    errno.EROFS: "磁盘只读",
    errno.ENOSPC: "磁盘已满",
    errno.EDQUOT: "磁盘配额已满",
    errno.EISDIR: "是目录，不是文件",
    errno.ENOTDIR: "路径中有一段不是目录",
    errno.EEXIST: "路径中有一段不是目录",
    errno.ENAMETOOLONG: "文件名太长",
}


def why(error: OSError) -> str:
    """What the system says of a file, in Chinese where it is one of the usual."""
    return REASONS.get(error.errno, error.strerror or str(error))


def write_whole(path: Path, content: bytes) -> None:
    """Put `content` at `path`; a crash leaves the old file or the new one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    for left in path.parent.glob(f".{escape(path.name)}.*.tmp"):
        left.unlink(missing_ok=True)  # a crash left it; writers have the lock
    try:
        with open(temporary, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        os.replace(temporary, path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
