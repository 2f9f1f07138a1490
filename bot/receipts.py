"""Receipts in what a member writes: six words that open something must not be stored where others read them."""

from bot.faq.features import WORD
from bot.feedback import RECEIPT_WORDS
from bot.turn import Turn


def holds_receipt(turn: Turn, text: str) -> bool:
    """Whether these words contain a receipt: the one the draft was shown, or one that opens something."""
    found = WORD.findall(text.casefold())
    runs = [found[i : i + RECEIPT_WORDS] for i in range(len(found) - RECEIPT_WORDS + 1)]
    shown = turn.conversation.draft.shown if turn.conversation.draft else ""
    for run in (run for run in runs if turn.content.receipt_words.issuperset(run)):
        hashes = turn.vault.receipt(" ".join(run))
        if shown in hashes or turn.uow.owned.by_receipt(hashes) is not None:
            return True
    return False
