"""A reply becomes Block Kit, and the same in full as plain text, for notifications and screen readers.

Approved words are mrkdwn; a member's words stand in plain text objects, which Slack reads for nothing, and are escaped.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, assert_never

from adapters.slack.mrkdwn import cut, escape, mrkdwn, plain, short, size
from adapters.slack.parse import CHOSEN, CORE, PICK, WRITTEN
from bot.replies import Block, Button, Citation, Reply, Secret, Text, Words
from bot.texts import Texts

Json = dict[str, Any]

SECTION = 2900  # of 3000
CONTEXT = 1900
MESSAGE_TEXT = 3900  # of 4000, escaped
MESSAGE_BLOCKS = 45  # of 50
LABEL = 75
ELEMENTS = 25
BOXES = 10
RECEIPT_BLOCK = "receipt"


@dataclass(frozen=True)
class Piece:
    """Some blocks, and what they say. `group`: pieces of the same one stand without a blank line between."""

    blocks: tuple[Json, ...]
    text: str
    group: str = ""
    secret: bool = False


@dataclass(frozen=True)
class Posting:
    """One message. `secret`: it holds a receipt."""

    text: str
    blocks: list[Json]
    secret: bool = False


def render(reply: Reply, words: Texts, *, apart: bool = False, agent: bool = False) -> list[Posting]:
    """The messages that say a reply. `apart`: a receipt gets a message of its own, with a button that deletes it."""
    return pack(pieces(reply, words, apart=apart, agent=agent), apart)


def pieces(reply: Reply, words: Texts, *, apart: bool = False, agent: bool = False) -> list[Piece]:
    found = [piece for block in reply.blocks for piece in shown(block)]
    if apart:
        found = [one if not one.secret else with_button(one, words) for one in found]
    return [*found, *buttons(reply, words, agent=agent)]


def shown(block: Block) -> list[Piece]:
    match block:
        case Text(text=text):
            return [Piece((section(mrkdwn(part)),), plain(part)) for part in cut(text, SECTION)]
        case Words(label=label, words=said):
            first, *rest = said.split("\n")
            lines = [f"{label} {first}" if label.endswith("?") else f"{label}: {first}", *(f"   {one}" for one in rest)]
            return [Piece((quoted(part),), part, "words") for part in cut("\n".join(lines), SECTION)]
        case Citation(text=text, url=url):
            said = short(text, CONTEXT // 2)
            linked = f"<{escape(url)}|{escape(said)}>" if url and size(url) < CONTEXT // 2 else escape(said)
            element = {"type": "mrkdwn", "text": linked, "verbatim": True}
            return [Piece(({"type": "context", "elements": [element]},), f"{said} {url}".rstrip(), "source")]
        case Secret(words=receipt):
            return [
                Piece((section(f"*`{escape(receipt)}`*") | {"block_id": RECEIPT_BLOCK},), f"    {receipt}", secret=True)
            ]
        case _:
            assert_never(block)


def with_button(piece: Piece, words: Texts) -> Piece:
    """A receipt with the button that deletes its message."""
    how = words("slack.written_down_how")
    pressed = {"type": "button", "action_id": WRITTEN, "text": label(words("slack.written_down"))}
    blocks = (*piece.blocks, section(mrkdwn(how)), {"type": "actions", "elements": [pressed]})
    return Piece(blocks, f"{piece.text}\n\n{how}", secret=True)


def buttons(reply: Reply, words: Texts, *, agent: bool = False) -> Iterable[Piece]:
    """Numbered choices, then named commands."""
    if reply.choices:
        lines = [
            f"  {n}. {one.label}" + (f" - {one.hint}" if one.hint else "") for n, one in enumerate(reply.choices, 1)
        ]
        listed = any(one.hint or size(one.label) > LABEL - 4 for one in reply.choices)
        for part in cut("\n".join(lines), SECTION):
            yield Piece((quoted(part),) if listed else (), part, "buttons")
        if reply.several and len(reply.choices) <= BOXES:
            yield Piece(boxes(reply.choices, words), "", "buttons")
        elif not reply.several:
            numbered = [button(f"{n}:{one.action}", f"{n}. {one.label}", one) for n, one in enumerate(reply.choices, 1)]
            for start in range(0, len(numbered), ELEMENTS):
                yield Piece(({"type": "actions", "elements": numbered[start : start + ELEMENTS]},), "", "buttons")
    if reply.commands:
        line = "[" + " | ".join(one.label.lower() for one in reply.commands) + "]"
        yield Piece(tuple(commands(reply.commands, agent)), line, "buttons")


def commands(named: Sequence[Button], agent: bool) -> Iterable[Json]:
    """In the agent view "did this help?" is Slack's own pair of thumbs."""
    thumbs = {one.value: one for one in named if one.action == "helped"} if agent else {}
    if set(thumbs) >= {"yes", "no"}:
        pair = {
            "type": "feedback_buttons",
            "action_id": f"{CORE}0:helped",
            "positive_button": {"text": label(thumbs["yes"].label), "value": "yes"},
            "negative_button": {"text": label(thumbs["no"].label), "value": "no"},
        }
        yield {"type": "context_actions", "elements": [pair]}
        named = [one for one in named if one.action != "helped"]
    made = [button(f"c{n}:{one.action}", one.label, one) for n, one in enumerate(named)]
    for start in range(0, len(made), ELEMENTS):
        yield {"type": "actions", "elements": made[start : start + ELEMENTS]}


def boxes(choices: Sequence[Button], words: Texts) -> tuple[Json, ...]:
    """Several may be ticked; a button sends them all, and holds what they are chosen for."""
    options = [{"text": label(f"{n}. {one.label}"), "value": one.value} for n, one in enumerate(choices, 1)]
    ticks = {"type": "checkboxes", "action_id": PICK, "options": options}
    sent = {"type": "button", "action_id": CHOSEN, "text": label(words("slack.chosen")), "value": choices[0].action}
    return ({"type": "actions", "elements": [ticks, sent]},)


def button(name: str, said: str, one: Button) -> Json:
    made: Json = {"type": "button", "action_id": CORE + name, "text": label(said)}
    if one.value:
        made["value"] = one.value
    if one.action == "send":
        made["style"] = "primary"
    return made


def label(words: str, limit: int = LABEL) -> Json:
    return {"type": "plain_text", "text": escape(short(words, limit)) or "…", "emoji": False}


def section(text: str) -> Json:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text or " ", "verbatim": True}}


def quoted(words: str) -> Json:
    """A member's words, as they are."""
    return {"type": "section", "text": {"type": "plain_text", "text": escape(words) or " ", "emoji": False}}


def joined(said: Sequence[Piece]) -> str:
    """What pieces say, with blank lines where the screen has a gap; not escaped."""
    spoken = [one for one in said if one.text]
    if not spoken:
        return ""
    gaps = ["\n" if (b.group and a.group == b.group) or b.group == "buttons" else "\n\n" for a, b in pairwise(spoken)]
    return spoken[0].text + "".join(gap + one.text for gap, one in zip(gaps, spoken[1:], strict=True))


def pack(said: Sequence[Piece], apart: bool) -> list[Posting]:
    """As few messages as the limits allow; buttons stay last."""
    groups: list[list[Piece]] = [[]]
    for piece in said:
        last = groups[-1]
        full = sum(len(one.blocks) for one in last) + len(piece.blocks) > MESSAGE_BLOCKS
        full = full or size(joined([*last, piece])) > MESSAGE_TEXT
        alone = apart and last and (piece.secret or last[-1].secret)
        if last and (full or alone):
            groups.append([])
        groups[-1].append(piece)
    return [
        Posting(
            escape(joined(group)) or "…", [block for one in group for block in one.blocks], any(x.secret for x in group)
        )
        for group in groups
        if group
    ]
