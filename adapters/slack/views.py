"""Modals and the Home tab: they hold form and topic ids, and a receipt only while it is shown."""

from collections.abc import Sequence
from typing import Any

import orjson

from adapters.slack.mrkdwn import escape, mrkdwn, short
from adapters.slack.parse import ASK, ASK_VIEW, BACK, BLOCK, CORE, FORM_VIEW, REPLY_VIEW
from adapters.slack.render import Json, label, pieces, section, shown
from bot.forms import Answer, Option, Question
from bot.replies import Reply, ShowForm
from bot.texts import Texts

VIEW_BLOCKS = 100
TITLE = 24
TYPED = 3000  # characters a text field takes
ONE_LINE = 120
HINT = 2000
ANSWER = "answer:"


def form_view(form: ShowForm, words: Texts) -> Json:
    """A page of a form as a modal: an input block a question, what is known filled in."""
    blocks: list[Json] = []
    if form.pages > 1:
        page = words("slack.page", page=form.page, pages=form.pages)
        blocks.append({"type": "context", "elements": [label(page)]})
    blocks += [block for note in form.notes for piece in shown(note) for block in piece.blocks]
    for question in form.questions:
        answer = form.answers.get(question.id)
        if isinstance(answer, str) and question.kind == "text" and len(answer) > limit(question):
            blocks.append(section(mrkdwn(words("slack.cut"))))
        blocks.append(asked(question, answer, form.language))
    if form.page > 1:
        back = {"type": "button", "action_id": BACK, "text": label(words("slack.back"))}
        blocks.append({"type": "actions", "elements": [back]})
    return {
        "type": "modal",
        "callback_id": FORM_VIEW,
        "private_metadata": orjson.dumps({"form": form.form, "page": form.page, "draft": form.draft}).decode(),
        "title": label(form.title, TITLE),
        "submit": label(words("slack.next" if form.page < form.pages else "slack.finish"), TITLE),
        "close": label(words("slack.close"), TITLE),
        "blocks": blocks[:VIEW_BLOCKS],
    }


def limit(question: Question) -> int:
    return min(question.longest, TYPED)


def asked(question: Question, answer: Answer, language: str) -> Json:
    """One question as an input block; its block_id is where an error is shown."""
    block: Json = {
        "type": "input",
        "block_id": BLOCK + question.id,
        "optional": not question.required,
        "label": {"type": "plain_text", "text": escape(question.ask[language]), "emoji": False},
        "element": typed(question, answer) if question.kind == "text" else chosen(question, answer, language),
    }
    if question.hint.get(language):
        block["hint"] = {"type": "plain_text", "text": escape(short(question.hint[language], HINT)), "emoji": False}
    return block


def typed(question: Question, answer: Answer) -> Json:
    made: Json = {
        "type": "plain_text_input",
        "action_id": f"{ANSWER}{question.id}",
        "multiline": question.longest > ONE_LINE,
        "max_length": limit(question),
    }
    if isinstance(answer, str) and answer:
        made["initial_value"] = answer[: limit(question)]
    return made


def chosen(question: Question, answer: Answer, language: str) -> Json:
    """Round buttons for one, boxes for several; a menu, which can be emptied again, where one may be left out."""
    options = [(one.code, option(one, language)) for one in question.options]
    codes = (answer,) if isinstance(answer, str) else answer or ()
    initial = [made for code, made in options if code in codes]
    several = question.kind == "choices"
    kind = "checkboxes" if several else "radio_buttons" if question.required else "static_select"
    made: Json = {"type": kind, "action_id": f"{ANSWER}{question.id}", "options": [one for _, one in options]}
    if initial:
        made |= {"initial_options": initial} if several else {"initial_option": initial[0]}
    return made


def option(one: Option, language: str) -> Json:
    made: Json = {"text": label(one.label[language]), "value": one.code}
    if one.hint.get(language):
        made["description"] = label(one.hint[language])
    return made


def reply_view(reply: Reply, words: Texts) -> Json | None:
    """A reply in a modal; None where it does not fit."""
    blocks = [block for piece in pieces(reply, words) for block in piece.blocks]
    if len(blocks) > VIEW_BLOCKS or not blocks:
        return None
    return plain_view(blocks, words)


def plain_view(blocks: Sequence[Json], words: Texts) -> Json:
    return {
        "type": "modal",
        "callback_id": REPLY_VIEW,
        "title": label(words("slack.title"), TITLE),
        "close": label(words("slack.close"), TITLE),
        "blocks": list(blocks),
    }


def notice_view(key: str, words: Texts) -> Json:
    return plain_view([section(mrkdwn(words(key)))], words)


def ask_view(words: Texts) -> Json:
    """A question asked from the Home tab."""
    field = {"type": "plain_text_input", "action_id": f"{ANSWER}ask", "multiline": True, "max_length": TYPED}
    block = {"type": "input", "block_id": f"{BLOCK}ask", "label": label(words("slack.ask")), "element": field}
    shown = plain_view([block], words)
    return shown | {"callback_id": ASK_VIEW, "submit": label(words("slack.ask_send"), TITLE)}


def home_view(words: Texts, command: str, notices: Sequence[str] = (), *, questions_only: bool = False) -> Json:
    """The Home tab: the same for every member of a language, so that it says nothing of anybody.

    `notices`: what a member should know first.
    """
    named = [("feedback", "primary"), ("my_data", ""), ("receipt", ""), ("language", ""), ("help", "")]
    ask: Json = {"type": "button", "action_id": ASK, "text": label(words("slack.home_ask"))}
    elements: list[Json] = [] if questions_only else [home_button(name, style, words) for name, style in named]
    elements.insert(1, ask)
    return {
        "type": "home",
        "blocks": [
            section(mrkdwn(words("slack.home", command=command))),
            *(section(mrkdwn(notice)) for notice in notices),
            {"type": "actions", "elements": elements},
        ],
    }


def home_button(name: str, style: str, words: Texts) -> Json:
    made: dict[str, Any] = {
        "type": "button",
        "action_id": f"{CORE}home:{name}",
        "text": label(words(f"slack.home_{name}")),
    }
    return made | {"style": style} if style else made
