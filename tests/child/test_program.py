"""Sources that compile, that do not, and that come out of a notebook."""

import pytest

from app.child.program import compile_program, without_notebook_lines


def test_a_syntax_error_is_pythons_own() -> None:
    with pytest.raises(SyntaxError) as caught:
        compile_program("x = 1\ny = (2\n")
    assert (caught.value.lineno, caught.value.msg) == (2, "'(' was never closed")


def test_notebook_lines_are_left_out_with_a_sentence_each() -> None:
    text, notes = without_notebook_lines("!pip install x\nimport math\nif True:\n    %matplotlib inline\n")
    assert text == "pass  # !pip install x\nimport math\nif True:\n    pass  # %matplotlib inline\n"
    assert notes == [
        "Line 1 was left out: `!pip install x` is a notebook command, not Python. Nothing can be installed here; "
        "torch, numpy, matplotlib and tqdm are ready to import.",
        "Line 4 was left out: `%matplotlib inline` is a notebook command, not Python. Figures appear in the page by "
        "themselves when plt.show() is called.",
    ]


def test_a_percent_sign_in_real_python_is_left_alone() -> None:
    program = compile_program("x = 5\ny = (x\n% 3)\n")
    assert program.notes == []


def test_a_program_at_pythons_nesting_limit_runs_without_marks() -> None:
    source = "def f():\n" + "".join(" " * (i + 1) + "for _ in [1]:\n" for i in range(20)) + " " * 21 + "x.backward()\n"
    assert compile_program(source).sites == []


def test_an_expression_too_deep_to_rewrite_still_compiles() -> None:
    source = "x = " + "(" * 90 + "1" + ")" * 90 + "\ny = " + "-" * 80 + "x"
    compile_program(source)


def test_text_that_is_no_program_is_refused_by_compile() -> None:
    with pytest.raises((ValueError, SyntaxError)):
        compile_program("x = 1\0")
