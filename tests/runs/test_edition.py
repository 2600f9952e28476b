"""What tells one version of the code from another."""

from pathlib import Path

from app.runs.edition import APP, edition, of_folder


def test_the_same_code_is_the_same_wherever_it_lies_and_other_code_is_not(tmp_path: Path) -> None:
    for place in ("here", "there/gradwalk"):
        (tmp_path / place).mkdir(parents=True)
        (tmp_path / place / "a.py").write_text("1")
    here, there = of_folder(tmp_path / "here"), of_folder(tmp_path / "there/gradwalk")
    (tmp_path / "here" / "a.py").write_text("2")
    assert (here == there, of_folder(tmp_path / "here") == here) == (True, False)


def test_ours_is_that_of_the_whole_package() -> None:
    assert edition() == of_folder(APP)
