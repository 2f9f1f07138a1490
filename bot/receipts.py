"""Receipts in what a member writes: six words that open something must not be stored where others read them."""

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
    found = WORD.findall(text.casefold())
    runs = [found[i : i + RECEIPT_WORDS] for i in range(len(found) - RECEIPT_WORDS + 1)]
    return [" ".join(run) for run in runs if content.receipt_words.issuperset(run)]
