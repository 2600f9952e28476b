"""A program: an SVG on standard input -> PNG or PDF on standard output. Run by `export`, in a process of its own.

Not imported by the server: the converter and its fonts would stay in the server's memory. It sees no files but the
font's, and no system fonts, so a picture is the same on every machine.
"""

import sys

PIXELS_PER_INCH = 96
SCALE = 2
MOST_PIXELS = 40_000_000
PAGE = b'#set page(width: auto, height: auto, margin: 0pt)\n#image(bytes(sys.inputs.svg), format: "svg")\n'


def main(wanted: str, width: float, height: float) -> None:
    """Converts standard input to `wanted`, `png` or `pdf`; the size in pixels bounds a PNG's scale."""
    import pylopdf_fonts_zh_cn
    import typst

    svg = sys.stdin.buffer.read().decode()
    fonts = typst.Fonts(
        include_system_fonts=False,
        include_embedded_fonts=False,
        font_paths=[str(pylopdf_fonts_zh_cn.sans_path().parent)],
    )
    scale = min(SCALE, (MOST_PIXELS / max(width * height, 1)) ** 0.5)
    made = typst.compile(
        PAGE,
        format="png" if wanted == "png" else "pdf",
        ppi=PIXELS_PER_INCH * scale,
        font_paths=fonts,
        sys_inputs={"svg": svg},
    )
    sys.stdout.buffer.write(made if isinstance(made, bytes) else b"".join(made or []))


if __name__ == "__main__":
    main(sys.argv[1], float(sys.argv[2]), float(sys.argv[3]))
