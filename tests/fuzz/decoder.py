"""`python -m tests.fuzz.decoder [libFuzzer's options] [folders]`: bytes that are neither taken nor refused as promised.

Guided by what the decoder has not done yet (atheris). What was found stays in tests/data/corpus/.
"""

import sys


def main() -> None:
    """Looks until the runs asked for are done; ends with a traceback, and the bytes, where something is found."""
    import atheris

    with atheris.instrument_imports(include=["app.events", "app.runs", "app.draw", "tests.fuzz.target"]):
        from tests.fuzz.target import look
    atheris.Setup(sys.argv, look)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
