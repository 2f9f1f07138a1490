"""Words that an author writes to the open item: a reply to staff, or a corrected line; names may be left out."""

from bot import asking, changing, filling, leaving_out, modals
from bot.asking import hand_over, hand_over_texts
from bot.feedback import Feedback, Level
from bot.forms import Question
from bot.handover import URGENT
from bot.owning import act as own
from bot.owning import all_said, form_of, opened, possible
from bot.owning import show as show_item
from bot.receipts import holds_receipt
from bot.replies import Block, Button, Outcome, Reply, Words
from bot.turn import Turn, parsed

ACTS = ("reply", "correct", "drop", leaving_out.USE, leaving_out.KEEP)
LONGEST_REPLY = 3000
REPLY, CORRECT = "own:reply", "own:correct:"  # what the conversation waits for; after the latter, the question


def act(turn: Turn, name: str) -> Outcome:
    """One of ACTS, chosen for the open item."""
    item = opened(turn)
    if isinstance(item, Feedback):
        match name:
            case "reply":
                turn.change(waiting=REPLY)
                return again(turn)
            case "correct":
                return lines(turn, item)
            case "drop":
                return step(turn, "cancel")
            case leaving_out.USE | leaving_out.KEEP if turn.conversation.held:
                return write(turn, item, leaving_out.chosen(turn, turn.conversation.held, name))
    return own(turn, "show")


def again(turn: Turn, *before: Block | str) -> Outcome:
    """Where the open item stands: words that are held, words that are waited for, or neither."""
    item = opened(turn)
    if turn.conversation.held and isinstance(item, Feedback):
        return offer(turn, item, *before)
    return ask(turn, *before)


def ask(turn: Turn, *before: Block | str) -> Outcome:
    """For the words that are waited for; a form is filled in with those that were held."""
    waiting = turn.conversation.waiting
    if waiting.startswith(CORRECT):
        return choose_line(turn, waiting.removeprefix(CORRECT), *before)
    if waiting != REPLY:
        return own(turn, "show")
    words = turn.conversation.held
    turn.change(held="")
    if turn.event.can_show_form:
        label, how = turn.say("owned.reply_label"), turn.say("owned.write_reply")
        return modals.ask_words(turn, label, LONGEST_REPLY, *before, how, words=words)
    return turn.reply(*before, turn.say("owned.write_reply"), commands=(turn.button("cancel"),))


def lines(turn: Turn, item: Feedback) -> Reply:
    """Which line to correct."""
    choices = tuple(Button("line", one.label[turn.language], one.id) for one in correctable(turn, item))
    return turn.reply(turn.say("owned.which_line"), choices=choices, commands=(turn.button("cancel"),))


def correctable(turn: Turn, item: Feedback) -> list[Question]:
    """The lines of an item that can be written anew; its level has ways of its own (bot/owning.py)."""
    form, said = form_of(turn, item), all_said(turn, item)
    return [one for one in form.questions if one.id in said and one.id != "level"] if form else []


def step(turn: Turn, name: str, number: int = 0) -> Outcome:
    """A step of the form, typed at an open item: "edit" chooses a line, all others lead back to the item."""
    item = opened(turn)
    if not isinstance(item, Feedback):
        return own(turn, "show")
    if name != "edit":
        told = "owned.unsent" if turn.conversation.waiting == REPLY else "owned.unchanged"
        turn.change(waiting="")
        return show_item(turn, item, *([] if name == "back" else [turn.say(told)]))
    shown = [one.value for one in turn.conversation.offers if one.action == "line"]
    if 1 <= number <= len(shown):
        return choose_line(turn, shown[number - 1])
    turn.change(waiting="")
    return lines(turn, item)


def at_item(turn: Turn) -> bool:
    """Whether the last reply was about the open item."""
    offered = {one.action for one in turn.conversation.offers}
    return turn.conversation.waiting.startswith("own:") or not offered.isdisjoint(("own", "line"))


def choose_line(turn: Turn, question_id: str, *before: Block | str) -> Outcome:
    item = opened(turn)
    turn.change(waiting=f"{CORRECT}{question_id}")  # words that were held for another line go
    held, question = turn.conversation.held, corrected(turn, item) if isinstance(item, Feedback) else None
    if not isinstance(item, Feedback) or question is None:
        turn.change(waiting="")
        return own(turn, "show")
    turn.change(held="")
    if turn.event.can_show_form and question.kind == "text":
        words, label = held or str(all_said(turn, item).get(question_id) or ""), question.label[turn.language]
        return modals.ask_words(turn, label, question.longest, *before, question.ask[turn.language], words=words)
    choices = tuple(Button("say", one.label[turn.language], one.code) for one in question.options if not one.retired)
    return turn.reply(
        *before,
        "**" + question.ask[turn.language] + "**",
        choices=choices,
        commands=(turn.button("cancel"),),
        several=question.kind == "choices",
    )


def takes_any_words(turn: Turn) -> bool:
    """Whether what is said now may be the reply or the line, though it is a command elsewhere."""
    item = opened(turn)
    question = corrected(turn, item) if isinstance(item, Feedback) else None
    return question is None or question.kind == "text" or filling.answers(turn, question)


def offers(turn: Turn, value: str) -> bool:
    """Whether these codes, with commas between, are choices of the line that is being corrected."""
    item = opened(turn)
    question = corrected(turn, item) if isinstance(item, Feedback) else None
    return set(value.split(",")) <= {option.code for option in question.options} if question else False


def said(turn: Turn) -> Outcome:
    """The words that were waited for."""
    item = opened(turn)
    if not isinstance(item, Feedback):
        return own(turn, "show")
    question, kind = corrected(turn, item), turn.thought.match.handover
    free = question is None or question.kind == "text"
    if question is not None and question.id == filling.NAME:
        if "?" in turn.text:
            return ask(turn, *asking.without_buttons(turn.texts, asking.answer_question(turn)))
        form = form_of(turn, item)
        if form is not None and filling.decided_anew(turn, form, question):
            turn.change(waiting="")
            return show_item(turn, item, turn.say("owned.unchanged"))
    if kind in URGENT and not free:
        turn.change(waiting="")
        return hand_over(turn, kind)
    contacts = heed(turn, kind) if kind in URGENT else ()
    if holds_receipt(turn, turn.text):
        return turn.reply(*contacts, turn.say("form.contains_receipt"), commands=(turn.button("cancel"),))
    longest = question.longest if question else LONGEST_REPLY
    try:
        answer = parsed(turn.content, question, turn.text) if question else short_enough(turn.text)
    except ValueError as problem:
        told = turn.say(str(problem), longest=longest)
        if question and question.kind != "text":
            return choose_line(turn, question.id, told)
        return turn.reply(*contacts, told, commands=(turn.button("cancel"),))
    tells = question is not None and question.id == filling.NAME  # it is meant to
    if contacts or (free and not tells and leaving_out.identifies(str(answer))):
        turn.change(held=str(answer))
        return offer(turn, item, *contacts)
    return write(turn, item, turn.text)


def heed(turn: Turn, kind: str) -> tuple[str, ...]:
    """Contacts, before words that sound like danger or a crisis are held: none of them goes without a yes."""
    turn.count("handover")
    unsent = turn.say("handover.reply_unsent" if turn.conversation.waiting == REPLY else "handover.line_unchanged")
    return (*hand_over_texts(turn.content, turn.language, kind), unsent)


def short_enough(words: str) -> str:
    """A reply to staff, as it is. Raises ValueError with a text key."""
    if len(words) > LONGEST_REPLY:
        raise ValueError("problem.too_long")
    return words


def corrected(turn: Turn, item: Feedback) -> Question | None:
    """The line that is being corrected; None where none is, or it is none of the item's any more."""
    waiting = turn.conversation.waiting
    return next((one for one in correctable(turn, item) if f"{CORRECT}{one.id}" == waiting), None)


def offer(turn: Turn, item: Feedback, *before: Block | str) -> Reply:
    """The words that are held, beside a version without what may show who somebody is. Nothing is filed before that.

    Where they show nothing, they are held because they sound like danger or a crisis.
    """
    words, question = turn.conversation.held, corrected(turn, item)
    if not leaving_out.identifies(words):
        yes = Button("own", turn.say("handover.go"), leaving_out.KEEP)
        no = Button("own", turn.say("handover.stay"), "drop")
        said = Words(turn.say("owned.you"), words)
        return turn.reply(*before, said, turn.say("handover.all_the_same"), choices=(yes, no))
    told = [turn.say("redaction.reply_offer")]
    if question:
        told = [turn.say("redaction.offer", label=question.label[turn.language].rstrip("?"))]
    after = turn.say("redaction.developers") if question and item.sharing else ""
    commands = (turn.button("back"), turn.button("cancel"))
    version, choices = leaving_out.version(turn, words), leaving_out.choices(turn, "own")
    return turn.reply(*before, *told, version, after, choices=choices, commands=commands)


def write(turn: Turn, item: Feedback, words: str) -> Outcome:
    """The reply, or the corrected line, as its author wants it."""
    later = turn.say("owned.with_batch") if item.level is Level.ANONYMOUS else ""
    if turn.conversation.waiting == REPLY:
        changing.reply(turn, item, words)
        turn.change(waiting="")
        return turn.tell("owned.replied", later)
    question = corrected(turn, item)
    if question is None:
        return own(turn, "show")
    try:
        answer = parsed(turn.content, question, words)
    except ValueError as problem:  # a version without names can be longer than the words
        return offer(turn, item, turn.say(str(problem), longest=question.longest))
    changing.correct(turn, item, question.id, answer)
    turn.change(waiting="")
    turn.note = "owned.corrected"
    told = [turn.say(turn.note), later, turn.say("owned.copies")]
    return turn.reply(*told, choices=possible(turn, item), commands=(turn.button("done"),))
