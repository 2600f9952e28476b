"""Exceptions as the learner sees them."""

import pytest

from app.events import Outcome

from .conftest import Observed


def test_torchs_words_stand_at_the_learners_line_and_column(observed: Observed) -> None:
    told = observed("x = torch.ones(2, requires_grad=True)\ny = x * 2\ny.requires_grad_(False)")
    failure = told.exception
    assert (failure.kind, failure.line, failure.column) == ("RuntimeError", 3, 0)
    assert failure.message.startswith("you can only change requires_grad flags of leaf variables.")


def test_the_innermost_line_of_the_learners_own_source_counts(observed: Observed) -> None:
    told = observed("def f(a):\n    return torch.mm(a, a)\nf(torch.ones(2, 3))")
    assert told.exception.line == 2
    assert 'File "<user>", line 3, in <module>' in told.exception.traceback
    assert "site-packages" not in told.exception.traceback


def test_a_syntax_error_has_its_line_and_column(observed: Observed) -> None:
    failure = observed("x = 1\nif x\n    pass").exception
    assert (failure.kind, failure.message, failure.line, failure.column) == ("SyntaxError", "expected ':'", 2, 4)


def test_an_exception_whose_own_words_fail_is_still_told(observed: Observed) -> None:
    told = observed("class Bad(Exception):\n    def __str__(self): raise RuntimeError\nraise Bad")
    assert (told.exception.kind, told.exception.message) == ("Bad", "(the exception's own __str__ failed)")
    assert told.ended.outcome == Outcome.EXCEPTION


def test_the_cause_is_told_too(observed: Observed) -> None:
    told = observed("try:\n    1 / 0\nexcept ZeroDivisionError as e:\n    raise ValueError('no') from e")
    assert "ZeroDivisionError: division by zero" in told.exception.traceback
    assert told.exception.kind == "ValueError"


@pytest.mark.parametrize("words", ["raise MemoryError", 'raise RuntimeError("can\'t allocate memory")'])
def test_the_allocators_refusal_ends_the_run_out_of_memory(observed: Observed, words: str) -> None:
    assert observed(words).ended.outcome == Outcome.OUT_OF_MEMORY


def test_endless_recursion_is_an_exception(observed: Observed) -> None:
    told = observed("def f():\n    f()\nf()")
    assert (told.exception.kind, told.exception.line) == ("RecursionError", 2)
