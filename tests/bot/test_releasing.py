"""What goes to the AI developers: groups of five, months decided once, nothing given away by a race."""

import dataclasses
import datetime as dt
import json
import pathlib
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import changing
from bot.content import Content
from bot.envelopes import GONE, change_later
from bot.errors import Changed, NotAllowed
from bot.events import Role
from bot.export.developers import Developers, Labels, without_name
from bot.export.output import File, Folder
from bot.exporting import Order, export
from bot.feedback import Feedback, Level
from bot.filing import file_due
from bot.ports import Store
from bot.redaction import KINDS
from bot.releasing import FEWEST, Combination, Kept, about, blanked, decide
from bot.vault import Vault
from tests.bot.desks import feedback, filed

NOW = dt.datetime(2026, 12, 30, tzinfo=dt.UTC)
OCTOBER, NOVEMBER, DECEMBER = "2026-W41", "2026-W46", "2026-W50"
CELL = st.sampled_from(["", "a", "b", "c"])
COMBINATIONS = st.dictionaries(st.tuples(st.sampled_from(["en", "es"]), CELL, CELL), st.integers(1, 9), max_size=20)
Taken = dict[str, dict[str, Any]]


def test_what_is_alone_is_blanked_from_the_last_question_on() -> None:
    counts: dict[Combination, int] = {
        ("en", "health", "12"): 6,
        ("en", "health", "13"): 3,
        ("en", "health", ""): 2,
        ("en", "arts", "12"): 4,
        ("en", "", ""): 1,
        ("es", "health", "12"): 4,
    }
    assert blanked(counts) == {
        ("en", "health", "12"): ("en", "health", "12"),
        ("en", "health", "13"): ("en", "health", ""),
        ("en", "health", ""): ("en", "health", ""),
        ("en", "arts", "12"): ("en", "", ""),
        ("en", "", ""): ("en", "", ""),
    }  # and the four in Spanish wait: their words show the language


@given(COMBINATIONS)
def test_each_combination_shown_has_five(counts: dict[Combination, int]) -> None:
    showing = blanked(counts)
    visible: Counter[Combination] = Counter()
    for true, cells in showing.items():
        assert true[0] == cells[0]
        assert all(cell in ("", was) for was, cell in zip(true, cells, strict=True))
        visible[cells] += counts[true]
    assert all(count >= FEWEST for count in visible.values())
    for language in ("en", "es"):  # whatever could not be shown is fewer than five
        assert sum(count for one, count in counts.items() if one[0] == language and one not in showing) < FEWEST


def test_what_waited_comes_with_a_later_month() -> None:
    waiting: dict[Kept, int] = {("2026-10", ("en", "arts")): 3, ("2026-11", ("en", "arts")): 2}
    (first, second) = decide(["sector"], waiting, ["2026-10", "2026-11"], ()).values()
    assert first == second
    assert (first.month, dict(first.values)) == ("2026-11", {"language": "en", "sector": "arts"})


def test_a_month_that_was_skipped_keeps_its_items() -> None:
    waiting: dict[Kept, int] = {("2026-10", ("en", "arts")): 7, ("2026-11", ("en", "arts")): 5}
    assert {one[0] for one in decide(["sector"], waiting, ["2026-11"], ())} == {"2026-11"}
    assert {one[0] for one in decide(["sector"], waiting, ["2026-10"], ["2026-11"])} == {"2026-10"}
    assert decide(["sector"], waiting, ["2026-11"], ["2026-11"]) == {}


@pytest.mark.parametrize(("count", "said"), [(0, "none"), (1, "up to 10"), (10, "up to 10"), (11, "up to 20")])
def test_counts_are_told_in_tens(count: int, said: str) -> None:
    assert about(count) == said


def test_an_authors_own_name_goes_whole_and_in_parts() -> None:
    text = "I am ana  PÉREZ of Bo. Anabel, call Pérez or Bo."
    assert without_name(text, "Ana Pérez Bo", "[name]") == "I am ana  PÉREZ of Bo. Anabel, call [name] or Bo."
    assert without_name(text, "Ana Pérez", "[name]") == "I am [name] of Bo. Anabel, call [name] or Bo."
    assert without_name("Aña (nurse)", "Aña", "[name]") == "[name] (nurse)"
    assert without_name(text, " ", "[name]") == text


@pytest.fixture
def job(content: Content, vault: Vault) -> Callable[..., Developers]:
    labels: Labels = {language: {kind: kind for kind in KINDS} for language in content.languages}

    def make(since: str = "", until: str = "2026-11", kind: str = "jsonl") -> Developers:
        order = Order(content.forms["ai-at-work"], kind, "the developers", content.texts["en"], NOW)
        return Developers(order, since, until, vault, labels, lambda done, count: None)

    return make


@pytest.fixture
def package(store: Store, tmp_path: pathlib.Path, job: Callable[..., Developers]) -> Callable[..., Any]:
    """`await package(since, until)`: rows by id, the corrections, and what datapackage.json says."""
    made: list[pathlib.Path] = []

    async def make(*months: str) -> tuple[Taken, Taken, dict[str, Any]]:
        made.append(tmp_path / f"package-{len(made)}")
        await export(store, job(*months), Folder(made[-1]), Role.STAFF)
        said = json.loads((made[-1] / "datapackage.json").read_text())
        return rows(made[-1] / "feedback.jsonl"), rows(made[-1] / "corrections.jsonl"), said["worker_voice"]

    return make


def rows(path: pathlib.Path) -> Taken:
    lines = path.read_text("utf-8").split("\n")[:-1] if path.exists() else []
    return {row["id"]: row for row in map(json.loads, lines)}


def some(vault: Vault, count: int, week: str, sector: str | None = "health", **more: object) -> list[Feedback]:
    answers = {"kind": "concern", "sector": sector, "job": "canary job", "words": "Call me at 555-123-4567."}
    level = more.pop("level", Level.ANONYMOUS)
    assert isinstance(level, Level)
    return [feedback(vault, level, week=week, **({"answers": answers} | more)) for _ in range(count)]  # type: ignore[arg-type]


async def test_only_what_is_shared_and_nothing_that_names(store: Store, vault: Vault, package: Any) -> None:
    signed = {"kind": "idea", "sector": "health", "job": "canary job", "words": "Canary Ana here, ana@example.org."}
    ours = [*some(vault, 5, OCTOBER), *some(vault, 1, OCTOBER, level=Level.NAMED, answers=signed)]
    await filed(store, *ours, *some(vault, 7, OCTOBER, sharing=False), *some(vault, 5, DECEMBER))
    found, corrections, about_it = await package("", "2026-11")
    assert set(found) == {item.id for item in ours}
    assert corrections == {}
    assert {row["month"] for row in found.values()} == {"2026-10"}
    assert {row["words"] for row in found.values()} == {"Call me at [phone].", "[name] here, [email]."}
    assert {name for row in found.values() for name in row} == {
        *("id", "month", "language", "status", "kind", "kind_label", "sector", "sector_label", "task", "words"),
        *("effects", "effects_label", "part", "part_label", "loop", "better"),
    }
    assert about_it["terms"][1].startswith("No training")
    assert about_it["terms"][2].startswith("No re-identification")
    assert about_it["filters"] == {"form": "ai-at-work", "since": "2026-10", "until": "2026-11"}


async def test_what_is_alone_waits_and_is_told_of_in_tens(store: Store, vault: Vault, package: Any) -> None:
    spanish = some(vault, 3, OCTOBER, language="es")
    await filed(store, *some(vault, 6, OCTOBER), *some(vault, 2, OCTOBER, "arts"), *spanish)
    found, _, about_it = await package("", "2026-10")
    assert {row["sector"] for row in found.values()} == {"health"}
    assert about_it["withheld"][0]["items"] == "up to 10"
    await filed(store, *some(vault, 2, NOVEMBER, language="es"), *some(vault, 3, NOVEMBER, "public"))
    later, _, about_it = await package("2026-11", "2026-11")
    shown = Counter((row["month"], row["language"], row["sector"]) for row in later.values())
    assert shown == {("2026-11", "en", None): 5, ("2026-11", "es", "health"): 5}
    assert {one.id for one in spanish} <= set(later)
    assert about_it["withheld"][0]["items"] == "none"
    assert (await package("", "2026-11"))[0] == found | later


async def test_what_authors_change_afterwards_goes_on_lists(store: Store, vault: Vault, package: Any) -> None:
    first, second, third, fourth, *rest = some(vault, 6, OCTOBER)
    await filed(store, first, second, third, fourth, *rest)
    before, _, _ = await package("", "2026-10")
    corrected = {"answers": {"sector": "arts", "words": "It was mended."}}

    def change(uow: Any) -> None:
        changing.apply(uow, first, {"sharing": False}, NOVEMBER)
        uow.owned.remove(second.id)
        uow.owned.take_back(second.id, "deleted", NOVEMBER)
        changing.apply(uow, third, corrected, NOVEMBER)

    await store.write(change)
    found, corrections, about_it = await package("2026-11", "2026-11")
    assert found == {}
    assert {one["item"]: one["kind"] for one in about_it["withdrawals"]} == {
        first.id: "withdrawn",
        second.id: "deleted",
    }
    assert corrections == {third.id: before[third.id] | {"words": "It was mended."}}  # the sector stays as it was shown
    again, _, _ = await package("2026-10", "2026-10")
    assert set(again) == set(before) - {first.id, second.id}
    assert again[fourth.id] == before[fourth.id]


@pytest.mark.parametrize("change", [{"sharing": False}, {GONE: "deleted"}])
async def test_what_its_anonymous_author_takes_back_is_left_out_at_once_and_named_with_the_batch(
    store: Store, vault: Vault, package: Any, change: dict[str, object]
) -> None:
    """Named before, the list would say what the one envelope that waits is about, and so which account wrote it."""
    released, kept_back, *rest = some(vault, 6, OCTOBER)
    await filed(store, released, *rest)
    before, _, _ = await package("", "2026-10")
    fresh = [dataclasses.replace(one, week=NOVEMBER) for one in (kept_back, *some(vault, 5, NOVEMBER))]
    await filed(store, *fresh)
    for one in (released, kept_back):
        await store.write(lambda uow, one=one: take_back(uow, vault, one, change))  # type: ignore[misc]
    found, _, about_it = await package("", "2026-11")
    assert set(found) == {one.id for one in (*rest, *fresh[1:])}
    assert about_it["withdrawals"] == []
    await file_due(store, vault, NOW.date() + dt.timedelta(weeks=4))
    _, _, about_it = await package("", "2026-11")
    assert [one["item"] for one in about_it["withdrawals"]] == [released.id], "what never left is not named"
    assert before[released.id]


def take_back(uow: Any, vault: Vault, item: Feedback, change: dict[str, object]) -> None:
    """As bot/changing.py does."""
    if GONE in change:
        uow.owned.remove(item.id)
    change_later(uow, vault, item, change, NOVEMBER)


async def test_who_withdraws_anonymously_while_it_is_written_is_not_in_it(
    store: Store, vault: Vault, job: Callable[..., Developers], tmp_path: pathlib.Path
) -> None:
    items = some(vault, 6, OCTOBER)
    await filed(store, *items)
    late = job("", "2026-10")
    files = await store.read(lambda uow: late.take(uow, tmp_path))
    assert files[0].count == 6
    await store.write(lambda uow: change_later(uow, vault, items[0], {"sharing": False}, NOVEMBER))
    with pytest.raises(Changed):
        await store.write(lambda uow: late.keep(uow, files))
    assert await export(store, job("", "2026-10"), File(tmp_path / "after.jsonl"), Role.STAFF) == 5


async def test_a_correction_before_the_first_package_replaces(store: Store, vault: Vault, package: Any) -> None:
    items = some(vault, 5, OCTOBER)
    await filed(store, *items)
    corrected = {"answers": {"words": "It was mended."}}
    await store.write(lambda uow: changing.apply(uow, items[0], corrected, NOVEMBER))
    found, corrections, _ = await package("", "2026-10")
    assert found[items[0].id]["words"] == "It was mended."
    assert corrections == {}


async def test_who_withdraws_while_it_is_written_is_not_in_it(
    store: Store, vault: Vault, job: Callable[..., Developers], tmp_path: pathlib.Path
) -> None:
    """Of five, one is taken back between the writing and the decision: the other four must not go out."""
    items = some(vault, 5, OCTOBER)
    await filed(store, *items)
    late = job("", "2026-10")
    files = await store.read(lambda uow: late.take(uow, tmp_path))
    assert files[0].count == 5
    await store.write(lambda uow: changing.apply(uow, items[0], {"sharing": False}, NOVEMBER))
    with pytest.raises(Changed):
        await store.write(lambda uow: late.keep(uow, files))
    assert await store.read(lambda uow: uow.releases.fixed()) == {}
    assert await export(store, job("", "2026-10"), File(tmp_path / "after.jsonl"), Role.STAFF) == 0


async def test_of_two_exports_at_once_the_second_decides_anew(
    store: Store, vault: Vault, job: Callable[..., Developers], tmp_path: pathlib.Path
) -> None:
    await filed(store, *some(vault, 5, OCTOBER))
    late = job("", "2026-10")
    files = await store.read(lambda uow: late.take(uow, tmp_path))
    assert await export(store, job("", "2026-10"), File(tmp_path / "first.jsonl"), Role.STAFF) == 5
    with pytest.raises(Changed):
        await store.write(lambda uow: late.keep(uow, files))


async def test_what_could_not_be_written_is_not_decided(
    store: Store, vault: Vault, job: Callable[..., Developers], tmp_path: pathlib.Path
) -> None:
    await filed(store, *some(vault, 5, OCTOBER))
    (tmp_path / "there.jsonl").touch()
    with pytest.raises(Exception, match="is there already"):
        await export(store, job("", "2026-10"), File(tmp_path / "there.jsonl"), Role.STAFF)
    assert await store.read(lambda uow: uow.releases.fixed()) == {}


async def test_only_staff_may_export(store: Store, job: Callable[..., Developers], tmp_path: pathlib.Path) -> None:
    with pytest.raises(NotAllowed):
        await export(store, job("", "2026-10"), File(tmp_path / "x.jsonl"), Role.MEMBER)


async def test_a_month_before_all_others_is_empty(store: Store, vault: Vault, package: Any) -> None:
    await filed(store, *some(vault, 5, OCTOBER))
    await package("", "2026-10")
    assert (await package("", "2026-01"))[0] == {}
