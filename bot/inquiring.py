"""Sending a question to union staff: whether to hear back, the words, what may identify somebody, and off it goes."""

from bot import asking, leaving_out, modals
from bot.receipts import holds_receipt
from bot.replies import Block, Button, Outcome, Reply, Words
from bot.turn import Turn, following
from bot.upkeep import sweep_later

LONGEST = 3000  # characters
FIRST_WORDS = 40
SHORTEST = 3  # words, where they follow "ask staff" at once
FIRST = "hear_back"  # what the conversation waits for, before the question's words


def start(turn: Turn, words: str = "", *before: str) -> Outcome:
    """Whether to hear back, which is asked for first; `words`: the question, where it was said already."""
    if not words and turn.conversation.waiting == FIRST:
        words = turn.conversation.pending
    if turn.event.passing:
        turn.change(waiting="ask_staff", hear_back=False, pending="")
        return take(turn, words) if words else ask(turn, *before)
    turn.change(waiting=FIRST, pending=words)
    choices = tuple(Button("hear_back", turn.say(f"reply.ask_back_{one}"), one) for one in ("yes", "no"))
    said = Words(turn.say("reply.question_label"), words) if words else ""
    return turn.reply(
        *before, said, turn.say("reply.ask_staff_back"), choices=choices, commands=(turn.button("cancel"),)
    )


def act(turn: Turn, action: str, value: str) -> Outcome:
    if action == "hear_back":
        words = turn.conversation.pending if turn.conversation.waiting == FIRST else ""
        turn.change(waiting="ask_staff", hear_back=value == "yes", pending="")
        return take(turn, words) if words else ask(turn)
    text = turn.conversation.pending
    if not text or turn.conversation.waiting == FIRST:
        return turn.reply(turn.say("reply.nothing_to_send"))
    return send(turn, leaving_out.chosen(turn, text, value))


def waiting_for_answers(turn: Turn) -> tuple[Button, ...]:
    """The member's questions that staff have not answered, to open."""
    return tuple(
        Button("asked", turn.say("owned.question", words=shortened(one.text)), one.id)
        for one in turn.uow.questions.of(turn.accounts)
    )


def show(turn: Turn, question_id: str) -> Reply | None:
    """One of them; None where it is answered by now, or not theirs."""
    found = next((one for one in turn.uow.questions.of(turn.accounts) if one.id == question_id), None)
    if found is None:
        return None
    forget = Button("forget_asker", turn.say("owned.question_forget"), found.id)
    choices = (forget, Button("my_data", turn.say("owned.question_keep")))
    turn.note = "owned.question_waits"
    return turn.reply(Words(turn.say("reply.question_label"), found.text), turn.say(turn.note), choices=choices)


def forget_asker(turn: Turn, question_id: str) -> Reply:
    """Who asked is forgotten; the words stay with staff."""
    turn.uow.questions.forget_asker(question_id, turn.accounts)
    sweep_later(turn.uow)
    return turn.tell("owned.question_forgotten")


def shortened(words: str) -> str:
    line = " ".join(words.split())
    return line if len(line) <= FIRST_WORDS else line[: FIRST_WORDS - 1] + "…"


def is_early(turn: Turn) -> bool:
    """Whether words answer the last reply, which asked whether to hear back: they are the question itself."""
    asked = any(one.action == "hear_back" for one in turn.conversation.offers)
    return asked and turn.conversation.waiting == FIRST


def at_once(turn: Turn) -> str:
    """The question in "ask staff when is the class"; "" where these words are none."""
    ways = [way for texts in turn.content.texts.values() for way in texts.words["ask_staff"]]
    return following(turn.text, ways, SHORTEST)


def said(turn: Turn, words: str) -> Outcome:
    """The question's words."""
    kind = turn.thought.match.handover
    if kind:
        turn.change(waiting="", pending="")
        return asking.hand_over(turn, kind)
    problem = ""
    if holds_receipt(turn, words):
        problem = turn.say("form.contains_receipt")
    elif len(words) > LONGEST:
        problem = turn.say("problem.too_long", longest=LONGEST)
    if turn.conversation.waiting != "ask_staff":
        return start(turn, "", problem) if problem else start(turn, words)
    return turn.reply(problem, commands=(turn.button("cancel"),)) if problem else take(turn, words)


def take(turn: Turn, words: str) -> Outcome:
    """Send the words, or hold them while their author chooses what to leave out."""
    if not leaving_out.identifies(words):
        return send(turn, words)
    turn.change(pending=words, waiting="ask_staff")
    return offer(turn, words)


def offer(turn: Turn, text: str, *before: Block | str) -> Reply:
    """The question beside a version without what may identify somebody."""
    version, choices = leaving_out.version(turn, text), leaving_out.choices(turn, "inquiry")
    told, commands = turn.say("redaction.question_offer"), (turn.button("back"), turn.button("cancel"))
    return turn.reply(*before, told, version, choices=choices, commands=commands)


def again(turn: Turn, *before: Block | str) -> Outcome:
    """Where asking staff stands."""
    if turn.conversation.waiting == FIRST:
        return start(turn)
    if turn.conversation.pending:
        return offer(turn, turn.conversation.pending, *before)
    return ask(turn)


def ask(turn: Turn, *before: str) -> Outcome:
    """For the question's words; a form is filled in with those that were held."""
    words = turn.conversation.pending
    turn.change(pending="")
    if turn.event.can_show_form:
        label, how = turn.say("reply.question_label"), turn.say("reply.ask_staff")
        return modals.ask_words(turn, label, LONGEST, *before, how, words=words)
    return turn.reply(*before, turn.say("reply.ask_staff"), commands=(turn.button("cancel"),))


def send(turn: Turn, text: str) -> Reply:
    """Store it; where to reach the asker only if they wish to hear back."""
    back = turn.conversation.hear_back
    address = turn.address if back else None
    turn.uow.questions.add(text, turn.language, turn.week, turn.account if back else None, address)
    turn.change(waiting="", pending="", hear_back=False)
    return turn.tell("reply.question_sent_back" if back else "reply.question_sent")
