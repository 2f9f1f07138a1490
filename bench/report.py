"""A report as aligned tables, Markdown that also reads well in a terminal."""

from collections.abc import Sequence

from bench.answers import Asked, Miss, Report
from bench.figures import VERDICTS, Counts, Figures
from bench.held_out import HeldOut
from bench.samples import Group
from bench.speed import Speed
from bench.tables import percent, table
from bench.techniques import Compared

TITLES: dict[Group, str] = {
    "in_scope": "In scope",
    "out_of_scope": "Out of scope: nothing should be said (silent: nothing, or the answer for what is off topic)",
    "handover": "Hand-over (caught and missed: of what is to be handed over; the others: of what is not)",
}
LONGEST = 90  # characters of a question in a table


def plain(report: Report) -> str:
    """The whole report."""
    size = f"{report.topics} topics, {report.phrasings:,} phrasings, {report.talk:,} lines of talk."
    parts = [size]
    if report.built_s is not None:
        parts.append(f"Built in {report.built_s:.1f} s.")
    if report.asked:
        parts += of_questions(report.asked)
    if report.held_out:
        parts += of_content(report.held_out)
    return "\n\n".join([*parts, of_speed(report.speed)])


def of_questions(asked: Asked) -> list[str]:
    parts = [f"Questions of {asked.folder}"]
    if asked.unknown_topics:
        parts.append(f"Wanted, but not in this content: {', '.join(asked.unknown_topics)}.")
    parts += groups(asked.figures, styles=True)
    twins = ", ".join(f"{file} {number}" for file, number in asked.twins.items())
    parts.append(f"Near-identical to a stored text ({asked.rule}): {twins}. Without these:")
    parts += groups(asked.without_twins, styles=False)
    if asked.techniques:
        parts += ["The first topic of each technique, before hand-over", techniques(asked.techniques)]
        parts.append("Right at 5 %: the first topic right, with a score that 5 % of what is out of scope pass.")
    if asked.handover_misses:
        parts += ["Hand-over gone wrong", misses(asked.handover_misses)]
    if asked.misses:
        parts += ["Worst misses", misses(asked.misses)]
    return parts


def groups(figures: Figures, *, styles: bool) -> list[str]:
    parts = []
    for group, title in TITLES.items():
        if group not in figures:
            continue
        verdicts, handover = VERDICTS[group], group == "handover"
        rows = [
            [file if part == "all" else "", part, *(of_handover(counts) if handover else shares(counts, verdicts))]
            for file, found in figures[group].items()
            for part, counts in found.items()
            if styles or part == "all"
        ]
        parts += [title, table(["file", "kind" if handover else "style", "asked", *words(verdicts)], rows)]
    return parts


def words(verdicts: Sequence[str]) -> list[str]:
    return [verdict.replace("_", " ") for verdict in verdicts]


def of_content(found: HeldOut) -> list[str]:
    order = ("top_1", "top_3", "right", "offered", "wrong", "missed")
    spoken = [[language, *shares(counts, order)] for language, counts in found.languages.items()]
    outside = VERDICTS["out_of_scope"]
    strange = [
        ["near misses (its whole entry left out)", *shares(found.near_misses, outside)],
        ["off-topic lines", *shares(found.talk, outside)],
    ]
    handed = [[kind, *of_handover(counts)] for kind, counts in found.handover.items()]
    parts = [
        "Leave-one-out: each phrasing asked of an index without it",
        table(["language", "asked", *words(order)], spoken),
        "Leave-one-out: what no entry answers",
        table(["asked of", "asked", *words(outside)], strange),
        "Leave-one-out: the techniques on the same sample",
        techniques(found.sample),
    ]
    if handed:
        parts += ["Leave-one-out: hand-over", table(["kind", "asked", *words(VERDICTS["handover"])], handed)]
    return parts


def of_speed(found: Speed) -> str:
    memory = "-" if found.resident_mb is None else f"{found.resident_mb:.0f} MB"
    rows = [
        ["questions a second", f"{found.per_second:.0f}"],
        ["median, p99", f"{found.median_ms:.1f} ms, {found.p99_ms:.1f} ms"],
        ["a text of 10,000 characters", f"{found.long_times_median:.1f} x median"],
        [f"the costliest hostile text ({found.hostile})", f"{found.hostile_times_median:.1f} x median"],
        ["resident memory", memory],
        ["start to first answer, index cached", f"{found.start_s:.1f} s"],
    ]
    return f"Speed on one core, {found.asked} questions\n\n" + table(["", "measured"], rows)


def techniques(found: Sequence[Compared]) -> str:
    def cells(one: Compared) -> list[str]:
        passing = "-" if one.right_at_5 is None else percent(one.right_at_5, one.asked)
        shown = (percent(one.top_1, one.asked), percent(one.top_3, one.asked), passing)
        return [one.technique, one.file, str(one.asked), *shown]

    return table(["technique", "questions", "asked", "top 1", "top 3", "right at 5 %"], [cells(one) for one in found])


def misses(found: Sequence[Miss]) -> str:
    rows = [[short(one.question), one.wanted, one.given, f"{one.confidence:.2f}"] for one in found]
    return table(["question", "wanted", "given", "confidence"], rows, left=3)


def short(text: str) -> str:
    joined = " ".join(text.replace("|", "/").split())
    return joined if len(joined) <= LONGEST else joined[: LONGEST - 3] + "..."


def shares(counts: Counts, verdicts: Sequence[str]) -> list[str]:
    """How many were asked, then each verdict's share."""
    return [str(counts["asked"]), *(percent(counts[one], counts["asked"]) for one in verdicts)]


def of_handover(counts: Counts) -> list[str]:
    """How many were asked; shares of those to be handed over, then of those not to be; empty where there are none."""
    cells = [str(counts["asked"])]
    for pair in (("caught", "missed"), ("false_alarm", "quiet")):
        whole = sum(counts.get(one, 0) for one in pair)
        cells += [percent(counts[one], whole) if whole else "" for one in pair]
    return cells
