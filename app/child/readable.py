"""What a confined child may read: Python's own library, the installed packages, fonts and time zones. Nothing else.

No system library folder is among them: what has one is imported before the walls go up.
"""

import os
import site
import sysconfig
from collections.abc import Iterable

from .confine import ConfineError, become_stranger

SYSTEM_FOLDERS = ("/usr/share/fonts", "/usr/local/share/fonts", "/usr/share/zoneinfo")
SYSTEM_FILES = ("/dev/null", "/dev/urandom")


def libraries() -> list[str]:
    """The folders Python imports from, without those a .pth file or the starter added."""
    names = [sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib")]
    return sorted({os.path.realpath(name) for name in [*names, *site.getsitepackages()] if os.path.isdir(name)})


def places() -> list[str]:
    """Every folder and file a child may read, with all that lies below."""
    own = [os.environ["MPLCONFIGDIR"]] if "MPLCONFIGDIR" in os.environ else []
    return [*libraries(), *own, *filter(os.path.isdir, SYSTEM_FOLDERS), *SYSTEM_FILES]


def exposed(private: str) -> str | None:
    """The readable folder that `private` lies in, or None as it should be."""
    target = os.path.realpath(private)
    inside = (place for place in libraries() if os.path.commonpath([place, target]) == place)
    return next(inside, None)


def right_to_keep() -> bool | None:
    """Whether a child that gives root up must keep root's right to read files, to read the libraries.

    None where not even that would do: then they must be imported before.
    """
    if os.geteuid() != 0 or _stranger_reads(libraries(), False):
        return False
    return True if _stranger_reads(libraries(), True) else None


def _stranger_reads(folders: Iterable[str], keeps_reading: bool) -> bool:
    """Tried in a child, for nothing else knows modes, lists and mounts alike."""
    child = os.fork()
    if child == 0:
        try:
            become_stranger(0, keeps_reading)
            for folder in folders:
                os.listdir(folder)
            os._exit(0)
        except (OSError, ConfineError):
            os._exit(1)
        finally:
            os._exit(2)
    return os.waitpid(child, 0)[1] == 0
