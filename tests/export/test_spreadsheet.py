"""A real spreadsheet program opens the exports: no cell is a formula, and texts arrive."""

import pathlib
import shutil
import subprocess
from csv import reader as csv_reader

import openpyxl
import pytest

from bot.export import csv, xlsx
from tests.export.tables import NAUGHTY_COLUMNS, NAUGHTY_ROWS

pytestmark = pytest.mark.browser
AS_CSV = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,true"
# Comma, double quote, UTF-8, from line 1; quoted cells are not simply text; numbers and formulas are looked for.
EAGER = "CSV:44,34,76,1,,0,false,true,false,false,false,0,true"


def opened(path: pathlib.Path, to: str, *options: str) -> pathlib.Path:
    """The file as LibreOffice opens it and saves it again."""
    program = shutil.which("soffice")
    if program is None:
        pytest.fail("LibreOffice is not here: apt-get install --no-install-recommends libreoffice-calc", pytrace=False)
    folder = path.parent / "opened"
    home = f"-env:UserInstallation=file://{path.parent / 'home'}"
    command = [program, home, "--headless", *options, "--convert-to", to, "--outdir", str(folder), str(path)]
    subprocess.run(command, check=True, capture_output=True, timeout=300)
    return folder / f"{path.stem}.{to.split(':')[0]}"


def formulas(path: pathlib.Path) -> list[object]:
    sheet = openpyxl.load_workbook(path).active
    return [cell.value for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]


@pytest.mark.parametrize("options", [(), (f"--infilter={EAGER}",)], ids=["as-it-opens", "eager"])
def test_no_cell_of_the_csv_is_a_formula(options: tuple[str, ...], tmp_path: pathlib.Path) -> None:
    csv.write(tmp_path / "guarded.csv", NAUGHTY_COLUMNS, NAUGHTY_ROWS)
    assert formulas(opened(tmp_path / "guarded.csv", "xlsx", *options)) == []


def test_without_the_guard_there_are_formulas(tmp_path: pathlib.Path) -> None:
    """So the tests above can see one."""
    (tmp_path / "bare.csv").write_text('"a"\r\n"=1+1"\r\n', "utf-8-sig")
    assert len(formulas(opened(tmp_path / "bare.csv", "xlsx", f"--infilter={EAGER}"))) == 1


def test_no_cell_of_the_xlsx_is_a_formula_and_texts_arrive(tmp_path: pathlib.Path) -> None:
    xlsx.write(tmp_path / "texts.xlsx", NAUGHTY_COLUMNS, NAUGHTY_ROWS)
    assert formulas(opened(tmp_path / "texts.xlsx", "xlsx")) == []
    header, *rows = csv_rows(opened(tmp_path / "texts.xlsx", AS_CSV))
    assert header == ["id", "text", "last"]
    assert rows == [[xlsx.shown(cell) for cell in row] for row in NAUGHTY_ROWS]


def csv_rows(path: pathlib.Path) -> list[list[str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv_reader(file))
