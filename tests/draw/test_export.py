"""PNG and PDF: real pictures, with real Chinese glyphs, on a machine without any font."""

import io
from typing import Any

import pypdfium2
import pytest
from PIL import Image

from app.draw import ExportError, Options, draw_svg, svg_to_pdf, svg_to_png

from .graphs import chain, graph, leaf


def picture(name: str) -> str:
    return draw_svg(graph([leaf(0, name)], []), Options(theme="light"), standalone=True)


def pixels(png: bytes) -> Image.Image:
    return Image.open(io.BytesIO(png)).convert("L")


def page(pdf: bytes) -> Any:
    return pypdfium2.PdfDocument(pdf)[0]


def glyph(name: str) -> bytes:
    """The pixels of the title's first character."""
    image = pixels(svg_to_png(picture(name)))
    middle = image.width // 2 if image.width < 300 else 0
    return image.crop((max(middle - 14, 0), 24, 220, 76)).tobytes()


def test_a_png_is_twice_the_drawings_size() -> None:
    image = pixels(svg_to_png(picture("x")))
    assert (image.width, image.height) == (888, 254)


def test_a_chinese_name_has_glyphs_of_its_own_and_not_the_box_for_missing_ones() -> None:
    drawn = {name: glyph(name) for name in ("梯", "度", "量", "\U000f0000", "\U000f0001")}
    assert drawn["\U000f0000"] == drawn["\U000f0001"]
    assert len({drawn[name] for name in ("梯", "度", "量", "\U000f0000")}) == 4


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
    assert pixels(svg_to_png(svg)).getpixel((1, 1)) == 22


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
