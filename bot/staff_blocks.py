"""What staff read in chat: lists and items as blocks. What members wrote, a name among it, stands only in Words."""

from collections.abc import Iterator

from bot.desk import Note
from bot.inquiries import Asked, Questions
from bot.replies import Block, Button, Text, Words
from bot.showing import Heading, Reach, Shown
from bot.staff_words import FEW, MOST
from bot.staffing import Inbox, may_be
from bot.texts import Texts

PRESS = "staff"  # the action of a button; its value is a command without the first word, with a random id
OFFERED = ("read", "passed-on", "answered", "declined")


def inbox_blocks(found: Inbox, texts: Texts) -> Iterator[Block]:
    yield Text(texts("desk.inbox_count", count=found.count) if found.items else texts("desk.inbox_none"))
    for item in found.items:
        yield from heading_blocks(item, texts)
    yield from more(found.count - len(found.items), len(found.items), "inbox", texts)
    if found.waiting:
        yield Text(texts("desk.waiting", count=found.waiting))


def heading_blocks(item: Heading, texts: Texts) -> Iterator[Block]:
    status = status_of(item.status, texts)
    status = texts("desk.new_reply", status=status) if item.replied else status
    words = ": ".join(part for part in (item.kind, item.first_words) if part)
    yield Words(texts("desk.heading", item=item.id, week=item.week, status=status), words)
    if item.name:
        yield Words(texts("desk.from"), item.name)


def item_buttons(found: Inbox) -> tuple[Button, ...]:
    return tuple(Button(PRESS, item.id, f"show {item.id}") for item in found.items[:FEW])


def item_blocks(item: Shown, texts: Texts) -> Iterator[Block]:
    about = texts(
        "desk.item", item=item.id, week=item.week, language=item.language, status=status_of(item.status, texts)
    )
    reach = texts("desk.reach_bot" if item.reach is Reach.BOT else "desk.reach_receipt", item=item.id)
    yield Text("\n\n".join([about, texts(f"desk.sharing_{'yes' if item.sharing else 'no'}"), reach]))
    yield Words(texts("desk.from"), item.name or texts("desk.not_named"))
    yield from item.lines
    yield from (Words(note_label(note, texts), note.text) for note in item.notes)


def note_label(note: Note, texts: Texts) -> str:
    who = "staff" if note.from_staff else "author" if note.seen else "new"
    return texts(f"desk.note_{who}", week=note.week)


def status_buttons(item: Shown, texts: Texts) -> tuple[Button, ...]:
    offered = (code for code in OFFERED if code != item.status and may_be(item, code))
    return tuple(
        Button(PRESS, texts("desk.mark", status=status_of(code, texts)), f"status {item.id} {code}") for code in offered
    )


def status_of(code: str, texts: Texts) -> str:
    return texts(f"status.{code.replace('-', '_')}")


def question_blocks(found: Questions, texts: Texts) -> Iterator[Block]:
    known = bool(found.questions)
    yield Text(texts("desk.questions_count", count=found.count) if known else texts("desk.questions_none"))
    for asked in found.questions:
        yield Words(texts("desk.question", item=asked.id, week=asked.week, state=state_of(asked, texts)), asked.text)
        if asked.answer:
            yield Words(texts("desk.answer"), asked.answer)
    yield from more(found.count - len(found.questions), len(found.questions), "questions", texts)


def state_of(asked: Asked, texts: Texts) -> str:
    return texts(f"desk.state_{'answered' if asked.answer else 'hears_back' if asked.hears_back else 'open'}")


def more(left: int, shown: int, listed: str, texts: Texts) -> Iterator[Block]:
    if left and shown < MOST:
        word = texts(f"desk.word_{listed}").split(",")[0]
        yield Text(texts("desk.more", count=left, list=word, most=MOST))
    elif left:
        yield Text(texts("desk.more_elsewhere", count=left))
