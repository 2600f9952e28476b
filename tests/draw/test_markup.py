"""A stranger's words in SVG."""

from app.draw.markup import attributes, legal, number, text


def test_words_are_escaped_and_what_xml_has_not_is_replaced() -> None:
    assert text('<a href="x">&\x00\n') == "&lt;a href=&quot;x&quot;&gt;&amp;\ufffd&#10;"
    assert legal("plain 中文 \t") == "plain 中文 \t"
    assert legal("\x07\ufffe") == "\ufffd\ufffd"


def test_attributes_and_numbers_are_short() -> None:
    assert attributes({"class": "a", "data-label": "<"}) == ' class="a" data-label="&lt;"'
    assert (number(3.0), number(2.449)) == ("3", "2.4")
