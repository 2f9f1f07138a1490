"""Whose workspace the chat is in: where an employer's, members are told, and anonymous feedback waits for an admin."""

import dataclasses

from bot.content import Content
from bot.forms import Form
from bot.turn import Turn

TOPICS = (  # answers on who can see what; they speak of anonymous feedback
    "delete-my-data",
    "does-my-boss-see-it",
    "employer-owned-device",
    "give-feedback",
    "is-feedback-anonymous",
    "what-do-you-store",
    "what-happens-next",
    "who-sees-my-feedback",
)


def employers(turn: Turn) -> bool:
    """Whether this is said in a workspace that an employer owns."""
    return turn.content.union.employer_owned and not turn.event.in_house


def anonymous_off(turn: Turn) -> bool:
    """Whether no feedback can be anonymous here."""
    return turn.content.union.anonymous_off and not turn.event.in_house


def warning(turn: Turn) -> tuple[str, ...]:
    """Who may read along here; nothing where no employer owns the workspace."""
    return (turn.say("workspace.employer"),) if employers(turn) else ()


def before_receipt(turn: Turn) -> tuple[str, ...]:
    """The warning, and what six words typed here would tell."""
    return (*warning(turn), turn.say("workspace.receipt")) if employers(turn) else ()


def before_form(turn: Turn) -> tuple[str, ...]:
    """The warning, and what it means for anonymous feedback."""
    return before_all(turn.content, turn.language) if employers(turn) else ()


def before_all(content: Content, language: str) -> tuple[str, ...]:
    """The same where the chat platform shows it to everybody."""
    texts, union = content.texts[language], content.union
    if not union.employer_owned:
        return ()
    return texts("workspace.employer"), texts("workspace.off" if union.anonymous_off else "workspace.on")


def before_answer(content: Content, language: str, topic: str) -> tuple[str, ...]:
    """What such an answer begins with. It may be read outside the workspace too, and is true there."""
    texts, union = content.texts[language], content.union
    if topic not in TOPICS or not union.employer_owned:
        return ()
    means = ("workspace.off", "workspace.elsewhere") if union.anonymous_off else ("workspace.on",)
    return tuple(texts(key) for key in ("workspace.employer", *means))


def allowed(turn: Turn, form: Form) -> Form:
    """The form as it may be filled in here."""
    if turn.event.passing:  # nothing reaches the member afterwards
        form = dataclasses.replace(form, questions=tuple(one for one in form.questions if one.id != "contact"))
    if not anonymous_off(turn):
        return form
    hint = {language: texts("workspace.hint") for language, texts in turn.content.texts.items()}
    return form.without("level", "anonymous", hint)


def owner(turn: Turn) -> str:
    """Who else may see the chat."""
    return turn.say("workspace.owner_employer" if turn.content.union.employer_owned else "workspace.owner")
