"""A page of a form as a modal, and what was typed into it."""

import re
from collections.abc import Mapping
from typing import Any

import discord
from discord import ui

from adapters.discord.ids import Page, page_id
from adapters.discord.render import block_text, plain, shorten
from bot.forms import HINT, LABEL, Answer, Question
from bot.replies import ShowForm

TITLE, ITEMS, NOTES, TEXT, SHORT_TEXT, PLACEHOLDER = 45, 5, 4000, 4000, 120, 100


def modal(shown: ShowForm) -> ui.Modal:
    """Its whole state is in the custom ids, so that it is understood after a restart."""
    title = shown.title if shown.pages < 2 else f"{shown.title} ({shown.page}/{shown.pages})"
    made = ui.Modal(
        title=shorten(title, TITLE),
        timeout=None,
        custom_id=page_id(Page(shown.language, shown.form, shown.page, shown.draft)),
    )
    if shown.notes and notes_fit(shown):
        notes = "\n\n".join(block_text(note) for note in shown.notes)
        made.add_item(ui.TextDisplay(shorten(notes, NOTES)))
    for question in shown.questions[:ITEMS]:
        made.add_item(field(question, shown.answers.get(question.id), shown.language))
    made.stop()
    return made


def notes_fit(shown: ShowForm) -> bool:
    """Whether there is room for the notes beside the questions; else they are said in a message."""
    return len(shown.questions) < ITEMS


def field(question: Question, answer: Answer, language: str) -> ui.Label[Any]:
    how, more = told(question, language)
    component: ui.Item[Any]
    match question.kind:
        case "text":
            longest = min(question.longest, TEXT)
            component = ui.TextInput(
                custom_id=question.id,
                style=discord.TextStyle.short if longest <= SHORT_TEXT else discord.TextStyle.paragraph,
                required=question.required,
                max_length=longest,
                default=answer[:longest] if isinstance(answer, str) and answer else None,
                placeholder=more or None,
            )
        case "choices":
            options = [
                discord.CheckboxGroupOption(
                    label=one.label[language],
                    value=one.code,
                    description=one.hint[language] or None,
                    default=isinstance(answer, tuple) and one.code in answer,
                )
                for one in question.options
            ]
            component = ui.CheckboxGroup(
                custom_id=question.id,
                required=question.required,
                min_values=1 if question.required else 0,
                max_values=len(options),
                options=options,
            )
        case _:
            component = one_of(question, answer, language)
    return ui.Label(text=shorten(question.label[language], LABEL), description=how or None, component=component)


def one_of(question: Question, answer: Answer, language: str) -> ui.Item[Any]:
    """A radio group; a menu where there is one option only, which a group may not have."""
    if len(question.options) < 2:
        select: ui.Select[Any] = ui.Select(
            custom_id=question.id, required=question.required, min_values=1 if question.required else 0
        )
        for one in question.options:
            select.add_option(label=one.label[language], value=one.code, default=one.code == answer)
        return select
    return ui.RadioGroup(
        custom_id=question.id,
        required=question.required,
        options=[
            discord.RadioGroupOption(
                label=one.label[language],
                value=one.code,
                description=one.hint[language] or None,
                default=one.code == answer,
            )
            for one in question.options
        ],
    )


def told(question: Question, language: str) -> tuple[str, str]:
    """What stands under the label, and in an empty text field: the hint and the question, a sentence at a time."""
    hint, asked = plain(question.hint[language]), plain(question.ask[language])
    if asked == question.label[language]:
        asked = ""
    sentences = re.split(r"(?<=[.?!:])\s+", asked)
    first, rest = fill(sentences, HINT)
    if hint:
        return shorten(hint, HINT), shorten(asked, PLACEHOLDER)
    return first, shorten(" ".join(rest), PLACEHOLDER)


def fill(sentences: list[str], longest: int) -> tuple[str, list[str]]:
    """As many whole sentences as fit, and those left."""
    taken = ""
    while sentences and len(f"{taken} {sentences[0]}".strip()) <= longest:
        taken = f"{taken} {sentences[0]}".strip()
        sentences = sentences[1:]
    if not taken and sentences:
        return shorten(sentences[0], longest), sentences[1:]
    return taken, sentences


def values(components: list[Mapping[str, Any]]) -> dict[str, str | tuple[str, ...]]:
    """Question id -> text, code or codes, from a submission's raw components; "" or () for what was left empty."""
    found: dict[str, str | tuple[str, ...]] = {}
    for component in components:
        inner = component.get("component")
        nested = [inner] if inner else component.get("components", [])
        if nested:
            found.update(values(nested))
            continue
        name, value, several = component.get("custom_id"), component.get("value"), component.get("values")
        if isinstance(name, str) and isinstance(several, list):
            found[name] = tuple(str(one) for one in several)
        elif isinstance(name, str):
            found[name] = value if isinstance(value, str) else ""
    return found
