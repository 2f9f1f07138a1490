"""The end of a form: personal data found in it, the summary with its receipt, and sending what it shows."""

import dataclasses

from bot import leaving_out
from bot.conversations import Draft
from bot.envelopes import seal
from bot.feedback import Author, Feedback, Level, draw_receipt
from bot.forms import Form
from bot.replies import Block, Button, Reply, Secret, Words
from bot.turn import Turn
from bot.vault import new_id

ASIDE = ("level", "name", "sharing", "contact")  # answers that are columns of the item, or its author's


def review(turn: Turn, form: Form, *before: str) -> Reply | None:
    """Before the summary: words that may show who somebody is, beside a version without; None where nothing is left."""
    draft = turn.draft()
    for question in form.asked(draft.answers):
        words = draft.answers.get(question.id)
        if question.kind != "text" or question.id in (*draft.reviewed, "name") or not isinstance(words, str):
            continue
        if leaving_out.identifies(words):
            offer = turn.say("redaction.offer", label=question.label[turn.language].rstrip("?"))
            version, choices = leaving_out.version(turn, words), leaving_out.choices(turn, "redact", question.id)
            commands = ends(turn)[1:]
            return turn.reply(
                *before, offer, version, turn.say("redaction.developers"), choices=choices, commands=commands
            )
    return None


def summary(turn: Turn, form: Form, *before: Block | str) -> Reply:
    """Every line with its number, and a receipt; only the receipt's hash is kept."""
    again = bool(turn.draft().shown)
    receipt = draw_receipt(turn.content.receipts[turn.language])
    drawn = turn.vault.receipt(receipt)[0]
    draft = turn.draft(receipt=drawn, shown=drawn)
    blocks: list[Block | str] = [*before, turn.say("form.summary")]
    for number, question in enumerate(form.asked(draft.answers), 1):
        shown = question.show(draft.answers.get(question.id), turn.language) or turn.say("form.skipped")
        blocks.append(Words(f"{number}. {question.label[turn.language]}", shown))
    lines = {n: one.id for n, one in enumerate(form.asked(draft.answers), 1) if one.id in draft.handover}
    if lines:
        key = "handover_urgent" if set(draft.urgent).intersection(lines.values()) else "handover_again"
        blocks.append(turn.say(f"form.{key}", lines=lines_named(turn, *lines), first=min(lines)))
    blocks += [turn.say("form.receipt"), Secret(receipt)]
    if again:
        blocks.append(turn.say("form.receipt_again"))
    if draft.answers.get("level") == Level.ANONYMOUS:
        blocks.append(turn.say("form.receipt_only_way"))
    return turn.reply(*blocks, turn.say("form.send_how"), commands=ends(turn))


def lines_named(turn: Turn, *numbers: int) -> str:
    """ "line 6", or "lines 6, 8 and 9"."""
    *others, last = map(str, numbers)
    return turn.say("form.lines", lines=", ".join(others), last=last) if others else turn.say("form.line", line=last)


def stands(turn: Turn, *before: Block | str) -> Reply:
    """What was said meanwhile; the summary and its receipt stand as they were shown."""
    return turn.reply(*before, turn.say("form.summary_stands"), turn.say("form.send_how"), commands=ends(turn))


def ends(turn: Turn) -> tuple[Button, ...]:
    """What can be done with feedback that is complete."""
    several = ("send", "back", "cancel") if turn.event.passing else ("send", "back", "later", "cancel")
    return tuple(turn.button(one) for one in several)


def send(turn: Turn, form: Form) -> Reply:
    """File the draft, whose summary was shown: once, because it goes in the same transaction."""
    draft = turn.draft()
    level = Level(str(draft.answers["level"]))
    item = Feedback(
        id=new_id(),
        form=form.id,
        form_version=form.version,
        level=level,
        language=written_in(turn, form, draft),
        week=turn.week,
        answers={key: value for key, value in draft.answers.items() if key not in ASIDE},
        sharing=draft.answers.get("sharing") == "yes",
        contact=draft.answers.get("contact") == "yes",
        receipt=draft.receipt,
    )
    if level is Level.ANONYMOUS:
        turn.uow.envelopes.add(seal(turn.vault, item))
    else:
        name = str(draft.answers["name"]) if level is Level.NAMED else ""
        turn.uow.items.add(dataclasses.replace(item, author=author(turn, name)))
    turn.change(draft=None, waiting="")
    return turn.tell(f"form.sent_{level.value}")


def written_in(turn: Turn, form: Form, draft: Draft) -> str:
    """The language of the member's own words where it is clear, else the one we speak."""
    texts = (one.id for one in form.asked(draft.answers) if one.kind == "text" and one.id not in ASIDE)
    words = " ".join(str(draft.answers.get(one) or "") for one in texts)
    return turn.languages.of(words) or turn.language


def author(turn: Turn, name: str) -> Author:
    return Author(
        turn.account,
        turn.address,
        turn.vault.seal(name.encode(), "name") if name else None,
    )
