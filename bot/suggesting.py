"""Approved questions for words that are still being typed."""

from bot.content import Content
from bot.faq.features import normalize, words

MOST = 25


class Suggesting:
    """Call it with the words so far and a language: questions and their topics, the best first."""

    def __init__(self, content: Content) -> None:
        self.known = {
            language: [
                (entry.question, topic, [f" {normalize(one)}" for one in (entry.question, *entry.phrasings)])
                for topic, entries in content.entries.items()
                if (entry := entries.get(language))
            ]
            for language in content.texts
        }

    def __call__(self, typed: str, language: str) -> list[tuple[str, str]]:
        """At most 25; the content's own order where nothing was typed yet, nothing where no word begins like that.

        First those asked in just these words, then those with most of them.
        """
        text = normalize(typed)
        if not text:
            return [(question, topic) for question, topic, _ in self.known[language]][:MOST]
        scored = [
            (max((f" {text}" in way, share(words(text), words(way))) for way in ways), question, topic)
            for question, topic, ways in self.known[language]
        ]
        scored.sort(key=lambda found: found[0], reverse=True)
        return [(question, topic) for (_, part), question, topic in scored if part][:MOST]


def share(parts: list[str], known: list[str]) -> float:
    """Of the words typed, the share that stands there; the last one is still being typed."""
    if not parts:
        return 0.0
    *whole, last = parts
    found = len(set(whole) & set(known)) + any(word.startswith(last) for word in known)
    return found / len(parts)
