"""Receipts in what a member writes: six words that open something must not be stored where others read them."""

from bot.content import Content
from bot.envelopes import names
from bot.faq.features import WORD
from bot.feedback import RECEIPT_WORDS, Feedback
from bot.ports import Envelope
from bot.turn import Turn


def holds_receipt(turn: Turn, text: str) -> bool:
    """Whether these words contain a receipt: the one the draft was shown, or one that opens something."""
    shown = turn.conversation.draft.shown if turn.conversation.draft else ""
    return shown in hashes(turn, text) or opened_by(turn, text) is not None


def opened_by(turn: Turn, text: str) -> Feedback | Envelope | None:
    """What six words in this text open."""
    found = hashes(turn, text)
    item = turn.uow.owned.by_receipt(found)
    return item or next(iter(turn.uow.envelopes.under(names(turn.vault, found))), None)


def hashes(turn: Turn, text: str) -> list[str]:
    """Of every run of six such words, or of any six alone: the union's list may have changed."""
    words = WORD.findall(text.casefold())
    runs = possible(turn.content, text) or ([" ".join(words)] if len(words) == RECEIPT_WORDS else [])
    return [one for run in runs for one in turn.vault.receipt(run)]


def beside(content: Content, text: str) -> str:
    """The words without what may be a receipt: drawn by chance, it may sound like danger. Else as they are."""
    found = WORD.findall(text.casefold())
    runs = possible(content, text)
    if not runs:
        return text
    said = f" {' '.join(found)} "
    for run in runs:  # the later runs of a longer row are gone with the first
        said = said.replace(f" {run} ", " ")
    return said.strip()


def possible(content: Content, text: str) -> list[str]:
    """All runs of six words that a receipt may be made of."""
    found = WORD.findall(text.casefold())
    runs = [found[i : i + RECEIPT_WORDS] for i in range(len(found) - RECEIPT_WORDS + 1)]
    return [" ".join(run) for run in runs if content.receipt_words.issuperset(run)]
