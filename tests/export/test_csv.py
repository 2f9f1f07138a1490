"""The guard of the CSV: what would start a formula is text, numbers are numbers, and a rule takes it back."""

import pathlib
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.export import csv
from bot.export.table import Column

SIGNS = "=+-@|%\t\r\n＝＋－＠｜％"
BLANKS = " \t\n\r\x0b\x0c\x00\x1f\x85\u00a0\u00ad\u1680\u180e\u2003\u200b\u200d\u200f\u2028\u202e\u2060\u3000\ufeff"


@pytest.mark.parametrize("sign", SIGNS)
def test_a_sign_is_guarded(sign: str) -> None:
    assert csv.shown(f"{sign}SUM(A1)") == f"'{sign}SUM(A1)"
    assert csv.shown(sign) == f"'{sign}"


@pytest.mark.parametrize("blank", BLANKS)
@pytest.mark.parametrize("sign", "=+-@|%＝＋－＠")
def test_a_sign_after_blanks_is_guarded(blank: str, sign: str) -> None:
    assert csv.shown(f"{blank}{sign}1+1") == f"'{blank}{sign}1+1"
    assert csv.shown(f" {blank}{blank} {sign}1+1") == f"' {blank}{blank} {sign}1+1"


@pytest.mark.parametrize("number", ["5", "-5", "+5", "-1.5", "+1,5", "007", "-0"])
def test_numbers_stay(number: str) -> None:
    assert csv.shown(number) == number


@pytest.mark.parametrize("text", ["-5\n", "-1-1", "+1 555 010", "-", "+", "-.5+1", "-５", "'-5", "'", "'twas", " -5"])
def test_what_only_looks_like_a_number_is_guarded(text: str) -> None:
    assert csv.shown(text) == "'" + text


@pytest.mark.parametrize("text", ["", "a=1", "1=1", "5%", "(=1)", '"=1"', "¿=?", "👩🏽‍🏭 =", "ñ", "x\n=1"])
def test_the_rest_stays(text: str) -> None:
    assert csv.shown(text) == text


@given(st.text(st.characters() | st.sampled_from(SIGNS + BLANKS + "'5")))
@example("\U000e0001=1")
@example("\u2066 =1")
def test_no_first_visible_sign_and_a_way_back(text: str) -> None:
    shown = csv.shown(text)
    assert shown.removeprefix("'") == text
    seen = "".join(one for one in shown if unicodedata.category(one) not in ("Cc", "Cf", "Zs", "Zl", "Zp"))
    assert seen[:1] not in tuple("=+-@|%＝＋－＠｜％") or csv.NUMBER.fullmatch(text)


def test_the_bytes(tmp_path: pathlib.Path) -> None:
    """Byte order mark, CRLF, all cells quoted, the header guarded too."""
    csv.write(tmp_path / "a.csv", [Column("id", "", ""), Column("=x", "", "")], [("1", 'say "hi"\nñ'), ("2", "")])
    assert (tmp_path / "a.csv").read_bytes() == (
        b'\xef\xbb\xbf"id","\'=x"\r\n"1","say ""hi""\n' + "ñ".encode() + b'"\r\n"2",""\r\n'
    )
