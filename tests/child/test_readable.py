"""What children may read: libraries, and never the server's own folder."""

import os
import sysconfig
from pathlib import Path

from app.child.readable import exposed, libraries, places


def test_the_libraries_are_pythons_own_and_the_installed_packages() -> None:
    folders = libraries()
    assert os.path.realpath(sysconfig.get_path("stdlib")) in folders
    assert os.path.realpath(sysconfig.get_path("purelib")) in folders
    assert str(Path(__file__).parents[2]) not in folders


def test_nothing_of_the_systems_own_state_is_readable() -> None:
    forbidden = ("/", "/etc", "/proc", "/sys", "/home", "/root", "/tmp", "/var", "/usr", "/usr/lib")
    assert not set(places()) & set(forbidden)


def test_a_private_folder_inside_a_library_is_noticed_also_behind_a_link(tmp_path: Path) -> None:
    library = libraries()[0]
    link = tmp_path / "link"
    link.symlink_to(library)
    assert exposed(os.path.join(library, "data")) == library
    assert exposed(str(link / "data")) == library
    assert exposed(str(tmp_path)) is None
