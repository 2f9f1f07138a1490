"""Receipts in what a member writes: six words that open something must not be stored where others read them."""

import re

from bot.content import Content
from bot.faq.features import WORD
from bot.feedback import RECEIPT_WORDS
from bot.turn import Turn


def holds_receipt(turn: Turn, text: str) -> bool:
    """Whether these words contain a receipt: the one the draft was shown, or one that opens something."""
    shown = turn.conversation.draft.shown if turn.conversation.draft else ""
    for one in possible(turn.content, text):
        hashes = turn.vault.receipt(one)
        if shown in hashes or turn.uow.owned.by_receipt(hashes) is not None:
            return True
    return False


def possible(content: Content, text: str) -> list[str]:
    """All runs of six words that a receipt may be made of."""
    return [" ".join(one[0] for one in run) for run in runs(content, text.casefold())]


def without(content: Content, text: str) -> str:
    """The text without such runs: their words were drawn, and tell of trouble only by chance."""
    folded = text.casefold()
    if len(folded) != len(text):
        text = folded
    kept = list(text)
    for run in runs(content, folded):
        for word in run:
            kept[word.start() : word.end()] = " " * (word.end() - word.start())
    return "".join(kept)


def runs(content: Content, text: str) -> list[list[re.Match[str]]]:
    found = list(WORD.finditer(text))
    every = [found[i : i + RECEIPT_WORDS] for i in range(len(found) - RECEIPT_WORDS + 1)]
    return [run for run in every if content.receipt_words.issuperset(word[0] for word in run)]
