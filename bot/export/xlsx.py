"""XLSX for spreadsheets: every cell a text, never a formula, a number or a link; bold frozen header with a filter.

The last sheet says what each column and code means.
"""

import io
import pathlib
import re
from collections.abc import Iterable, Mapping
from typing import Any

import xlsxwriter
from xlsxwriter.exceptions import FileCreateError
from xlsxwriter.worksheet import Worksheet

from bot.export.table import Column, Row

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ENCODING = ""
DIALECT: Mapping[str, object] = {}
SEVERAL = "string"
CELL = 32_767  # what a cell holds, in UTF-16 units
SHEET = 1_048_575  # what a sheet holds below its header, in rows
NOTE = (
    f"A text over {CELL:,} characters is cut, and says so at its end; the other formats hold it whole. "
    f"After {SHEET:,} rows the table goes on in the next sheet. The last sheet says what each column and code means."
)
WIDTHS = (8, 60)  # of a column, in characters
EXPLAINED = "columns"
LOOKED_AT = 100  # rows for the widths
# ECMA-376 (ST_Xstring): what XML cannot hold, and the underscore of a text that looks like its escape.
ESCAPED = re.compile("_(?=x[0-9A-Fa-f]{4}_)|[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]")


class Sheet(Worksheet):  # type: ignore[misc]
    """A sheet where XlsxWriter loses no text: it writes one from <r> to </r> as markup, and misses _x005F_x0041_."""

    def _escape_control_characters(self, text: str) -> str:
        return ESCAPED.sub(lambda found: f"_x{ord(found[0]):04X}_", text)

    def _xml_rich_inline_string(self, text: str, attributes: list[tuple[str, str]]) -> None:
        self._xml_inline_string(text, None, attributes)


def shown(text: str) -> str:
    """The text as a cell can hold it: whole, or cut and marked."""
    if len(text) <= CELL // 2 or units(text) <= CELL:
        return text
    mark = f" [CUT: a cell holds {CELL:,} of this text's {units(text):,} characters]"
    return text.encode("utf-16-le")[: 2 * (CELL - len(mark))].decode("utf-16-le", "ignore") + mark


def units(text: str) -> int:
    return len(text) + sum(character > "\uffff" for character in text)


class Target(io.FileIO):
    """The book's file.

    Where the disk refuses something, XlsxWriter leaves its archive open, which ends itself when it is collected, and
    would complain on standard error. Once the file was ended it takes whatever comes, and only counts it.
    """

    place: int | None = None  # where it is, once it was ended

    def end(self) -> None:
        self.place = self.tell()
        self.close()

    def write(self, data: Any) -> int:
        if self.place is not None:
            self.place += len(data)
            return len(data)
        left = memoryview(data)
        while left:
            left = left[super().write(left) :]
        return len(data)

    def seek(self, place: int, whence: int = io.SEEK_SET) -> int:
        if self.place is None:
            return super().seek(place, whence)
        self.place = place
        return place

    def tell(self) -> int:
        return super().tell() if self.place is None else self.place

    def flush(self) -> None:
        if self.place is None:
            super().flush()


def write(path: pathlib.Path, columns: list[Column], rows: Iterable[Row], *, longest: int = SHEET) -> int:
    """Write the table; how many rows. `longest`: rows a sheet."""
    target = Target(path, "w")
    try:
        return write_book(target, path.parent, columns, rows, longest)
    except FileCreateError as problem:  # XlsxWriter's wrapping of what the disk said
        raise OSError(*getattr(problem.args[0], "args", problem.args)) from None
    finally:
        target.end()


def write_book(target: Target, folder: pathlib.Path, columns: list[Column], rows: Iterable[Row], longest: int) -> int:
    options = {
        "constant_memory": True,
        "tmpdir": str(folder),  # its parts lie where the export goes, not in a folder that others read
        "use_zip64": True,
        "strings_to_formulas": False,
        "strings_to_numbers": False,
        "strings_to_urls": False,
    }
    names = [column.name for column in columns]
    widths = [max(WIDTHS[0], len(name) + 2) for name in names]
    count = 0
    with xlsxwriter.Workbook(target, options) as book:
        bold = book.add_format({"bold": True})
        sheet = head(book, names, bold)
        for row in rows:
            if count and count % longest == 0:
                sheet = head(book, names, bold)
            line = count % longest + 1
            for index, cell in enumerate(row):
                if cell:
                    sheet.write_string(line, index, shown(cell))
            if count < LOOKED_AT:
                widths = [max(width, len(cell)) for width, cell in zip(widths, row, strict=True)]
            count += 1
        for number, sheet in enumerate(book.worksheets()):
            sheet.autofilter(0, 0, min(count - number * longest, longest), len(names) - 1)
            for index, width in enumerate(widths):
                sheet.set_column(index, index, min(width, WIDTHS[1]))
        explain(book, columns, bold)
    return count


def head(book: xlsxwriter.Workbook, names: list[str], bold: object) -> Sheet:
    """A new sheet with its header."""
    number = len(book.worksheets())
    return titled(book, f"feedback {number + 1}" if number else "feedback", names, bold)


def explain(book: xlsxwriter.Workbook, columns: list[Column], bold: object) -> None:
    """The sheet on the columns: as in the data package, a code and its label a line."""
    sheet = titled(book, EXPLAINED, ("name", "title", "description", "codes"), bold)
    sheet.set_column(0, 3, WIDTHS[1] // 2, book.add_format({"text_wrap": True, "valign": "top"}))
    for line, column in enumerate(columns, 1):
        codes = "\n".join(f"{code}: {label}" for code, label in (column.codes or {}).items())
        for index, cell in enumerate((column.name, column.title, column.description, codes)):
            if cell:
                sheet.write_string(line, index, shown(cell))


def titled(book: xlsxwriter.Workbook, title: str, names: Iterable[str], bold: object) -> Sheet:
    sheet: Sheet = book.add_worksheet(title, Sheet)
    sheet.freeze_panes(1, 0)
    for index, name in enumerate(names):
        sheet.write_string(0, index, name, bold)
    return sheet
