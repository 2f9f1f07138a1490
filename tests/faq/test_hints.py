"""What the bot itself tells a member to ask is answered, word for word, where it says so."""

import re
from collections.abc import Iterator

import pytest

from bot.content import Content
from bot.faq.matcher import Matcher

ASK = {
    "en": re.compile(r"(?:ask me|Next: ask (?=about|if|who|what|how))\s?(?:about |for |if |whether )?([^.*]+)"),
    "es": re.compile(r"(?:[Pp]regúntame|preguntarme) (?:por |si )?([^.*]+)"),
}
SEVERAL = {"en": re.compile(r",? or (?:about |whether |type )?|, and "), "es": re.compile(r",? o (?:por |si )?")}
AS_IT_FITS = ("one part of it", "I will show", "una parte de ella", "la que más te interese")  # no words to repeat
TO_THE_MEMBER = {"the deal covers your union": "the deal covers my union"}


def hints(language: str, body: str) -> Iterator[str]:
    for told in ASK[language].findall(body):
        for part in SEVERAL[language].split(told):
            plain = part.strip(' "?,:')
            if plain and not plain.startswith(AS_IT_FITS):
                yield TO_THE_MEMBER.get(plain, plain)


@pytest.mark.parametrize("language", ["en", "es"])
def test_what_an_answer_tells_to_ask_is_answered_after_it(content: Content, answers: Matcher, language: str) -> None:
    asked = [
        (topic, hint) for topic, found in content.entries.items() for hint in hints(language, found[language].body)
    ]
    assert len(asked) > 30
    unanswered = [(topic, hint) for topic, hint in asked if answers.match(hint, topic).topic in (None, topic)]
    assert unanswered == []


@pytest.mark.parametrize("language", ["en", "es"])
def test_the_helps_example_is_answered(content: Content, answers: Matcher, language: str) -> None:
    examples = re.findall(r"(?<!\*)\*([^*]+)\*(?!\*)", content.texts[language]("reply.help"))
    assert examples
    assert {answers.match(one).topic for one in examples} == {"cost-pay-and-certificate"}


@pytest.mark.parametrize(
    ("previous", "said", "wanted"),
    [
        ("how-to-sign-up", "session list", "next-session-near-me"),
        ("three-goals-overview", "education", "goal-ai-education"),
        ("three-goals-overview", "educación", "goal-ai-education"),
        ("three-goals-overview", "voz", "goal-worker-voice"),
        ("why-did-they-partner", "the criticism", "criticism-of-the-partnership"),
        ("what-is-neutrality", "¿cubre a mi empresa?", "does-neutrality-cover-my-employer"),
        ("when-and-who-announced", "qué acordaron", "what-is-the-partnership"),
        ("when-do-sessions-start", "cómo apuntarme", "how-to-sign-up"),
        ("what-are-labor-summits", "hay otra en camino", "next-summit-and-attending"),
        ("what-are-labor-summits", "what happened there", "september-2024-summit"),
    ],
)
def test_a_hint_in_the_members_words_is_answered(answers: Matcher, previous: str, said: str, wanted: str) -> None:
    assert answers.match(said, previous).topic == wanted
