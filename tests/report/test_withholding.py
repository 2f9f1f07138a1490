"""What is withheld of a table, checked by arithmetic of its own and not by the program's."""

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from bot.report.withholding import FEWEST, group_small, small, withhold

CODES = st.dictionaries(st.sampled_from("abcdefghij"), st.integers(0, 30) | st.integers(0, 6), min_size=1)


def smallest(codes: Sequence[str], weights: Sequence[float]) -> str:
    return max(zip(weights, codes, strict=True))[1]


@given(CODES)
def test_no_part_of_a_total_can_be_worked_out_as_small(counts: dict[str, int]) -> None:
    total = sum(counts.values())
    if total < FEWEST:
        return
    cells = withhold(counts, total, several=False)
    hidden = [code for code, count in cells.items() if count is None]
    rest = total - sum(count or 0 for count in cells.values())
    whole = len(hidden) == len(cells)
    for code, count in cells.items():
        assert count is None or count == counts[code]
        assert count is None or not small(count)
    if hidden:  # each is at least one, unless nothing of the table is shown
        most = rest if whole else rest - (len(hidden) - 1)
        assert most >= FEWEST
        assert whole or len(hidden) > 1
        assert whole or all(counts[code] for code in hidden)


@given(CODES, st.integers(5, 30))
def test_where_an_item_can_be_in_several_no_cell_and_no_rest_is_small(counts: dict[str, int], total: int) -> None:
    counts = {code: min(count, total) for code, count in counts.items()}
    for code, count in withhold(counts, total, several=True).items():
        assert (count is None) == (small(counts[code]) or small(total - counts[code]))
        assert count in (None, counts[code])


def test_a_zero_is_shown_and_a_small_group_takes_another_with_it() -> None:
    counts = {"a": 12, "b": 3, "c": 0, "d": 9}
    assert withhold(counts, 24, several=False, draw=smallest) == {"a": 12, "b": None, "c": 0, "d": None}
    drawn = [withhold(counts, 24, several=False)["d"] for _ in range(400)]
    assert 30 < drawn.count(9) < 170  # about a quarter: nobody can count on it that the smallest goes


def test_where_nothing_else_helps_the_whole_table_goes() -> None:
    assert withhold({"a": 3, "b": 2, "c": 0}, 5, several=False) == {"a": None, "b": None, "c": None}


@given(CODES)
def test_small_topics_become_one_group_that_is_not_small(counts: dict[str, int]) -> None:
    grouped = group_small(counts, "other")
    assert sum(grouped.values()) == sum(counts.values())
    assert list(grouped)[-1] == "other"
    if sum(counts.values()) >= FEWEST:
        assert not any(small(count) for count in grouped.values())
