"""Figures as aligned Markdown tables."""

from collections.abc import Sequence


def percent(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f} %" if whole else "-"


def table(heads: Sequence[str], rows: Sequence[Sequence[str]], left: int = 1) -> str:
    """Aligned; the first `left` columns, and every column of words, to the left."""
    columns = list(zip(heads, *rows, strict=True))
    wide = [max(map(len, column)) for column in columns]
    words = [
        n < left or not any(cell == "-" or cell[:1].isdigit() for cell in column[1:])
        for n, column in enumerate(columns)
    ]

    def line(cells: Sequence[str]) -> str:
        padded = (c.ljust(w) if to_left else c.rjust(w) for c, w, to_left in zip(cells, wide, words, strict=True))
        return f"| {' | '.join(padded)} |"

    rule = "|".join("-" * (w + 1) + ("-" if to_left else ":") for w, to_left in zip(wide, words, strict=True))
    return "\n".join([line(heads), f"|{rule}|", *(line(row) for row in rows)])
