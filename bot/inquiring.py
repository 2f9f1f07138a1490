"""Sending a question to union staff: whether to hear back, the words, what may identify somebody, and off it goes."""

from bot import asking, leaving_out, modals
from bot.receipts import holds_receipt
from bot.replies import Block, Button, Outcome, Reply
from bot.turn import Turn
from bot.upkeep import sweep_later

LONGEST = 3000  # characters


def start(turn: Turn) -> Reply:
    choices = tuple(Button("hear_back", turn.say(f"reply.ask_back_{one}"), one) for one in ("yes", "no"))
    return turn.reply(turn.say("reply.ask_staff_back"), choices=choices, commands=(turn.button("cancel"),))


def act(turn: Turn, action: str, value: str) -> Outcome:
    if action == "hear_back":
        turn.change(waiting="ask_staff", hear_back=value == "yes", pending="")
        return again(turn)
    text = turn.conversation.pending
    if not text:
        return turn.reply(turn.say("reply.nothing_to_send"))
    return send(turn, leaving_out.chosen(turn, text, value))


def said(turn: Turn) -> Outcome:
    """The question's words."""
    kind = turn.thought.match.handover
    if kind:
        turn.change(waiting="")
        return asking.hand_over(turn, kind)
    if holds_receipt(turn, turn.text):
        return turn.reply(turn.say("form.contains_receipt"), commands=(turn.button("cancel"),))
    if len(turn.text) > LONGEST:
        return turn.reply(turn.say("problem.too_long", longest=LONGEST), commands=(turn.button("cancel"),))
    if not leaving_out.identifies(turn.text):
        return send(turn, turn.text)
    turn.change(pending=turn.text, waiting="ask_staff")
    return offer(turn, turn.text)


def offer(turn: Turn, text: str, *before: Block | str) -> Reply:
    """The question beside a version without what may identify somebody."""
    version, choices = leaving_out.version(turn, text), leaving_out.choices(turn, "inquiry")
    told, commands = turn.say("redaction.question_offer"), (turn.button("back"), turn.button("cancel"))
    return turn.reply(*before, told, version, choices=choices, commands=commands)


def again(turn: Turn, *before: Block | str) -> Outcome:
    """Where asking staff stands."""
    if turn.conversation.pending:
        return offer(turn, turn.conversation.pending, *before)
    return ask(turn)


def ask(turn: Turn) -> Outcome:
    """For the question's words; a form is filled in with those that were held."""
    words = turn.conversation.pending
    turn.change(pending="")
    if turn.event.can_show_form:
        label, how = turn.say("reply.question_label"), turn.say("reply.ask_staff")
        return modals.ask_words(turn, label, LONGEST, how, words=words)
    return turn.reply(turn.say("reply.ask_staff"), commands=(turn.button("cancel"),))


def send(turn: Turn, text: str) -> Reply:
    """Store it; where to reach the asker only if they wish to hear back."""
    back = turn.conversation.hear_back
    address = turn.address if back else None
    turn.uow.questions.add(text, turn.language, turn.week, turn.account if back else None, address)
    if not back:
        sweep_later(turn.uow)
    turn.change(waiting="", pending="", hear_back=False)
    return turn.tell("reply.question_sent_back" if back else "reply.question_sent")
