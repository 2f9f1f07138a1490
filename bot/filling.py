"""Filling in a form, question by question in messages or page by page in modals, up to its summary (bot/sending.py)."""

import dataclasses
from collections.abc import Mapping

from bot import conversations, leaving_out, modals, prompting, sending, workspace
from bot.asking import hand_over_texts, without_buttons
from bot.conversations import Draft
from bot.events import FormSubmission
from bot.faq.features import normalize
from bot.feedback import Level
from bot.forms import Answer, Form, Question
from bot.handover import URGENT
from bot.receipts import holds_receipt
from bot.replies import Outcome, Reply, ShowForm, Text
from bot.turn import Turn, following, numbered, parsed, pointed
from bot.vault import new_id

FORM = "ai-at-work"
OWN_WORDS = "words"  # the question that a message chosen as feedback answers
CLEARLY = 0.6  # confidence from which words without a question mark are taken for a question
SHORTEST_QUESTION = 3  # words, where the first asks
SHORTEST_FEEDBACK = 6  # words, where they follow "feedback" at once
NAME = "name"  # the question that no question answers


def start(turn: Turn) -> Outcome:
    """Begin, or go on with what is open."""
    begun = turn.conversation.draft is None
    if begun:
        turn.change(draft=Draft(FORM, turn.now.date().isoformat(), id=new_id()))
    if begun:
        return go_on(turn, turn.say("form.intro"), *workspace.before_form(turn))
    return go_on(turn, turn.say("form.already_open"))


def resume(turn: Turn) -> Outcome:
    if turn.conversation.draft is None:
        return turn.reply(turn.say("reply.nothing_open"))
    return go_on(turn, turn.say("form.resume"))


def go_on(turn: Turn, *before: str) -> Outcome:
    """The step the draft is at: in a modal where this event can open one. A summary is drawn anew, with its receipt."""
    turn.draft(paused=False, modal=turn.event.can_show_form, receipt="")
    turn.change(waiting="form")
    return ask(turn, *before)


def start_with(turn: Turn) -> Outcome:
    """A message of the member's own, chosen to be sent: it fills in one question, and is read again before sending."""
    warned: tuple[str, ...] = ()
    if turn.conversation.draft is None:
        turn.change(draft=Draft(FORM, turn.now.date().isoformat(), id=new_id()))
        warned = workspace.before_form(turn)
    form = the_form(turn)
    question = form[OWN_WORDS]
    if not turn.text.strip():
        return go_on(turn, turn.say("form.shortcut_other"), *warned)
    if turn.draft().answers.get(OWN_WORDS):
        return go_on(turn, turn.say("form.already_open"))
    if holds_receipt(turn, turn.text):
        return go_on(turn, turn.say("form.contains_receipt"))
    try:
        answer = question.parse(turn.text)
    except ValueError as problem:
        return go_on(turn, turn.say(str(problem), longest=question.longest))
    turn.change(draft=conversations.answered(form, turn.draft(), question, answer))
    kind = turn.thought.match.handover
    contacts = heed(turn, {OWN_WORDS: kind} if kind else {})
    return contacts if isinstance(contacts, Reply) else go_on(turn, *contacts, turn.say("form.shortcut"), *warned)


def begun(turn: Turn) -> str:
    """The feedback in "feedback the app tracks us"; "" where these words are none, or may be a question."""
    names = [texts.words["feedback"][0] for texts in turn.content.texts.values()]
    words = following(turn.text, names, SHORTEST_FEEDBACK)
    first = normalize(words).partition(" ")[0]
    asks = "?" in words or any(first in texts.asking for texts in turn.content.texts.values())
    return words if turn.thought.match.outcome in ("none", "suggest") and not asks else ""


def the_form(turn: Turn) -> Form:
    """The draft's form, as it may be filled in here; the answers that no longer belong to it are dropped on the way."""
    draft = turn.draft()
    form = workspace.allowed(turn, turn.content.forms.get(draft.form) or turn.content.forms[FORM])
    kept = form.kept(draft.answers)
    if kept != draft.answers or form.id != draft.form:
        turn.draft(answers=kept, form=form.id, receipt="")
    return form


def ask(turn: Turn, *before: str) -> Outcome:
    """The current question or page, else the summary; one that was shown and still holds stands as it was."""
    form = the_form(turn)
    question = conversations.current(form, turn.draft())
    if question is None:
        if turn.draft().receipt:
            return sending.stands(turn, *before)
        return sending.review(turn, form, *before) or sending.summary(turn, form, *before)
    if turn.draft().modal:
        if turn.event.can_show_form:
            return modals.show(turn, form, question.page, *before)
        if isinstance(turn.event, FormSubmission):
            commands = tuple(turn.button(one) for one in ("resume", "back", "later", "cancel"))
            return turn.reply(*before, turn.say("form.next_page"), commands=commands)
        turn.draft(modal=False)
    return prompting.ask(turn, form, question, *before)


def said(turn: Turn) -> Outcome:
    """Words said while a form is open: the answer to the current question."""
    form = the_form(turn)
    question = conversations.current(form, turn.draft())
    if question is None:
        return ask(turn)
    if holds_receipt(turn, turn.text):
        return ask(turn, turn.say("form.contains_receipt"))
    try:
        answer = parsed(turn.content, question, turn.text)
    except ValueError as problem:
        return ask(turn, turn.say(str(problem), longest=question.longest))
    if earlier := decided_anew(turn, form, question):
        turn.draft(editing=earlier.id, receipt="")
        return ask(turn)
    return take(turn, form, question, answer)


def decided_anew(turn: Turn, form: Form, question: Question) -> Question | None:
    """The question that an open one hangs on, where the words name a choice of it: "anonymous" is nobody's name."""
    if question.kind != "text" or question.when is None:
        return None
    earlier = form[question.when[0]]
    return earlier if earlier.is_named(pointed(turn.content, numbered(turn.content, turn.text))) else None


def answers(turn: Turn, question: Question) -> bool:
    """Whether the words of this turn answer it."""
    try:
        parsed(turn.content, question, turn.text)
    except ValueError:
        return False
    return True


def unclear(turn: Turn) -> Outcome:
    """What was said answers nothing that was asked."""
    question = conversations.current(the_form(turn), turn.draft())
    if question is None and turn.draft().receipt:
        return ask(turn, turn.say("form.not_sent"))
    problems = {"text": "reply.yes_to_what", "choices": "problem.not_choices"}
    return ask(turn, turn.say(problems.get(question.kind if question else "", "problem.not_a_choice")))


def none_chosen(turn: Turn) -> Outcome:
    """None of several choices is an answer where it may be left out; elsewhere it says nothing."""
    form = the_form(turn)
    question = conversations.current(form, turn.draft())
    if question is None or question.kind != "choices" or question.required:
        return unclear(turn)
    return take(turn, form, question, None)


def take(turn: Turn, form: Form, question: Question, answer: Answer) -> Outcome:
    """An answer to the current question, and then the next one."""
    turn.change(draft=conversations.answered(form, turn.draft(), question, answer))
    kind = turn.thought.match.handover
    contacts = heed(turn, {question.id: kind} if question.kind == "text" and kind else {})
    if isinstance(contacts, Reply):
        return contacts
    return ask(turn, *contacts, *(about_anonymity(turn) if question.id == "level" else ()))


def offers(turn: Turn, value: str) -> bool:
    """Whether this code, or these with commas between, can be chosen for the current question."""
    question = conversations.current(the_form(turn), turn.draft())
    chosen = set(value.split(","))
    if question is None or not chosen <= {option.code for option in question.options}:
        return False
    return question.kind == "choices" or len(chosen) == 1


def choose(turn: Turn, value: str) -> Outcome:
    """What was pressed, and is offered."""
    form = the_form(turn)
    question = conversations.current(form, turn.draft())
    assert question is not None
    codes = question.codes(value.split(","))
    return take(turn, form, question, codes if question.kind == "choices" else codes[0])


def page_sent(turn: Turn, sent: FormSubmission) -> Outcome:
    """A page of a modal. Raises modals.Unaccepted with what to write instead, so that nothing of it is stored."""
    draft = turn.conversation.draft
    if draft is None or draft.form != sent.form or sent.draft != draft.id:
        if sent.back or not sent.values:
            return turn.reply(turn.say("form.other_draft"), *modals.typed(turn.content, sent, turn.language))
        raise modals.Unaccepted({"": turn.say("form.other_draft")})  # what was typed stays there
    form = the_form(turn)
    before = turn.draft().answers
    answers = modals.accepted(turn, form, sent)
    turn.change(draft=conversations.page_answered(form, turn.draft(), answers), waiting="form")
    turn.draft(modal=True, paused=False)
    heard = {name: kind for name, kind in turn.thought.handovers.items() if answers.get(name) != before.get(name)}
    contacts = heed(turn, heard)
    if isinstance(contacts, Reply):
        return contacts
    leveled = "level" in answers and answers["level"] != before.get("level")
    notes = [*contacts, *(about_anonymity(turn) if leveled else ())]
    numbers = modals.pages(form, turn.draft().answers)
    beside = (
        [one for one in numbers if one < sent.page][-1:] if sent.back else [one for one in numbers if one > sent.page]
    )
    if beside and turn.event.can_show_form:
        return modals.show(turn, form, beside[0], *notes)
    return ask(turn, *notes)


def about_anonymity(turn: Turn) -> tuple[str, ...]:
    """What is said before the first question of anonymous feedback."""
    if turn.draft().answers.get("level") != Level.ANONYMOUS:
        return ()
    if turn.event.leaves_history:
        return (turn.say("form.level_anonymous"), turn.say("form.history_warning", owner=workspace.owner(turn)))
    return (turn.say("form.level_anonymous"), *workspace.warning(turn))


def heed(turn: Turn, found: Mapping[str, str]) -> Reply | tuple[str, ...]:
    """Answers (by question) that sound like a matter for a person: contacts; danger and crisis pause the form."""
    if not found:
        return ()
    turn.count("handover")
    draft = turn.draft()
    urgent = [one for one in (*draft.urgent, *found) if found.get(one, URGENT[0]) in URGENT]
    turn.draft(handover=(*draft.handover, *found), urgent=tuple(urgent))
    kind = next((one for one in found.values() if one in URGENT), next(iter(found.values())))
    contacts = (*hand_over_texts(turn.content, turn.language, kind), turn.say("handover.in_form"))
    if kind not in URGENT:
        return contacts
    pause(turn)
    return turn.reply(*contacts, turn.say("handover.paused"))


def pause(turn: Turn) -> None:
    """The draft waits; what is said next is no answer to it."""
    turn.draft(paused=True)
    turn.change(waiting="")


def redacted(turn: Turn, value: str) -> Outcome:
    """The member's choice: "use" the version without, or "keep" the words."""
    form = the_form(turn)
    choice, _, name = value.partition(":")
    words = turn.draft().answers.get(name)
    if isinstance(words, str) and name in {question.id for question in form.asked(turn.draft().answers)}:
        if choice == leaving_out.USE:
            try:
                version = form[name].parse(leaving_out.without(turn, words))
            except ValueError as problem:  # it can be longer than the words
                return ask(turn, turn.say(str(problem), longest=form[name].longest))
            turn.draft(answers={**turn.draft().answers, name: version}, receipt="")  # what they sounded like stays
        turn.draft(reviewed=(*turn.draft().reviewed, name))
    return ask(turn)


def step(turn: Turn, name: str, number: int = 0) -> Outcome:
    """back, skip, edit N, later, cancel."""
    form = the_form(turn)
    draft = turn.draft()
    match name:
        case "back":
            pages = draft.modal and turn.event.can_show_form
            moved, problem = conversations.back(form, draft, by_page=pages), "form.no_back"
        case "skip":
            moved, problem = conversations.skipped(form, draft), "form.required"
        case "edit" if not number:
            return ask(turn, turn.say("form.edit_how"))
        case "edit":
            moved, problem = conversations.edit(form, draft, number), "form.no_line"
        case "later" if turn.event.passing:
            return ask(turn, turn.say("form.later"))
        case "later":
            pause(turn)
            return turn.tell("form.later")
        case _:
            turn.change(draft=None, waiting="")
            return turn.tell("form.cancelled")
    if moved is None:
        return ask(turn, turn.say(problem))
    turn.change(draft=moved)
    return ask(turn)


def send(turn: Turn) -> Outcome:
    """Send what the summary shows; where none was shown, show it."""
    form = the_form(turn)
    if conversations.current(form, turn.draft()) is not None:
        return ask(turn, turn.say("form.still_editing" if turn.draft().editing else "form.still_open"))
    if not turn.draft().receipt:
        return ask(turn)
    return sending.send(turn, form)


def is_question(turn: Turn, question: Question | None) -> bool:
    """Whether words said while a choice or a name is asked for are a question to the bot instead."""
    if question is not None and question.id == NAME:
        return "?" in turn.text
    if question is None or question.kind == "text" or answers(turn, question):
        return False
    match, said = turn.thought.match, normalize(turn.text).split()
    asks = len(said) >= SHORTEST_QUESTION and any(said[0] in texts.asking for texts in turn.content.texts.values())
    sure = match.outcome == "answer" and match.confidence >= CLEARLY
    return "?" in turn.text or asks or bool(match.handover) or sure


def answer_then_ask(turn: Turn, answer: Reply) -> Outcome:
    """The answer to a question in between, and then the form's question again; danger and crisis pause the form."""
    not_stored, kept = Text(turn.say("handover.not_stored")), Text(turn.say("handover.draft_kept"))
    answer = dataclasses.replace(answer, blocks=tuple(kept if one == not_stored else one for one in answer.blocks))
    if turn.thought.match.handover in URGENT:
        pause(turn)
        return turn.reply(*answer.blocks, turn.say("handover.paused"))
    said = without_buttons(turn.texts, answer)
    asked = ask(turn)
    match asked:
        case Reply():
            return dataclasses.replace(asked, blocks=(*said, *asked.blocks))
        case ShowForm():
            return dataclasses.replace(asked, notes=(*said, *asked.notes))
    return asked


def reminding(turn: Turn, answer: Reply) -> Reply:
    """The first answer after a form was paused, by danger or for later, says how to go on with it."""
    if turn.conversation.draft is None or not turn.conversation.draft.paused or turn.thought.match.handover:
        return answer
    turn.draft(paused=False)
    return dataclasses.replace(answer, blocks=(Text(turn.say("handover.paused")), *answer.blocks))
