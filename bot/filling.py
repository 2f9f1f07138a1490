"""Filling in a form question by question, the summary with its receipt, and sending it."""

import dataclasses

import orjson

from bot import conversations
from bot.asking import URGENT, hand_over_texts, without_buttons
from bot.conversations import Draft
from bot.feedback import Author, Feedback, Level, draw_receipt
from bot.forms import Form, Question
from bot.inquiring import labels
from bot.ports import Envelope
from bot.receipts import holds_receipt
from bot.redaction import find, redact
from bot.replies import Block, Button, Reply, Secret, Words
from bot.turn import Turn
from bot.vault import new_id

FORM = "ai-at-work"
ENVELOPE = "envelope"
CLEARLY = 0.6  # confidence from which words without a question mark are taken for a question


def start(turn: Turn) -> Reply:
    """Begin, or go on with what is open."""
    if turn.conversation.draft is not None:
        turn.draft(paused=False)
        turn.change(waiting="form")
        return ask(turn, turn.say("form.already_open"))
    turn.change(draft=Draft(FORM, turn.now.date().isoformat()), waiting="form")
    return ask(turn, turn.say("form.intro"))


def resume(turn: Turn) -> Reply:
    if turn.conversation.draft is None:
        return turn.reply(turn.say("reply.nothing_open"))
    turn.draft(paused=False)
    turn.change(waiting="form")
    return ask(turn, turn.say("form.resume"))


def the_form(turn: Turn) -> Form:
    """The draft's form; the answers that no longer belong to it are dropped on the way."""
    draft = turn.draft()
    form = turn.content.forms.get(draft.form) or turn.content.forms[FORM]
    kept = form.kept(draft.answers)
    if kept != draft.answers or form.id != draft.form:
        turn.draft(answers=kept, form=form.id, receipt="")
    return form


def ask(turn: Turn, *before: str) -> Reply:
    """The current question, or the summary."""
    form = the_form(turn)
    question = conversations.current(form, turn.draft())
    if question is None:
        return review(turn, form, *before) or summary(turn, form, *before)
    blocks: list[Block | str] = [*before, "**" + question.ask[turn.language] + "**"]
    if question.hint[turn.language]:
        blocks.append(question.hint[turn.language])
    earlier = turn.draft().answers.get(question.id)
    if question.id in turn.draft().answers:
        blocks.append(Words(turn.say("form.now_is"), question.show(earlier, turn.language) or turn.say("form.skipped")))
        blocks.append(turn.say("form.keep"))
    choices = tuple(
        Button("choose", option.label[turn.language], option.code, option.hint[turn.language])
        for option in question.options
    )
    if not question.required and question.id not in turn.draft().answers:
        how = {"text": "", "choices": turn.say("form.several") + " "}.get(question.kind, turn.say("form.one") + " ")
        blocks.append(how + turn.say("form.optional"))
    elif question.kind != "text":
        blocks.append(turn.say("form.several" if question.kind == "choices" else "form.one"))
    commands = ("back", "skip", "later", "cancel") if not question.required else ("back", "later", "cancel")
    return turn.reply(
        *blocks,
        choices=choices,
        commands=tuple(turn.button(one) for one in commands),
        several=question.kind == "choices",
    )


def said(turn: Turn) -> Reply:
    """Words said while a form is open: the answer to the current question."""
    form = the_form(turn)
    question = conversations.current(form, turn.draft())
    if question is None:
        return ask(turn)
    if holds_receipt(turn):
        return ask(turn, turn.say("form.contains_receipt"))
    try:
        answer = question.parse(turn.text)
    except ValueError as problem:
        return ask(turn, turn.say(str(problem), longest=question.longest))
    turn.change(draft=conversations.answered(form, turn.draft(), question, answer))
    kind = turn.thought.match.handover
    if question.kind == "text" and kind:
        turn.count("handover")
        turn.draft(handover=(*turn.draft().handover, question.id))
        if kind in URGENT:
            turn.draft(paused=True)
            turn.change(waiting="")
            return turn.reply(
                *hand_over_texts(turn.content, turn.language, kind),
                turn.say("handover.in_form"),
                turn.say("handover.paused"),
            )
        return ask(turn, *hand_over_texts(turn.content, turn.language, kind), turn.say("handover.in_form"))
    notes = []
    if question.id == "level" and answer == Level.ANONYMOUS:
        notes.append(turn.say("form.level_anonymous"))
        if turn.event.leaves_history:
            notes.append(turn.say("form.history_warning"))
    return ask(turn, *notes)


def review(turn: Turn, form: Form, *before: str) -> Reply | None:
    """Before the summary: words that may show who somebody is, beside a version without; None where nothing is left."""
    draft = turn.draft()
    for question in form.asked(draft.answers):
        words = draft.answers.get(question.id)
        if question.kind != "text" or question.id in (*draft.reviewed, "name") or not isinstance(words, str):
            continue
        found = find(words)
        if found:
            offer = turn.say("redaction.offer", label=question.label[turn.language].rstrip("?"))
            version = Words(turn.say("redaction.version"), redact(words, found, labels(turn)))
            choices = tuple(
                Button("redact", turn.say(f"redaction.{one}"), f"{one}:{question.id}") for one in ("use", "keep")
            )
            commands = tuple(turn.button(one) for one in ("back", "later", "cancel"))
            return turn.reply(
                *before, offer, version, turn.say("redaction.developers"), choices=choices, commands=commands
            )
    return None


def redacted(turn: Turn, value: str) -> Reply:
    """The member's choice: "use" the version without, or "keep" the words."""
    form = the_form(turn)
    choice, _, name = value.partition(":")
    words = turn.draft().answers.get(name)
    if isinstance(words, str) and name in {question.id for question in form.asked(turn.draft().answers)}:
        if choice == "use":
            version = redact(words, find(words), labels(turn))
            turn.change(draft=conversations.answered(form, turn.draft(), form[name], version))
        turn.draft(reviewed=(*turn.draft().reviewed, name))
    return ask(turn)


def step(turn: Turn, name: str, number: int = 0) -> Reply:
    """back, skip, edit N, later, cancel."""
    form = the_form(turn)
    draft = turn.draft()
    match name:
        case "back":
            moved, problem = conversations.back(form, draft), "form.no_back"
        case "skip":
            moved, problem = conversations.skipped(form, draft), "form.required"
        case "edit":
            moved, problem = conversations.edit(form, draft, number), "form.no_line"
        case "later":
            turn.draft(paused=True)
            turn.change(waiting="")
            return turn.tell("form.later")
        case _:
            turn.change(draft=None, waiting="")
            return turn.tell("form.cancelled")
    if moved is None:
        return ask(turn, turn.say(problem))
    turn.change(draft=moved)
    return ask(turn)


def summary(turn: Turn, form: Form, *before: str) -> Reply:
    """Every line with its number, and a receipt; only the receipt's hash is kept."""
    again = bool(turn.draft().receipt)
    receipt = draw_receipt(turn.content.receipts[turn.language])
    drawn = turn.vault.receipt(receipt)[0]
    draft = turn.draft(receipt=drawn, shown=drawn)
    blocks: list[Block | str] = [*before, turn.say("form.summary")]
    for number, question in enumerate(form.asked(draft.answers), 1):
        shown = question.show(draft.answers.get(question.id), turn.language) or turn.say("form.skipped")
        blocks.append(Words(f"{number}. {question.label[turn.language]}", shown))
    lines = [str(n) for n, one in enumerate(form.asked(draft.answers), 1) if one.id in draft.handover]
    if lines:
        blocks.append(turn.say("form.handover_again", lines=", ".join(lines)))
    blocks += [turn.say("form.receipt"), Secret(receipt)]
    if again:
        blocks.append(turn.say("form.receipt_again"))
    if draft.answers.get("level") == Level.ANONYMOUS:
        blocks.append(turn.say("form.receipt_only_way"))
    blocks.append(turn.say("form.send_how"))
    return turn.reply(*blocks, commands=ends(turn))


def ends(turn: Turn) -> tuple[Button, ...]:
    """What can be done with feedback that is complete."""
    return tuple(turn.button(one) for one in ("send", "back", "later", "cancel"))


def send(turn: Turn) -> Reply:
    """File it: once, because the draft goes in the same transaction."""
    form = the_form(turn)
    draft = turn.draft()
    if conversations.current(form, draft) is not None:
        return ask(turn)
    if not draft.receipt:
        return ask(turn)
    level = Level(str(draft.answers["level"]))
    item = Feedback(
        id=new_id(),
        form=form.id,
        form_version=form.version,
        level=level,
        language=turn.language,
        week=turn.week,
        answers={
            key: value for key, value in draft.answers.items() if key not in ("level", "name", "sharing", "contact")
        },
        sharing=draft.answers.get("sharing") == "yes",
        contact=draft.answers.get("contact") == "yes",
        receipt=draft.receipt,
    )
    if level is Level.ANONYMOUS:
        turn.uow.envelopes.add(seal(turn, item))
    else:
        name = str(draft.answers["name"]) if level is Level.NAMED else ""
        turn.uow.items.add(dataclasses.replace(item, author=author(turn, name)))
    turn.change(draft=None, waiting="")
    return turn.tell(f"form.sent_{level.value}")


def author(turn: Turn, name: str) -> Author:
    address = orjson.dumps([turn.event.platform, turn.event.address])
    return Author(
        turn.account,
        turn.vault.seal(address, "address"),
        turn.vault.seal(name.encode(), "name") if name else None,
    )


def seal(turn: Turn, item: Feedback) -> Envelope:
    """An anonymous item on its way: sealed, with nothing of the account, under an id of its own."""
    content = {
        "form": item.form,
        "form_version": item.form_version,
        "language": item.language,
        "week": item.week,
        "answers": dict(item.answers),
        "sharing": item.sharing,
    }
    return Envelope(new_id(), item.receipt, item.language, item.week, turn.vault.seal(orjson.dumps(content), ENVELOPE))


def is_question(turn: Turn, question: Question | None) -> bool:
    """Whether words said while a choice is asked for are a question to the bot instead."""
    if question is None or question.kind == "text":
        return False
    try:
        question.parse(turn.text)
    except ValueError:
        match = turn.thought.match
        return "?" in turn.text or bool(match.handover) or (match.outcome == "answer" and match.confidence >= CLEARLY)
    return False


def answer_then_ask(turn: Turn, answer: Reply) -> Reply:
    """The answer to a question in between, and then the form's question again; a summary stands as it was shown."""
    said = without_buttons(turn.texts, answer)
    if conversations.current(the_form(turn), turn.draft()) is None and turn.draft().receipt:
        return turn.reply(*said, turn.say("form.summary_stands"), turn.say("form.send_how"), commands=ends(turn))
    asked = ask(turn)
    return dataclasses.replace(asked, blocks=(*said, *asked.blocks))
