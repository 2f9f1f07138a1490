"""My data: what the bot keeps of a member, their items, and what came of them; also by receipt."""

import contextlib
import dataclasses
import datetime as dt

from bot import changing, inquiring, modals, workspace
from bot.envelopes import unseal, waiting_for
from bot.faq.features import WORD, normalize
from bot.feedback import RECEIPT_WORDS, Feedback, Level, answers_of
from bot.forms import Answer, Form
from bot.ports import Envelope
from bot.receipts import opened_by
from bot.replies import Block, Button, Outcome, Reply, Words
from bot.turn import Turn, command
from bot.vault import Unreadable

SESSION_MINUTES = 15
SURE_MINUTES = 10  # then a yes may be meant for something else
LONGEST_RECEIPT = 200  # characters
Item = Feedback | Envelope


def overview(turn: Turn) -> Reply:
    """Everything kept under this account, and the items to open."""
    items = turn.uow.owned.of(turn.accounts)
    turn.change(opened="", waiting="" if turn.conversation.waiting != "form" else "form")
    blocks: list[Block | str] = [turn.say("owned.overview")]
    if turn.conversation.draft is not None:
        blocks.append(turn.say("owned.draft"))
    if not items:
        blocks.append(turn.say("owned.no_items"))
    else:
        blocks.append(turn.say("owned.items", count=len(items)))
    questions = inquiring.waiting_for_answers(turn)
    if questions:
        blocks.append(turn.say("owned.questions", count=len(questions)))
    blocks.append(turn.say("owned.by_receipt"))
    choices = tuple(Button("open", line(turn, item), item.id) for item in items)
    return turn.reply(*blocks, choices=choices + questions, commands=(turn.button("receipt"), turn.button("help")))


def line(turn: Turn, item: Feedback) -> str:
    """An item in one line: kind, week, first words."""
    form = form_of(turn, item)
    kind = form["kind"].show(item.answers.get("kind"), turn.language) if form else ""
    short = inquiring.shortened(str(item.answers.get("words") or ""))
    return ", ".join(part for part in (kind, item.week, f'"{short}"' if short else "") if part)


def form_of(turn: Turn, item: Feedback) -> Form | None:
    return turn.content.forms.get(item.form)


def ask_receipt(turn: Turn, *before: str) -> Outcome:
    turn.change(waiting="receipt")
    if turn.event.can_show_form:
        return modals.ask_words(turn, turn.say("owned.receipt_label"), LONGEST_RECEIPT, *before)
    said = [*before, turn.say("owned.type_receipt")]
    if turn.event.leaves_history:
        said += [turn.say("owned.receipt_history"), *workspace.before_receipt(turn)]
    return turn.reply(*said, commands=(turn.button("cancel"),))


def is_receipt(turn: Turn) -> bool:
    """Whether these words try to be a receipt: half of them are such words, or six that say nothing we know."""
    said, known = receipt_words(turn)
    says_nothing = turn.thought.match.outcome in ("none", "suggest")
    return 2 * len(known) >= len(said) or (len(said) == RECEIPT_WORDS and says_nothing)


def receipt_words(turn: Turn) -> tuple[list[str], list[str]]:
    """All words of this turn, and those of them that can be in a receipt."""
    said = WORD.findall(turn.text.casefold())
    return said, [word for word in said if word in turn.content.receipt_words]


def enter(turn: Turn) -> Outcome:
    """The six words, typed: open what they lead to for a quarter of an hour."""
    item = opened_by(turn, turn.text)
    if item is None:
        said, known = receipt_words(turn)
        six = RECEIPT_WORDS in (len(said), len(known))
        problem = turn.say("owned.wrong_receipt") if six else turn.say("owned.receipt_count", count=len(known))
        if turn.event.can_show_form:
            return ask_receipt(turn, problem)
        return turn.reply(problem, commands=(turn.button("cancel"),))
    return open_for_a_while(turn, item)


def given(turn: Turn) -> Outcome:
    """The six words, said without being asked for ("receipt ...", "my receipt is ..."); None where they are not."""
    item = None if turn.thought.match.handover else opened_by(turn, turn.text)
    if item is not None:
        warned = (turn.say("owned.receipt_history"), *workspace.before_receipt(turn))
        history = warned if turn.event.leaves_history else ()
        return open_for_a_while(turn, item, *history)
    head, *rest = WORD.findall(normalize(turn.text)) or [""]
    if command(turn.content, head)[0] != "receipt" or len(rest) != RECEIPT_WORDS or not is_receipt(turn):
        return None
    turn.change(waiting="receipt")
    return enter(turn)


def open_for_a_while(turn: Turn, item: Item, *before: str) -> Reply:
    """A receipt's session."""
    until = turn.now + dt.timedelta(minutes=SESSION_MINUTES)
    turn.change(waiting="", opened=item.id, opened_until=until.isoformat(timespec="seconds"))
    return show(turn, item if isinstance(item, Envelope) else as_changed(turn, item), *before)


def opened(turn: Turn) -> Item | None:
    """The item that is open: the member's own, or by receipt while its session lasts."""
    item = turn.uow.owned.get(turn.conversation.opened) if turn.conversation.opened else None
    if item is None:
        return None
    if is_theirs(turn, item):
        return item
    if turn.now.isoformat(timespec="seconds") > turn.conversation.opened_until:
        return None
    return item if isinstance(item, Envelope) else as_changed(turn, item)


def is_theirs(turn: Turn, item: Item | None) -> bool:
    """Whether it stands under the member's own account."""
    return isinstance(item, Feedback) and item.author is not None and item.author.account in turn.accounts


def as_changed(turn: Turn, item: Feedback) -> Feedback:
    """As its author left it, with what still waits for the batch."""
    if item.level is not Level.ANONYMOUS:
        return item
    change = waiting_for(turn.uow, turn.vault, item.id)
    answers = {**item.answers, **answers_of(change.get("answers", {}))}
    return dataclasses.replace(item, answers=answers, sharing=change.get("sharing", item.sharing))


def show(turn: Turn, item: Item, *before: str) -> Reply:
    """The item, what became of it, what staff wrote, and what its author may do."""
    blocks: list[Block | str] = [*before]
    feedback = unseal(item, turn.vault) if isinstance(item, Envelope) else item
    if not isinstance(feedback, Feedback):
        raise Unreadable("an envelope's key is not on the ring")
    form, said = form_of(turn, feedback), all_said(turn, feedback)
    for question in form.asked(said) if form else ():
        if question.id in said:
            shown = question.show(said[question.id], turn.language) or turn.say("form.skipped")
            blocks.append(Words(question.label[turn.language], shown))
    if isinstance(item, Envelope):
        blocks.append(turn.say("owned.waits"))
        return turn.reply(*blocks, choices=(do(turn, "delete"),), commands=(turn.button("done"),))
    blocks.append(turn.say("owned.status", status=turn.say(f"status.{item.status.replace('-', '_')}")))
    blocks.append(turn.say("owned.shared" if item.sharing else "owned.not_shared"))
    for note in turn.uow.notes.of(item.id):
        blocks.append(Words(turn.say("owned.staff" if note.from_staff else "owned.you"), note.text))
    waits = waiting_for(turn.uow, turn.vault, item.id) if item.level is Level.ANONYMOUS else {}
    blocks += [Words(turn.say("owned.you"), words) for words in waits.get("notes", ())]
    blocks.append(turn.say("owned.change_waits") if waits else "")
    if item.author is not None:  # a mark on an anonymous item's notes would share this transaction with an account
        turn.uow.notes.see(item.id, from_staff=True)
    return turn.reply(*blocks, choices=possible(turn, item), commands=(turn.button("done"),))


def all_said(turn: Turn, item: Feedback) -> dict[str, Answer]:
    """Its answers by question, with the level, the name and the contact, which are kept beside them."""
    if item.author is None:
        return {"level": item.level.value, **item.answers}
    name: dict[str, Answer] = {}
    if item.author.name:
        with contextlib.suppress(Unreadable):  # of a key that is not on the ring
            name["name"] = turn.vault.text(item.author.name, "name")
    return {"level": item.level.value, **name, **item.answers, "contact": "yes" if item.contact else "no"}


def possible(turn: Turn, item: Feedback) -> tuple[Button, ...]:
    """What its author may do with a filed item."""
    names = ["reply"] if turn.uow.notes.of(item.id) else []
    names += ["correct"]
    names += ["unshare"] if item.sharing else []
    names += ["confidential"] if item.level is Level.NAMED else []
    names += ["anonymous"] if item.level is not Level.ANONYMOUS and not workspace.anonymous_off(turn) else []
    return tuple(do(turn, name) for name in (*names, "delete"))


def do(turn: Turn, name: str) -> Button:
    return Button("own", turn.say(f"owned.do_{name}"), name)


def open_own(turn: Turn, item_id: str) -> Reply:
    """From the overview: an item of this account."""
    item = next((one for one in turn.uow.owned.of(turn.accounts) if one.id == item_id), None)
    if item is None:
        return overview(turn)
    turn.change(opened=item.id, waiting="")
    return show(turn, item)


def act(turn: Turn, name: str) -> Outcome:
    """What was chosen for the open item; where words are to be written, see bot/wording.py."""
    item = opened(turn)
    if item is None:
        turn.change(opened="", waiting="")
        return turn.reply(turn.say("owned.closed"), commands=(turn.button("receipt"),))
    match name:
        case "delete":
            return make_sure(turn, "delete")
        case "yes_delete" | "yes_anonymous" if not is_offered(turn, name):
            return show(turn, item, turn.say("reply.stale_button"))
        case "yes_delete" if not is_sure(turn):
            return make_sure(turn, "delete")
        case "yes_delete":
            changing.delete(turn, item)
            turn.change(opened="", waiting="")
            seen = "owned.backups" if isinstance(item, Envelope) else "owned.copies_taken_back"
            return turn.tell("owned.deleted", turn.say(seen))
        case "unshare" if isinstance(item, Feedback):
            changing.stop_sharing(turn, item)
            later = turn.say("owned.unshared_later") if item.level is Level.ANONYMOUS else ""
            return turn.tell("owned.unshared", later, turn.say("owned.copies_taken_back"))
        case "confidential" if isinstance(item, Feedback) and item.level is Level.NAMED:
            changing.make_confidential(turn, item)
            return turn.tell("owned.now_confidential", turn.say("owned.seen_before"))
        case "anonymous" | "yes_anonymous" if workspace.anonymous_off(turn):
            return show(turn, item, *workspace.before_form(turn))
        case "anonymous" | "yes_anonymous" if isinstance(item, Feedback) and item.level is not Level.ANONYMOUS:
            if name == "anonymous" or not is_sure(turn):
                return make_sure(turn, "anonymous")
            changing.make_anonymous(turn, item)
            turn.change(opened="", waiting="")
            seen = "owned.seen_before" if item.level is Level.NAMED else "owned.seen_words"
            return turn.tell("owned.now_anonymous", turn.say(seen))
    return show(turn, item)


def make_sure(turn: Turn, name: str) -> Reply:
    """Ask before what cannot be undone ("delete" or "anonymous")."""
    until = turn.now + dt.timedelta(minutes=SURE_MINUTES)
    yes = Button("own", turn.say(f"owned.yes_{name}"), f"yes_{name}")
    reply = turn.reply(
        turn.say(f"owned.sure_{name}"), choices=(yes, Button("own", turn.say(f"owned.no_{name}"), "show"))
    )
    turn.change(sure_until=until.isoformat(timespec="seconds"))
    return reply


def is_offered(turn: Turn, name: str) -> bool:
    """Whether the last reply offered this: a button further up may be about another item."""
    return any(one.action == "own" and one.value == name for one in turn.conversation.offers)


def is_sure(turn: Turn) -> bool:
    return turn.now.isoformat(timespec="seconds") <= turn.conversation.sure_until
