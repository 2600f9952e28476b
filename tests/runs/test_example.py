"""The first line of an example is its title."""

from app.runs.example import title_and_source


def test_the_title_is_taken_off_the_source() -> None:
    assert title_and_source("# title: A leaf\n\nx = 1\n", "slug") == ("A leaf", "x = 1\n")


def test_a_file_without_a_title_keeps_all_its_lines() -> None:
    assert title_and_source("x = 1\n", "slug") == ("slug", "x = 1\n")
