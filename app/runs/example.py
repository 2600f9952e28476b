"""A file of the examples -> its title and the source a person sees. Knows nothing of where the files lie."""

TITLE_MARK = "# title: "


def title_and_source(text: str, otherwise: str) -> tuple[str, str]:
    """The title in the first line and the source below it; `otherwise` is the title of a file that has none."""
    first, _, rest = text.partition("\n")
    if not first.startswith(TITLE_MARK):
        return otherwise, text
    return first.removeprefix(TITLE_MARK).strip(), rest.lstrip("\n")
