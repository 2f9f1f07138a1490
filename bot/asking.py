"""Answers: an approved entry with its sources, a few to choose from, none, or a person."""

import datetime as dt

from bot import workspace
from bot.content import PLACEHOLDER, Content
from bot.faq.matcher import Match
from bot.handover import URGENT
from bot.reading import Entry
from bot.replies import Block, Button, Citation, Reply, Text
from bot.texts import Texts
from bot.turn import TOPIC_MINUTES, Turn

RELATED = 3


def answer_question(turn: Turn) -> Reply:
    """Answer the words of this turn by what they match, and count it."""
    match = turn.thought.match
    if match.outcome == "answer" and match.topic:
        return answer(turn, match.topic)
    turn.count(match.outcome)
    reply = told(turn.content, turn.language, match, turn.now.date())
    return turn.reply(*reply.blocks, choices=reply.choices, commands=reply.commands)


def answer(turn: Turn, topic: str, *, counted: bool = True) -> Reply:
    """The entry, and what may follow it; the topic is remembered for half an hour."""
    if counted:
        turn.count("answer", topic)
    until = turn.now + dt.timedelta(minutes=TOPIC_MINUTES)
    turn.change(topic=topic, topic_until=until.isoformat(timespec="minutes"))
    reply = told(turn.content, turn.language, Match("answer", topic), turn.now.date())
    return turn.reply(*reply.blocks, choices=reply.choices, commands=reply.commands)


def hand_over(turn: Turn, kind: str) -> Reply:
    """To a person. Nothing of the message is kept."""
    turn.count("handover")
    return turn.reply(*told(turn.content, turn.language, Match("handover", handover=kind), turn.now.date()).blocks)


def told(content: Content, language: str, match: Match, today: dt.date) -> Reply:
    """What is said to a match: pure, so that `ask` says the same as a conversation."""
    texts = content.texts[language]
    ask_staff = Button("ask_staff", texts("button.ask_staff"))
    if match.handover:
        said = (*hand_over_texts(content, language, match.handover), texts("handover.not_stored"))
        return Reply(tuple(Text(one) for one in said))
    if match.outcome == "suggest":
        return Reply((Text(texts("reply.did_you_mean")),), topics(content, language, match.suggestions), (ask_staff,))
    if match.outcome == "answer" and match.topic:
        entry = content.entry(match.topic, language)
        related = topics(content, language, entry.related[:RELATED])
        blocks = entry_blocks(content, language, entry, today)
        blocks.append(Text(texts("reply.did_it_help")))
        if related:
            blocks.append(Text(texts("reply.related")))
        helped = (
            Button("helped", texts("button.helped_yes"), "yes"),
            Button("helped", texts("button.helped_no"), "no"),
        )
        start = (Button("feedback", texts("button.feedback")),) if match.topic == "give-feedback" else ()
        return Reply(tuple(blocks), related, start + helped)
    return Reply((Text(texts("reply.none")),), (), (ask_staff, Button("help", texts("button.help"))))


def without_buttons(texts: Texts, reply: Reply) -> tuple[Block, ...]:
    """What an answer says where nothing can be pressed: suggestions become a list, offers go."""
    if Text(texts("reply.did_you_mean")) in reply.blocks:
        several = "\n".join(f"- {button.label}" for button in reply.choices)
        return Text(texts("form.did_you_mean")), Text(several)
    offers = (Text(texts("reply.related")), Text(texts("reply.did_it_help")))
    return tuple(block for block in reply.blocks if block not in offers)


def entry_blocks(content: Content, language: str, entry: Entry, today: dt.date) -> list[Block]:
    """The answer with the union's data, its sources and its date; a warning first where it is stale."""
    texts = content.texts[language]
    blocks: list[Block] = []
    if entry.review_by < today:
        blocks.append(Text(texts("reply.stale", date=day(entry.review_by, language))))
    blocks += [Text(one) for one in workspace.before_answer(content, language, entry.id)]
    blocks.append(Text(PLACEHOLDER.sub(lambda found: union_line(content, language, found[1]), entry.body)))
    for source in entry.sources:
        parts = (source.publisher, source.title, "" if source.date in source.title else source.date)
        words = ", ".join(part for part in parts if part)
        blocks.append(Citation(texts("reply.source_line", source=words), source.url))
    blocks.append(Text(texts("reply.as_of", date=day(entry.as_of, language))))
    return blocks


def union_line(content: Content, language: str, key: str) -> str:
    """What the union entered under that key, or that it entered nothing and whom to ask."""
    texts, union = content.texts[language], content.union
    label = texts(f"union.{key}")
    mark = " " + texts("reply.example_mark") if union.example else ""
    value = union.get(key, language)
    if value:
        return texts("reply.union_line", label=label, value=value + mark)
    contact = union.get("staff_contact", language) if key != "staff_contact" else ""
    ask = contact.rstrip(".") + mark if contact else texts("reply.not_entered_contact")
    return texts("reply.not_entered", label=label, contact=ask)


def hand_over_texts(content: Content, language: str, kind: str) -> tuple[str, ...]:
    """Emergency lines or deadlines first, then the union's contact."""
    contact = "urgent_contact" if kind in URGENT else "steward"
    return content.texts[language](f"handover.{kind}"), union_line(content, language, contact)


def topics(content: Content, language: str, ids: tuple[str, ...]) -> tuple[Button, ...]:
    """Their questions, as buttons; ids that are not there (any more) are passed over."""
    return tuple(Button("topic", content.entry(one, language).question, one) for one in ids if one in content.entries)


MONTHS = {
    "en": [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ],
    "es": [
        "enero",
        "febrero",
        "marzo",
        "abril",
        "mayo",
        "junio",
        "julio",
        "agosto",
        "septiembre",
        "octubre",
        "noviembre",
        "diciembre",
    ],
}


def day(date: dt.date, language: str) -> str:
    """November 25, 2026; 25 de noviembre de 2026; elsewhere ISO."""
    if language == "en":
        return f"{MONTHS['en'][date.month - 1]} {date.day}, {date.year}"
    if language == "es":
        return f"{date.day} de {MONTHS['es'][date.month - 1]} de {date.year}"
    return date.isoformat()
