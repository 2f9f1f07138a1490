"""What staff read as lines of text. A member's words are stripped of what moves a terminal, and each of their lines but
the first is indented, so that none can pass for a line of ours."""

from bot.cleaning import printable
from bot.inquiries import Questions
from bot.showing import Heading, Reach, Shown
from bot.staffing import Inbox
from bot.topics import Told, Topics

INDENT = "   "
REACH = {Reach.BOT: "through the bot", Reach.RECEIPT: "only when they come back, by receipt or my data"}
OUTCOMES = {
    "suggest": "offered topics to choose from",
    "none": "had no approved answer",
    "handover": "given contacts, for trouble of their own",
}


def inbox_lines(found: Inbox) -> list[str]:
    lines = [line for item in found.items for line in heading_lines(item)]
    if found.count > len(found.items):
        lines.append(f"{found.count - len(found.items)} more; see them with --limit {found.count}.")
    if not found.items:
        lines.append("No feedback is filed.")
    if found.waiting:
        lines.append(f"{found.waiting} anonymous, waiting to be filed with the next batch.")
    return lines


def heading_lines(item: Heading) -> list[str]:
    status = f"{item.status}, new reply" if item.replied else item.status
    about = ", ".join(part for part in (item.kind, f"from {flat(item.name)}" if item.name else "") if part)
    return [f"{item.id}  {item.week}  {item.language}  {status}  {about}".rstrip(), INDENT + flat(item.first_words)]


def shown_lines(item: Shown) -> list[str]:
    lines = [
        f"Item: {item.id}",
        f"Week: {item.week}",
        f"Form: {item.form}, {item.language}",
        f"Status: {item.status}",
        f"From: {flat(item.name) or '(not shown)'}",
        f"May go to the AI developers: {'yes' if item.sharing else 'no'}",
        f"A question reaches the author: {REACH[item.reach]}",
        "",
    ]
    for line in item.lines:
        lines += labelled(line.label, line.words)
    if item.notes:
        lines += ["", "Notes"]
    for note in item.notes:
        new = "" if note.from_staff or note.seen else ", new"
        lines += labelled(f"{'Staff' if note.from_staff else 'Author'}, {note.week}{new}", note.text)
    return lines


def asked_lines(found: Questions) -> list[str]:
    lines = []
    for one in found.questions:
        state = "answered" if one.answer else "open, hears back" if one.hears_back else "open"
        lines += [f"{one.id}  {one.week}  {one.language}  {state}", *indented(one.text)]
        if one.answer:
            lines += [INDENT + line for line in labelled("Answer", one.answer)]
    if found.count > len(found.questions):
        lines.append(f"{found.count - len(found.questions)} more; see them with --limit {found.count}.")
    return lines or ["No questions were sent in."]


def topic_lines(found: Topics) -> list[str]:
    """Counts stand in the first ten columns."""
    if not found.since:
        return ["Nothing was counted in these weeks."]
    lines = [f"Weeks {found.since} to {found.until}"]
    lines += [f"{several(count):>10}  {OUTCOMES[outcome]}" for outcome, count in found.outcomes.items() if count != 0]
    lines += ["", "Answered, by topic"] if found.topics else []
    for one in found.topics:
        said = ((one.helped, "it helped"), (one.not_helped, "it did not"))
        marks = ", ".join(f"{several(count)} said {what}" for count, what in said if count != 0)
        lines += [f"{several(one.answered):>10}  {one.question}", *([f"{'':12}{marks}"] if marks else [])]
    return lines


def several(count: Told) -> str:
    return "under five" if count is None else f"{count:,}"


def labelled(label: str, words: str) -> list[str]:
    first, *rest = printable(words).split("\n")
    return [f"{label} {first}" if label.endswith("?") else f"{label}: {first}", *(INDENT + line for line in rest)]


def indented(words: str) -> list[str]:
    return [INDENT + line for line in printable(words).split("\n")]


def flat(words: str) -> str:
    """On one line."""
    return " ".join(printable(words).split())
