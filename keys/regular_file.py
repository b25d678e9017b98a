"""Open regular files alone: a pipe in a file's place would be waited for, and a device never ends."""

import errno
import os
import stat
from typing import Final

_AT_ONCE: Final = getattr(os, "O_NONBLOCK", 0)  # or the opening of a pipe itself waits for its other end


def opener(path: str, flags: int) -> int:
    """For `open(path, "rb", opener=opener)`. Raises OSError for anything but a regular file."""
    handle = os.open(path, flags | _AT_ONCE)
    kind = os.fstat(handle).st_mode
    if stat.S_ISREG(kind):
        return handle
    os.close(handle)
    if stat.S_ISDIR(kind):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), path)
    raise OSError(errno.EINVAL, "a pipe or device, where a file is needed", path)
