"""How programs end, and what they find when they start."""

import os
import signal

import pytest

from app.events import Ended, ExceptionRaised, Outcome

from .conftest import Observed


@pytest.mark.parametrize(
    ("source", "outcome", "kind"),
    [
        ("", Outcome.OK, None),
        ("print(1)", Outcome.OK, None),
        ("import sys; sys.exit()", Outcome.OK, None),
        ("import sys; sys.exit(0)", Outcome.OK, None),
        ("import sys; sys.exit(3)", Outcome.EXCEPTION, "SystemExit"),
        ("import sys; sys.exit('sorry')", Outcome.EXCEPTION, "SystemExit"),
        ("raise KeyboardInterrupt", Outcome.EXCEPTION, "KeyboardInterrupt"),
        ("import nowhere", Outcome.EXCEPTION, "ModuleNotFoundError"),
        ("x = = 1", Outcome.EXCEPTION, "SyntaxError"),
        ("x = 1\0", Outcome.EXCEPTION, "SyntaxError"),
    ],
)
def test_every_program_ends_with_one_last_word(
    observed: Observed, source: str, outcome: Outcome, kind: str | None
) -> None:
    told = observed(source)
    assert told.ended.outcome == outcome
    assert isinstance(told.events[-1], Ended)
    assert [event.kind for event in told.all(ExceptionRaised)] == ([kind] if kind else [])


def test_words_given_to_exit_go_to_standard_error(observed: Observed) -> None:
    assert observed("import sys; sys.exit('sorry')").stderr == "sorry\n"


def test_the_program_is_main_and_torch_is_there(observed: Observed) -> None:
    told = observed(
        "if __name__ == '__main__':\n    print(torch.ones(1).item(), sorted(k for k in globals() if k[0] != '_'))"
    )
    assert told.stdout == "1.0 []\n"


def test_what_was_there_before_an_exception_is_reported(observed: Observed) -> None:
    told = observed("x = torch.ones(1, requires_grad=True)\n(x * 2).sum().backward()\nraise ValueError('after')")
    assert told.tensor("x").grad_reason == "present"


def test_a_trace_function_left_on_does_not_disturb_the_report(observed: Observed) -> None:
    told = observed("import sys\nx = torch.ones(1)\nsys.settrace(lambda *a: 1 / 0)")
    assert told.tensor("x").name == "x"
    assert told.stderr == ""


def test_a_stop_ends_the_program_and_what_it_had_is_reported(observed: Observed) -> None:
    told = observed("import os, signal\nx = torch.ones(1)\nos.kill(os.getpid(), signal.SIGTERM)\nwhile True: pass")
    assert told.ended.outcome == Outcome.STOPPED
    assert told.tensor("x").name == "x"


def test_a_stop_before_the_first_statement_is_a_stop_and_no_exception(observed: Observed) -> None:
    class StopsWhenCompiled(str):
        def __len__(self) -> int:
            os.kill(os.getpid(), signal.SIGTERM)
            return super().__len__()

    told = observed(StopsWhenCompiled("print('never')"))
    assert (told.events, told.ended.outcome, told.stdout) == ([told.ended], Outcome.STOPPED, "")


def test_the_cpu_limit_ends_the_program_as_a_timeout(observed: Observed) -> None:
    told = observed("import os, signal\nos.kill(os.getpid(), signal.SIGXCPU)\nwhile True: pass")
    assert told.ended.outcome == Outcome.TIMEOUT


def test_the_last_word_names_the_exception_and_its_line(observed: Observed) -> None:
    detail = observed("x = 1\nraise ValueError('no')").ended.detail
    assert detail == "The program raised ValueError on line 2 and did not catch it; the exception's words say why."
