"""What a child writes through: text that is counted, and lines that say how much text came before."""

import os

from app.child.streams import CountedText

from .alone_in_python import in_a_fresh_python

REPORTS = """
    from app.child.streams import reporter, text_streams
    out, err = text_streams()
    send = reporter(out, err)
    print("é")
    send(b"first")
    out.write("no line break")
    err.write("x")
    send(b"second")
"""


def test_text_is_counted_in_bytes_as_it_goes_out() -> None:
    reading, writing = os.pipe()
    text = CountedText(writing)
    text.write("é\n")
    text.write("held back")
    assert (os.read(reading, 100), text.raw_stream.written) == ("é\n".encode(), 3)
    text.flush()
    assert (os.read(reading, 100), text.raw_stream.written) == (b"held back", 12)
    text.close()
    os.close(reading)
    os.close(writing)


def test_lone_surrogates_are_written_as_escapes() -> None:
    reading, writing = os.pipe()
    CountedText(writing).write("\ud800\n")
    assert os.read(reading, 100) == b"\\ud800\n"
    os.close(reading)
    os.close(writing)


def test_a_line_says_what_was_printed_before_it_and_comes_after_it() -> None:
    assert in_a_fresh_python(REPORTS) == ["é", "3 0 first", "no line break16 1 second"]


def test_a_child_that_lost_its_result_pipe_ends_with_a_status_of_its_own() -> None:
    source = """
        import os
        from app.child.streams import SPEECHLESS, reporter, text_streams
        child = os.fork()
        if child == 0:
            os.close(3)
            reporter(*text_streams())(b"line")
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == SPEECHLESS)
    """
    assert in_a_fresh_python(source) == ["True"]
