"""PNG and PDF: real pictures, with real Chinese glyphs, on a machine without any font."""

import io
from typing import Any

import pypdfium2  # type: ignore[import-untyped]  # it ships no types
import pytest
from PIL import Image

from app.draw import ExportError, Options, draw_svg, svg_to_pdf, svg_to_png

from .graphs import SVG, chain, graph, leaf, parse


def picture(name: str) -> str:
    return draw_svg(graph([leaf(0, name)], []), Options(theme="light"), standalone=True)


def pixels(png: bytes) -> Image.Image:
    return Image.open(io.BytesIO(png)).convert("L")


def page(pdf: bytes) -> Any:
    return pypdfium2.PdfDocument(pdf)[0]


def glyph(character: str) -> bytes:
    """The pixels of a box's title, which is the character alone."""
    svg = picture(character)
    title = next(text for text in parse(svg).iter(f"{SVG}text") if text.get("class") == "title")
    x, y = 2 * (12 + float(title.get("x", ""))), 2 * (12 + float(title.get("y", "")))
    return pixels(svg_to_png(svg)).crop((int(x) - 14, int(y) - 24, int(x) + 14, int(y) + 6)).tobytes()


def test_a_png_is_twice_the_drawings_size() -> None:
    svg = picture("x")
    wide, high = (2 * float(parse(svg).get(name, "")) for name in ("width", "height"))
    image = pixels(svg_to_png(svg))
    assert abs(image.width - wide) <= 1
    assert abs(image.height - high) <= 1


def test_a_chinese_name_has_glyphs_of_its_own_and_not_the_box_for_missing_ones() -> None:
    missing = glyph("한")
    assert missing == glyph("국"), "the font was expected to have no Korean"
    assert len({missing, *(glyph(character) for character in "梯度变量")}) == 5


def test_a_pdf_holds_its_words_as_text_chinese_too() -> None:
    words = page(svg_to_pdf(picture("梯度"))).get_textpage().get_text_range()
    assert "梯度" in words
    assert "AccumulateGrad" in words


def test_a_pdf_shows_what_the_png_shows() -> None:
    svg = picture("梯度变量")
    png, pdf = pixels(svg_to_png(svg)), page(svg_to_pdf(svg)).render(scale=2 * 96 / 72).to_pil().convert("L")
    pdf = pdf.resize(png.size)
    differing = sum(abs(a - b) > 96 for a, b in zip(png.tobytes(), pdf.tobytes(), strict=True))
    assert differing < 0.02 * png.width * png.height


def test_the_dark_theme_is_dark() -> None:
    svg = draw_svg(chain(3), Options(theme="dark"), standalone=True)
    assert pixels(svg_to_png(svg)).getpixel((1, 1)) == 21


def test_a_theme_left_to_the_reader_is_light_on_paper() -> None:
    svg = draw_svg(chain(3), Options(theme="auto"), standalone=True)
    assert pixels(svg_to_png(svg)).getpixel((1, 1)) == 255


def test_a_very_tall_picture_is_scaled_down_to_a_bounded_number_of_pixels() -> None:
    svg = draw_svg(chain(2000), Options(theme="light"), standalone=True)
    image = pixels(svg_to_png(svg))
    assert image.width * image.height <= 40_500_000


@pytest.mark.parametrize("text", ["", "<svg>", '<svg width="10" height="10"'])
def test_what_is_no_picture_is_refused_with_a_sentence(text: str) -> None:
    with pytest.raises(ExportError, match="Ask for the SVG instead"):
        svg_to_png(text)
