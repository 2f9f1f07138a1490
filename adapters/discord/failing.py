"""When something was not kept or not shown: the sentence, and the member's own words, so that nothing typed is lost."""

import dataclasses

from adapters.discord.render import Part, block_text, render
from adapters.discord.texts import say
from bot import modals
from bot.content import Content
from bot.events import AnyEvent, FormSubmission, Message, Shortcut
from bot.replies import Block, Button, FormErrors, Reply, Text, Words

NOT_KEPT = ("reply.away", "reply.broken", "reply.flood")
RETRY, ANEW = "resume", "feedback"


def was_not_kept(reply: Reply, content: Content) -> bool:
    """Whether the reply says that what the member wrote was not kept."""
    said = block_text(reply.blocks[0]) if len(reply.blocks) == 1 else ""
    starts = [texts(key, number="").rstrip(" .") for texts in content.texts.values() for key in NOT_KEPT]
    return any(said.startswith(start) for start in starts)


def own_words(event: AnyEvent, content: Content, language: str) -> list[Block]:
    """What the member typed, under the labels that it was typed under."""
    match event:
        case Message(text=text) | Shortcut(text=text) if text.strip():
            return [Words(say(language, "discord.your_words").rstrip(":"), text)]
        case FormSubmission():
            typed = modals.typed(content, event, language)
            return [Text(say(language, "discord.your_words")), *typed] if typed else []
        case _:
            return []


def with_words(reply: Reply, event: AnyEvent, content: Content, language: str) -> Reply:
    return dataclasses.replace(reply, blocks=(*reply.blocks, *own_words(event, content, language)))


def errors(outcome: FormErrors, event: AnyEvent, content: Content, language: str) -> list[Part]:
    """What is wrong with a page, the words that were typed, and a button that opens it again, or feedback anew."""
    form = content.forms.get(event.form) if isinstance(event, FormSubmission) else None
    labels = {one.id: one.label[language] for one in form.questions} if form else {}
    whole = outcome.errors.get("")
    wrong = whole or "\n".join(f"- **{labels.get(name, name)}**: {said}" for name, said in outcome.errors.items())
    again = Button(ANEW if whole else RETRY, say(language, "discord.open_form"))
    return render(Reply((Text(wrong), *own_words(event, content, language)), commands=(again,)), language)
