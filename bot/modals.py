"""Forms as modals: the page to show, and what comes back from it. A platform's own limits are checked in bot/forms.py.

Nothing but the draft is remembered, so that a modal that was open over a restart is still understood.
"""

import dataclasses
from collections.abc import Mapping

from bot.content import Content
from bot.conversations import Draft
from bot.events import FormSubmission
from bot.forms import HINT, Answer, Answers, Form, Question
from bot.receipts import holds_receipt
from bot.replies import Block, ShowForm, Text, Words
from bot.texts import Texts
from bot.turn import Turn, command


class Unaccepted(Exception):
    """A page that is not taken: the transaction is rolled back, so that the same page can be sent again."""

    def __init__(self, errors: Mapping[str, str]) -> None:
        super().__init__("a page was not accepted")
        self.errors = errors


SAY = "say"  # the form of one text: words that the conversation waits for
WORDS = "words"  # its question


def show(turn: Turn, form: Form, page: int, *notes: Block | str) -> ShowForm:
    """A page of the draft's form, filled in with what is answered."""
    answers, language = turn.draft().answers, turn.language
    numbers = pages(form, answers)
    return ShowForm(
        form.id,
        page,
        max(numbers),
        form.title[language],
        questions(form, page, answers, turn.texts),
        answers,
        language,
        tuple(Text(note) if isinstance(note, str) else note for note in notes if note),
        turn.draft().id,
    )


def ask_words(turn: Turn, label: str, longest: int, *notes: Block | str, words: str = "") -> ShowForm:
    """A form of one text, for words that the conversation waits for; they come back as a message."""
    said, none = {turn.language: label}, {turn.language: ""}
    question = Question(WORDS, "text", 1, True, said, said, none, (), None, False, longest)
    shown = tuple(Text(note) if isinstance(note, str) else note for note in notes)
    return ShowForm(SAY, 1, 1, turn.say("form.say_title"), (question,), {WORDS: words or None}, turn.language, shown)


def pages(form: Form, answers: Answers) -> list[int]:
    """The numbers of the pages that hold a question for these answers."""
    return sorted({one.page for one in form.questions if one.applies(answers) or on_its_page(form, one)})


def on_its_page(form: Form, question: Question) -> bool:
    """Whether what decides if it is asked stands on the same page, so that nobody knows yet."""
    return question.when is not None and form[question.when[0]].page == question.page


def questions(form: Form, page: int, answers: Answers, texts: Texts) -> tuple[Question, ...]:
    """The questions of a page; one that depends on another of the same page says when it is meant."""
    shown = []
    for one in form.questions:
        if one.page != page:
            continue
        if on_its_page(form, one) and one.when:
            name, codes = one.when
            choices = ", ".join(option.label[texts.language] for option in form[name].options if option.code in codes)
            hint = {**one.hint, texts.language: texts("form.only_if", choice=choices)[:HINT]}
            shown.append(dataclasses.replace(one, required=False, hint=hint))
        elif one.applies(answers):
            shown.append(one)
    return tuple(shown)


def parse(form: Form, draft: Draft, sent: FormSubmission) -> tuple[dict[str, Answer], dict[str, tuple[str, int]]]:
    """The answers of a page, and for each question that was not answered well a text key and its longest length.

    Only what was on the page counts, whatever the form has there by now: what is missing is asked next.
    """
    answers: dict[str, Answer] = {}
    problems: dict[str, tuple[str, int]] = {}
    for one in form.questions:
        if one.id not in sent.values or not one.applies({**draft.answers, **answers}):
            continue
        try:
            answers[one.id] = parsed(one, sent.values[one.id])
        except ValueError as problem:
            problems[one.id] = (str(problem), one.longest)
        else:
            if answers[one.id] is None and one.required:
                problems[one.id] = ("problem.needed", one.longest)
                del answers[one.id]
    return answers, problems


def parsed(question: Question, value: str | tuple[str, ...]) -> Answer:
    """One field of a modal: text, a code or codes; None where it was left empty. Raises ValueError with a text key."""
    if question.kind == "text":
        words = value if isinstance(value, str) else ""
        return question.parse(words) if words.strip() else None
    chosen = [value] if isinstance(value, str) and value else list(value)
    if set(chosen) - {option.code for option in question.options}:
        raise ValueError("problem.not_offered")
    codes = question.codes(chosen)
    if question.kind == "choices":
        return codes or None
    return codes[0] if codes else None


def typed(content: Content, sent: FormSubmission, language: str) -> list[Block]:
    """The texts of a page, under the labels that they were typed under, to give them back."""
    form = content.forms.get(sent.form)
    texts = {one.id: one.label[language] for one in form.questions if one.kind == "text"} if form else {}
    label = content.texts[language]("owned.you")
    return [
        Words(texts.get(name, label), value)
        for name, value in sent.values.items()
        if isinstance(value, str) and value.strip() and (name in texts or not form)
    ]


def accepted(turn: Turn, form: Form, sent: FormSubmission) -> dict[str, Answer]:
    """The answers of a page. Raises Unaccepted, unless the member goes back: then what is valid is kept."""
    answers, problems = parse(form, turn.draft(), sent)
    errors = {
        name: turn.say(key, longest=longest, hint=form[name].hint[turn.language]).strip()
        for name, (key, longest) in problems.items()
    }
    for name, answer in list(answers.items()):
        if form[name].kind != "text" or not isinstance(answer, str):
            continue
        if command(turn.content, answer)[0] == "skip" and not form[name].required:
            answers[name] = None  # as where it is typed to the question
        elif holds_receipt(turn, answer):
            errors[name] = turn.say("form.contains_receipt")
            del answers[name]
    if errors and not sent.back:
        raise Unaccepted(errors)
    return answers
