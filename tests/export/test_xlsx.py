"""XLSX: the looks, the limits of a cell and of a sheet, and texts that the writer would take for markup."""

import errno
import gc
import pathlib
import sys
import zipfile
from typing import Any

import openpyxl
import pytest

from bot.export import xlsx
from bot.export.table import Column
from tests.export.readers import read_xlsx

COLUMNS = [Column("id", "", ""), Column("text", "", "")]


def test_a_bold_frozen_header_and_sensible_widths(tmp_path: pathlib.Path) -> None:
    xlsx.write(tmp_path / "a.xlsx", COLUMNS, [("1", "word " * 300), ("2", "")])
    sheet = openpyxl.load_workbook(tmp_path / "a.xlsx")["feedback"]
    assert sheet.freeze_panes == "A2"
    assert [cell.font.bold for cell in sheet[1]] == [True, True]
    assert not sheet["B2"].font.bold
    assert sheet.column_dimensions["A"].width < 12
    assert 55 < sheet.column_dimensions["B"].width < 65


@pytest.mark.parametrize("text", ["a" * 32_767, "ñ" * 32_767, "😀" * 16_383])
def test_what_fits_is_whole(text: str) -> None:
    assert xlsx.shown(text) == text


@pytest.mark.parametrize("text", ["a" * 32_768, "a" * 40_000, "😀" * 16_384, "x" + "😀" * 20_000])
def test_what_does_not_fit_is_cut_and_says_so(text: str, tmp_path: pathlib.Path) -> None:
    """The limit counts UTF-16 units, and no character is cut in two."""
    xlsx.write(tmp_path / "a.xlsx", COLUMNS, [("1", text)])
    (found,) = (row[1] for row in read_xlsx(tmp_path / "a.xlsx")[1])
    kept, mark = found.split(" [")
    assert mark == f"CUT: a cell holds 32,767 of this text's {len(text.encode('utf-16-le')) // 2:,} characters]"
    assert text.startswith(kept)
    assert 32_766 <= len(found.encode("utf-16-le")) // 2 <= 32_767


def test_a_long_table_goes_on_in_the_next_sheet(tmp_path: pathlib.Path) -> None:
    assert xlsx.SHEET == 2**20 - 1
    rows = [(str(number), "=1+1") for number in range(25)]
    assert xlsx.write(tmp_path / "a.xlsx", COLUMNS, iter(rows), longest=10) == 25
    sheets = openpyxl.load_workbook(tmp_path / "a.xlsx").worksheets
    assert [(sheet.title, sheet.max_row) for sheet in sheets] == [
        ("feedback", 11),
        ("feedback 2", 11),
        ("feedback 3", 6),
        ("columns", 3),
    ]
    assert all(sheet.freeze_panes == "A2" for sheet in sheets)
    assert [sheet.auto_filter.ref for sheet in sheets] == ["A1:B11", "A1:B11", "A1:B6", None]
    assert read_xlsx(tmp_path / "a.xlsx")[1] == rows


def test_a_full_sheet_begins_no_other(tmp_path: pathlib.Path) -> None:
    xlsx.write(tmp_path / "a.xlsx", COLUMNS, [("1", "a"), ("2", "b")], longest=2)
    assert openpyxl.load_workbook(tmp_path / "a.xlsx").sheetnames == ["feedback", "columns"]


def test_the_last_sheet_says_what_columns_and_codes_mean(tmp_path: pathlib.Path) -> None:
    codes = {"idea": "An idea", "@home": "=From home"}
    columns = [Column("id", "Item", "Random id"), Column("kind", "=Kind", "What it is", codes)]
    xlsx.write(tmp_path / "a.xlsx", columns, [])
    sheet = openpyxl.load_workbook(tmp_path / "a.xlsx")["columns"]
    assert list(sheet.values) == [
        ("name", "title", "description", "codes"),
        ("id", "Item", "Random id", None),
        ("kind", "=Kind", "What it is", "idea: An idea\n@home: =From home"),
    ]
    assert {cell.data_type for row in sheet.iter_rows() for cell in row if cell.value} == {"s"}


def test_markup_is_text(tmp_path: pathlib.Path) -> None:
    """XlsxWriter wrote <r>...</r> unescaped: a member's words were lost, or the file could not be read."""
    texts = ["<r><t>gone</t></r>", "<r>&</r>", "<r></r>", "</t></is></c>", "_x0041_", "_x005F_x0041_", "a\ufffeb"]
    xlsx.write(tmp_path / "a.xlsx", COLUMNS, [("1", text) for text in texts])
    assert [row[1] for row in read_xlsx(tmp_path / "a.xlsx")[1]] == texts


def test_no_formula_no_link_no_author(tmp_path: pathlib.Path) -> None:
    xlsx.write(
        tmp_path / "a.xlsx", COLUMNS, [("1", "=1+1"), ("2", "http://x.invalid"), ("3", "file:///etc"), ("4", "7")]
    )
    with zipfile.ZipFile(tmp_path / "a.xlsx") as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
        assert not [name for name in book.namelist() if "worksheets/_rels" in name]
        assert b"<dc:creator></dc:creator>" in book.read("docProps/core.xml")
    assert "<f>" not in sheet
    assert "hyperlink" not in sheet
    assert sheet.count("<c ") == sheet.count('t="inlineStr"')


def test_a_disk_that_refuses_is_one_error_and_nothing_complains_later(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The archive that XlsxWriter leaves open ends itself when it is collected."""
    complaints: list[object] = []
    monkeypatch.setattr(sys, "unraisablehook", complaints.append)
    real = xlsx.Target.write

    def full(self: xlsx.Target, data: Any) -> int:
        if self.place is None and self.tell() > 1000:
            raise OSError(errno.ENOSPC, "No space left on device")
        return real(self, data)

    monkeypatch.setattr(xlsx.Target, "write", full)
    with pytest.raises(OSError, match="No space left"):
        xlsx.write(tmp_path / "a.xlsx", COLUMNS, [(str(number), f"{number:x}" * 50) for number in range(3000)])
    gc.collect()
    assert [str(one) for one in complaints] == []
