"""Union staff's commands in chat (`staff inbox`), answered in the transaction of the turn that claims the event.

Files (an export, the report) are promised here and made after the reply was delivered: bot/staff_files.py.
"""

import dataclasses

from bot import filling, inquiries, staffing
from bot.events import Action, Message, Role
from bot.faq.matcher import NOTHING
from bot.promises import Promise, Wanted, What
from bot.replies import Outcome, Reply, Text
from bot.showing import Reach
from bot.staff_blocks import PRESS, inbox_blocks, item_blocks, item_buttons, question_blocks, status_buttons
from bot.staff_words import Command, read
from bot.staffing import LONGEST, Desk
from bot.turn import Turn

MEMBERS_WORDS = ("inbox", "show", "questions", "export")  # not where the workspace is an employer's
STORED = {Reach.BOT: "desk.stored_bot", Reach.RECEIPT: "desk.stored_receipt", Reach.NOBODY: "desk.stored_nobody"}


def meant(turn: Turn) -> bool:
    """Whether this event is one of staff's commands.

    Of words that may be meant otherwise (a member's, for a form, a question, in public) only a whole command is taken
    for one; and of members, who may write of staff in a form, none there.
    """
    if isinstance(turn.event, Action):
        return turn.event.action == PRESS
    command = read(turn.content, turn.text)
    if command is None:
        return False
    busy = bool(turn.conversation.waiting)
    if turn.event.role is not Role.STAFF:
        return command.whole and command.name != "help" and not busy
    asked = isinstance(turn.event, Message) and turn.event.question
    return command.whole if busy or asked or not turn.event.private else bool(command.name)


def said(turn: Turn, pressed: str = "") -> Outcome:
    """The answer to what was typed, or to a button's value; also to an event that comes again without a note."""
    if not turn.event.private:  # what others see changes nothing of the conversation
        return Reply((Text(turn.say("desk.only_private" if turn.event.role is Role.STAFF else "reply.not_allowed")),))
    value = turn.event.value if isinstance(turn.event, Action) else pressed
    command = button_command(turn, value) if value else read(turn.content, turn.text)
    language = turn.conversation.language or (command.language if command else "") or turn.language
    turn.thought = dataclasses.replace(turn.thought, language=language, match=NOTHING)
    if turn.event.role is not Role.STAFF:
        return turn.tell("reply.not_allowed")
    if turn.conversation.waiting == "form":
        return filling.ask(turn, turn.say("owned.after_form"))
    if command is None or not command.whole:
        return turn.reply(turn.say("desk.unclear"), *help_texts(turn))
    if command.name in MEMBERS_WORDS and turn.content.union.employer_owned:
        return turn.tell("desk.employer")
    return carry_out(turn, command)


def button_command(turn: Turn, value: str) -> Command | None:
    """A button's value is a command in the first language, without its first word; it tells nothing of a language."""
    first = next(iter(turn.content.texts.values()))
    command = read(turn.content, f"{first('desk.word_staff').split(',')[0]} {value}")
    return command and dataclasses.replace(command, language="")


def carry_out(turn: Turn, command: Command) -> Reply:
    desk = Desk(turn.event.role, turn.uow, turn.content, turn.vault, turn.now.date())
    match command.name:
        case "inbox":
            found = staffing.inbox(desk, turn.language, command.limit)
            return turn.reply(*inbox_blocks(found, turn.texts), choices=item_buttons(found))
        case "questions":
            return turn.reply(*question_blocks(inquiries.questions(desk, command.limit), turn.texts))
        case "show":
            return show(turn, desk, command)
        case "ask" | "status":
            return write(turn, desk, command)
        case "answer":
            return answer(turn, desk, command)
        case "export" | "report":
            return promise(turn, command)
    return turn.reply(*help_texts(turn))


def show(turn: Turn, desk: Desk, command: Command) -> Reply:
    if desk.uow.triage.item(command.item, lock=True) is None:
        return no_item(turn, desk, command)
    item = staffing.show(desk, command.item, turn.language)
    return turn.reply(*item_blocks(item, turn.texts), choices=status_buttons(item, turn.texts))


def write(turn: Turn, desk: Desk, command: Command) -> Reply:
    """To an item's author. What was stored is noted with the claim, so that the same event stores nothing again."""
    if len(command.words) > LONGEST:
        return turn.reply(turn.say("desk.too_long", longest=LONGEST))
    item = desk.uow.triage.item(command.item, lock=True)
    if item is None:
        return no_item(turn, desk, command)
    if command.name == "status":
        if not staffing.may_be(item, command.code):
            return turn.tell("desk.not_shared")
        staffing.set_status(desk, command.item, command.code, command.words)
        return turn.tell("desk.stored_status")
    return turn.tell(STORED[staffing.ask(desk, command.item, command.words)])


def no_item(turn: Turn, desk: Desk, command: Command) -> Reply:
    return turn.tell("desk.is_question" if staffing.is_question(desk, command.item) else "desk.no_item")


def answer(turn: Turn, desk: Desk, command: Command) -> Reply:
    if len(command.words) > LONGEST:
        return turn.reply(turn.say("desk.too_long", longest=LONGEST))
    asked = desk.uow.inquiries.get(command.item, lock=True)
    if asked is None or asked.answer:
        return turn.tell("desk.answered_before" if asked else "desk.no_question")
    return turn.tell(STORED[inquiries.answer(desk, command.item, command.words)])


def promise(turn: Turn, command: Command) -> Promise:
    what: What = "report" if command.name == "report" else "feedback" if command.code == "feedback" else "questions"
    wanted = Wanted(turn.event.role, turn.language, what, command.kind, command.words)
    return Promise(blocks=turn.reply(turn.say("desk.file_comes")).blocks, wanted=wanted)


def help_texts(turn: Turn) -> list[str]:
    closed = [turn.say("desk.employer")] if turn.content.union.employer_owned else []
    return [turn.say("desk.help"), *closed]
