"""Words said to an open question that may be something else: they are held until their author says which."""

from bot import conversations, filling, prompting
from bot.asking import without_buttons
from bot.events import as_message
from bot.forms import Question
from bot.replies import Block, Button, Outcome, Reply
from bot.turn import Turn

LONGEST_QUESTION = 120  # characters, where any words may be the answer


def ask_whether(turn: Turn, question: Question, name: str) -> Outcome:
    """Whether the one word that was said is that command, mistyped, or the answer; said twice, it is the answer."""
    if is_said_twice(turn, question):
        return filling.said(turn)
    turn.change(held=turn.text.strip())
    if name == "skip" and question.required and question.id not in turn.draft().answers:
        return ask_or_keep(turn, question, turn.say("form.required"))
    return whether(turn, question, name)


def whether(turn: Turn, question: Question, name: str, *before: str) -> Reply:
    yes, no = Button(name, turn.say("button.helped_yes")), Button("words", turn.say("button.helped_no"), question.id)
    return turn.reply(*before, turn.say("form.step_meant", word=turn.texts.words[name][0]), choices=(yes, no))


def ask_or_keep(turn: Turn, question: Question, *before: Block | str) -> Reply:
    """The question again, beside a choice: the words that are held are its answer."""
    keep = Button("words", turn.say("form.keep_words"), question.id)
    return prompting.ask(turn, filling.the_form(turn), question, *before, more=(keep,))


def ask_again(turn: Turn, question: Question) -> Reply:
    """What the words that are held are: the last reply asked it, and was answered with no choice that it showed."""
    problem, first = turn.say("problem.not_a_choice"), turn.conversation.offers[0].action
    return ask_or_keep(turn, question, problem) if first == "words" else whether(turn, question, first, problem)


def are_held(turn: Turn, question: Question) -> bool:
    """Whether the last reply offered to take the words that are held for the answer to this question."""
    offered = any((one.action, one.value) == ("words", question.id) for one in turn.conversation.offers)
    return offered and bool(turn.conversation.held)


def is_said_twice(turn: Turn, question: Question) -> bool:
    """Whether these are the words that are held, once more: then they are the answer."""
    return are_held(turn, question) and turn.conversation.held == turn.text.strip()


def asks_for(turn: Turn, value: str) -> bool:
    """Whether the words that are held were said to the current question, which this is."""
    question = conversations.current(filling.the_form(turn), turn.draft())
    return question is not None and question.id == value and bool(turn.conversation.held)


def keep_words(turn: Turn) -> Outcome:
    """The words that are held are the answer."""
    turn.event = as_message(turn.event, turn.conversation.held)
    turn.change(held="")
    return filling.said(turn)


def may_be_question(turn: Turn, question: Question) -> bool:
    """Whether words said to an open question may be a short one to the bot, which has an answer to it."""
    match = turn.thought.match
    asks = turn.text.strip().endswith("?") and len(turn.text) <= LONGEST_QUESTION
    sure = match.outcome == "answer" and match.confidence >= filling.CLEARLY
    return question.kind == "text" and asks and sure and not is_said_twice(turn, question)


def answer_or_keep(turn: Turn, question: Question, answer: Reply) -> Reply:
    """The answer to what may be a question, and the form's own again; the words can still be the answer to it."""
    turn.change(held=turn.text.strip())
    return ask_or_keep(turn, question, *without_buttons(turn.texts, answer))
