"""Where a member's words or button go: the form, a command, an item that is open, a question to staff, or an answer."""

import dataclasses
import difflib

from bot import asking, filling, inquiring, keeping, owning, staff_chat, wording
from bot.conversations import current
from bot.events import Message, as_message
from bot.faq.features import normalize
from bot.faq.matcher import NOTHING
from bot.faq.spelling import SHORTEST, slip
from bot.handover import URGENT
from bot.replies import Outcome, Reply, Text
from bot.turn import Turn, bare, numbered, pressed, urges_to_send

FORM_STEPS = ("back", "skip", "later", "cancel", "edit")
ANYWHERE = ("help", "stop", "done", "as_form")  # commands also where any words may be an answer
GOING_ON = ("send", "resume")  # and these in a form
SPOKEN = ("english", "spanish", "language")  # these there only in several words ("in Spanish")
PERSONAL = ("feedback", "resume", "my_data", "receipt", "ask_staff", "send")
READING = ("help", "my_data", "ask_staff", "thanks", "agreed", "hello", "begin")  # commands that can be obeyed twice
HARMLESS = ("help", "feedback", "ask_staff", "language", "my_data", "receipt", "resume")
SHORTEST_COMMAND, LONGEST_COMMAND = 5, 25  # characters, where it may be mistyped
ALIKE = 0.85  # difflib's ratio


def message(turn: Turn) -> Outcome:
    assert isinstance(turn.event, Message)
    if staff_chat.meant(turn):
        return staff_chat.said(turn)
    if not turn.event.private:
        return in_public(turn)
    if turn.event.attachments and not turn.text.strip():
        return turn.reply(turn.say("reply.no_files"))
    if turn.event.question:
        return asking.answer_question(turn) if turn.text.strip() else turn.reply(turn.say("reply.nothing_here"))
    if in_form(turn):
        return message_in_form(turn)
    name, number = turn.thought.command
    waiting = turn.conversation.waiting
    if name == "cancel" and waiting:
        return run(turn, name)
    offer = pressed(turn.content, turn.conversation, turn.text)
    if offer and offer.action != "say":
        return act(turn, offer.action, offer.value)
    if not turn.text.strip():
        return turn.reply(turn.say("reply.nothing_here"))
    if waiting == "receipt" and not name and owning.is_receipt(turn):
        return owning.enter(turn)
    if are_held(turn):
        return between(turn, name, number)
    if is_out_of_range(turn):
        return turn.offer_again(turn.say("problem.not_a_choice"))
    if waiting.startswith("own:") and not (name and (means_command(turn, name) or not wording.takes_any_words(turn))):
        return wording.said(turn)
    question = "" if name else inquiring.at_once(turn)
    if not name and (waiting == "ask_staff" or inquiring.is_early(turn)):
        return inquiring.said(turn, question or turn.text)
    if question:
        return inquiring.said(turn, question)
    if not name and (opened := owning.given(turn)) is not None:
        return opened
    name = name or nearly(turn)
    if name:
        return run(turn, name, number)
    words = filling.begun(turn)
    if words:
        turn.event = as_message(turn.event, words)
        return filling.start_with(turn)
    return filling.reminding(turn, asking.answer_question(turn))


def is_out_of_range(turn: Turn) -> bool:
    """Whether this is a number, and not one of the choices that were shown."""
    shown = [one for one in turn.conversation.offers if one.numbered and one.action != "say"]
    number = numbered(turn.content, turn.text)
    return bool(shown) and number.isdecimal() and len(number) <= 2


def in_public(turn: Turn) -> Outcome:
    """Words that others can read: a question is answered there; what is personal goes to the member alone."""
    name, _ = turn.thought.command
    before = turn.conversation
    outcome: Reply
    if name in PERSONAL:
        outcome = turn.reply(turn.say("reply.in_private"), commands=(turn.button(name),))
    elif name or not turn.text.strip():
        outcome = turn.reply(turn.say("reply.help"))
    else:
        answer = asking.answer_question(turn)
        outcome = dataclasses.replace(answer, private=bool(turn.thought.match.handover))
    turn.conversation = dataclasses.replace(
        before, topic=turn.conversation.topic, topic_until=turn.conversation.topic_until
    )
    return outcome


def nearly(turn: Turn) -> str:
    """The harmless command that was mistyped ("feedbak"), where nothing better was found in the words."""
    match = turn.thought.match
    if match.outcome not in ("none", "suggest") or len(turn.text) > LONGEST_COMMAND:
        return ""
    ways = {
        normalize(way): name
        for texts in turn.content.texts.values()
        for name, several in texts.words.items()
        for way in several
        if name in HARMLESS and len(way) >= SHORTEST_COMMAND
    }
    near = difflib.get_close_matches(normalize(turn.text).strip(" .!¡¿?"), ways, n=1, cutoff=ALIKE)
    return ways[near[0]] if near else ""


def in_form(turn: Turn) -> bool:
    return turn.conversation.draft is not None and turn.conversation.waiting == "form"


def message_in_form(turn: Turn) -> Outcome:
    form = filling.the_form(turn)
    question = current(form, turn.draft())
    name, number = turn.thought.command
    if question is None and urges_to_send(turn.content, turn.text):
        name = "send"
    meant = ""
    if question is not None and question.kind == "text":
        short = len(turn.text) <= LONGEST_COMMAND
        meant = name if short and name in FORM_STEPS else mistyped_step(turn)
        skips = name == "skip" and not question.required  # any way to say it, where it can be left out
        name = name if skips or means_command(turn, name) else ""
    answers_it = question is not None and question.kind != "text" and filling.answers(turn, question)
    if any(one.action in ("redact", "words") for one in turn.conversation.offers):
        offer = pressed(turn.content, turn.conversation, turn.text)
        if offer and offer.numbered:
            return act(turn, offer.action, offer.value)
    unclear = is_out_of_range(turn) or turn.thought.command[0] in ("helped_yes", "helped_no", "agreed")
    if question is not None and keeping.are_held(turn, question) and unclear:
        return keeping.ask_again(turn, question)
    if name and not answers_it:
        return run(turn, name, number)
    if question is not None and meant:
        return keeping.ask_whether(turn, question, meant)
    if not turn.text.strip():
        return filling.ask(turn, turn.say("problem.empty"))
    if question is None and numbered(turn.content, turn.text).isdecimal():
        return filling.ask(turn, turn.say("form.edit_how"))
    if question is None or filling.is_question(turn, question):
        return filling.answer_then_ask(turn, asking.answer_question(turn))
    if keeping.may_be_question(turn, question):
        return keeping.answer_or_keep(turn, question, asking.answer_question(turn))
    return filling.said(turn)


def mistyped_step(turn: Turn) -> str:
    """The command of the form that one word is nearly ("skpi")."""
    plain = normalize(turn.text).strip(" .!¡¿?")
    for texts in turn.content.texts.values() if plain.isalpha() else ():
        for name in (*FORM_STEPS, *GOING_ON, "help"):
            if any(slip(plain, normalize(way)) for way in texts.words[name] if len(way) >= SHORTEST):
                return name
    return ""


def means_command(turn: Turn, name: str) -> bool:
    """Whether a command is meant where any words may be the answer: its first name, a sign, or several words.

    In a form all ways to say "send" and "continue" are: nobody answers with them.
    """
    if turn.text.startswith("/") or (name in GOING_ON and in_form(turn)):
        return bool(name)
    plain = bare(turn.content, turn.text)
    first = {normalize(texts.words[name][0]) for texts in turn.content.texts.values() if name in texts.words}
    if name in FORM_STEPS or name in ANYWHERE:
        return plain in first or not plain.isalpha()
    return name in SPOKEN and " " in plain


def run(turn: Turn, name: str, number: str = "") -> Outcome:
    """A command, typed or pressed."""
    inside = in_form(turn)
    if inside and name in FORM_STEPS:
        return filling.step(turn, name, int(number or 0))
    match name:
        case "help":
            return filling.ask(turn, turn.say("reply.help_form")) if inside else turn.reply(turn.say("reply.help"))
        case "feedback":
            return filling.start(turn)
        case "resume" | "as_form":
            return filling.resume(turn)
        case "send" if are_held(turn):  # what they are about is chosen first
            return turn.reply(turn.say("reply.not_done"))
        case "send":
            if turn.conversation.draft is None:
                return turn.reply(turn.say("reply.nothing_to_send"))
            return filling.send(turn) if inside else filling.resume(turn)
        case "cancel" if turn.conversation.waiting and not wording.at_item(turn):
            return stop_waiting(turn)
        case "back" if are_held(turn):
            return inquiring.ask(turn) if turn.conversation.waiting == "ask_staff" else wording.ask(turn)
        case "cancel" | "later" | "edit" | "back" | "skip" if wording.at_item(turn):
            return wording.step(turn, name, int(number or 0))
        case "cancel" | "later" | "edit" | "back" | "skip":
            return filling.resume(turn)
        case "my_data":
            return filling.ask(turn, turn.say("owned.after_form")) if inside else owning.overview(turn)
        case "receipt":
            return filling.ask(turn, turn.say("owned.after_form")) if inside else owning.ask_receipt(turn)
        case "ask_staff":
            return filling.ask(turn, turn.say("owned.after_form")) if inside else inquiring.start(turn)
        case "language":
            spoken = turn.content.languages
            return speak(turn, spoken[(spoken.index(turn.language) + 1) % len(spoken)])
        case "english" | "spanish":
            return speak(turn, "en" if name == "english" else "es")
        case "thanks" | "hello":
            greeting = turn.say("reply.you_are_welcome" if name == "thanks" else "reply.hello")
            return filling.ask(turn, greeting) if inside else turn.reply(greeting)
        case "agreed":
            return agreed(turn)
        case "stop":
            turn.change(stopped=True)
            said = turn.say("reply.stopped")
            return filling.ask(turn, said, turn.say("form.to_leave")) if inside else turn.tell("reply.stopped")
        case "begin":
            return run(turn, "start" if turn.conversation.stopped else "help")
        case "start":
            turn.change(stopped=False)
            return filling.ask(turn, turn.say("reply.started")) if inside else turn.tell("reply.started")
        case "done":
            return leave(turn)
        case "none_of_these":
            return no_answer(turn)
    return filling.unclear(turn) if inside else turn.reply(turn.say("reply.yes_to_what"))


def agreed(turn: Turn) -> Outcome:
    """An "ok" chooses nothing and sends nothing: what was offered stands, and it is said that nothing was done."""
    if in_form(turn):
        return filling.unclear(turn)
    if are_held(turn):  # the choice follows: between()
        return turn.reply(turn.say("reply.not_done"))
    if turn.conversation.waiting.startswith("own:"):
        return wording.again(turn, turn.say("reply.not_done"))
    if any(one.numbered and one.action != "topic" for one in turn.conversation.offers):
        return turn.offer_again(turn.say("reply.not_done"))
    return turn.reply(turn.say("reply.agreed"))


def stop_waiting(turn: Turn) -> Outcome:
    """For words: a receipt, or a question to staff."""
    waiting = turn.conversation.waiting
    turn.change(waiting="", pending="")
    return turn.tell("owned.not_opened" if waiting == "receipt" else "form.cancelled")


def are_held(turn: Turn) -> bool:
    """Whether words wait until their author has chosen what to leave out of them."""
    waiting = turn.conversation.waiting
    held = turn.conversation.pending if waiting == "ask_staff" else turn.conversation.held
    return bool(held) and waiting != "form"


def between(turn: Turn, name: str, number: str) -> Outcome:
    """Something else is said meanwhile: it never takes their place. Its answer, and the choice again.

    Danger and crisis stand alone, and so does what wants an answer itself.
    """
    outcome = run(turn, name, number) if name else asking.answer_question(turn)
    if not isinstance(outcome, Reply) or not are_held(turn):
        return outcome
    if turn.thought.match.handover in URGENT or (name and outcome.choices):
        return outcome
    said = asking.without_buttons(turn.texts, outcome)
    return inquiring.again(turn, *said) if turn.conversation.waiting == "ask_staff" else wording.again(turn, *said)


def no_answer(turn: Turn) -> Outcome:
    """None of what was suggested."""
    if in_form(turn):
        return filling.none_chosen(turn)
    if turn.conversation.waiting.startswith(wording.CORRECT):
        return wording.again(turn, turn.say("problem.not_a_choice"))
    reply = asking.told(turn.content, turn.language, NOTHING, turn.now.date())
    return turn.reply(*reply.blocks, choices=reply.choices, commands=reply.commands)


def act(turn: Turn, action: str, value: str) -> Outcome:
    """A button, pressed or typed; one of an earlier step gets a sentence and the present step."""
    inside = in_form(turn)
    match action:
        case "staff":
            return staff_chat.said(turn, value)
        case "topic" if value in turn.content.entries:
            return asking.answer(turn, value)
        case "helped":
            turn.count(f"helped_{value}", turn.conversation.topic)
            return turn.tell("reply.thanks_helped" if value == "yes" else "reply.sorry_not_helped")
        case "choose" if inside and filling.offers(turn, value):
            return filling.choose(turn, value)
        case "redact" if inside:
            return filling.redacted(turn, value)
        case "words" if inside and keeping.asks_for(turn, value):
            return keeping.keep_words(turn)
        case "open" if not inside:
            return owning.open_own(turn, value)
        case "asked" if not inside:
            return inquiring.show(turn, value) or owning.overview(turn)
        case "forget_asker" if not inside:
            return inquiring.forget_asker(turn, value)
        case "own" if not inside and value in wording.ACTS:
            return wording.act(turn, value)
        case "own" if not inside:
            return owning.act(turn, value)
        case "say" if wording.offers(turn, value):
            turn.event = as_message(turn.event, value)
            return wording.said(turn)
        case "line" if not inside:
            return wording.choose_line(turn, value)
        case "hear_back" | "inquiry" if not inside:
            return inquiring.act(turn, action, value)
        case "choose" | "words" | "topic" | "redact" | "say" | "open" | "own" | "line" | "hear_back" | "inquiry":
            pass
        case "asked" | "forget_asker":
            pass
        case _:
            return run(turn, action, value)
    if inside:
        return filling.ask(turn, turn.say("reply.stale_button"))
    if owning.opened(turn) and turn.conversation.waiting.startswith("own:"):
        return wording.again(turn, turn.say("reply.stale_button"))
    return turn.reply(turn.say("reply.help"))


def again(turn: Turn) -> Outcome:
    """Where the conversation stands, said to an event that comes once more."""
    if staff_chat.meant(turn):
        return staff_chat.said(turn)
    if in_form(turn):
        turn.draft(receipt="")  # one that was drawn for a reply that may not have arrived is replaced
        return filling.ask(turn)
    waiting = turn.conversation.waiting
    if waiting == "receipt":
        return owning.ask_receipt(turn)
    if waiting in ("ask_staff", inquiring.FIRST):
        return inquiring.again(turn)
    if owning.opened(turn) is not None:
        return wording.again(turn)
    name, _ = turn.thought.command
    if name in READING:
        return run(turn, name)
    topic = turn.conversation.recent_topic(turn.now)
    if turn.thought.match is NOTHING and topic in turn.content.entries:
        return asking.answer(turn, topic)
    return asking.answer_question(turn) if turn.text else turn.reply(turn.say("reply.help"))


def speak(turn: Turn, language: str) -> Outcome:
    """Change the language; the last answer, or the form's question, is said again in it."""
    turn.thought = dataclasses.replace(turn.thought, language=language, match=NOTHING)
    turn.change(language=language, spoken=language)
    now = turn.say("reply.language_now")
    if in_form(turn):
        turn.draft(receipt="")
        return filling.ask(turn, now)
    topic = turn.conversation.recent_topic(turn.now)
    if topic in turn.content.entries:
        reply = asking.answer(turn, topic, counted=False)
        return dataclasses.replace(reply, blocks=(Text(now), *reply.blocks))
    return turn.tell("reply.language_now")


def leave(turn: Turn) -> Outcome:
    """The end of a receipt's session, else of the conversation; a computer that many use forgets both."""
    inside = in_form(turn)
    if inside:
        filling.pause(turn)
    if turn.conversation.opened and not turn.event.passing:
        told = "owned.closed_own" if owning.is_theirs(turn, owning.opened(turn)) else "owned.session_over"
        turn.change(opened="", waiting="")  # what is left of a receipt's session goes with the chores
        return turn.tell(told, turn.say("owned.draft") if inside else "")
    waits = turn.say("form.cancelled" if turn.event.passing else "form.later") if turn.conversation.draft else ""
    return dataclasses.replace(turn.tell("reply.bye", waits), clear=True)
