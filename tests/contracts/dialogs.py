"""Dialogs that every adapter holds on every database: [(member says, bot answers), ...], and the rows they leave.

An answer may be several fragments, all of which are shown. RECEIPT stands for the six words shown last.
"""

from dataclasses import dataclass, field

Turns = list[tuple[str, str | tuple[str, ...]]]


@dataclass(frozen=True)
class Dialog:
    """What is said, and the rows it leaves: items by column, envelopes by language, counters by outcome and topic.

    `employers`: in a chat workspace that an employer owns. `adapters`: where it is held; () for everywhere.
    """

    turns: Turns
    items: list[dict[str, object]] = field(default_factory=list)
    envelopes: list[str] = field(default_factory=list)
    counters: dict[tuple[str, str], int] = field(default_factory=dict)
    questions: list[str] = field(default_factory=list)
    draft: bool = False
    deletions: int = 0
    employers: bool = False
    adapters: tuple[str, ...] = ()


QUICK: Turns = [  # confidential feedback, up to its summary
    ("feedback", "Confidential"),
    ("2", "tell"),
    ("an idea", "sector"),
    ("skip", "job"),
    ("skip", "task"),
    ("skip", "What happens"),
    ("Ask us first.", "affect"),
    ("skip", "part"),
    ("skip", "last word"),
    ("skip", "better"),
    ("skip", "share"),
    ("yes", "may the bot write"),
    ("no", "six words"),
]


def item(words: str) -> dict[str, object]:
    """The row that QUICK leaves."""
    others = dict.fromkeys(("sector", "job", "task", "effects", "part", "loop", "better"))
    row = {"level": "confidential", "language": "en", "sharing": True, "contact": False, "status": "new"}
    return {**row, "named": False, "answers": {**others, "kind": "idea", "words": words}}


DIALOGS = {
    "asks, is answered, goes on": Dialog(
        [
            ("Did Microsoft pay the AFL-CIO?", ("computer program", "No source we read", "Source:", "Did this help?")),
            ("1", "Critics"),
            ("yes", "Good."),
        ],
        counters={
            ("answer", "is-money-involved"): 1,
            ("answer", "criticism-of-the-partnership"): 1,
            ("helped_yes", "criticism-of-the-partnership"): 1,
        },
    ),
    "asks in Spanish": Dialog(
        [
            ("¿Microsoft le pagó a la AFL-CIO?", ("programa de computadora", "Fuente:", "¿Te sirvió?")),
            ("and in English?", ("I will answer in English", "Source:")),
        ],
        counters={("answer", "is-money-involved"): 1},
    ),
    "gets no answer, asks staff": Dialog(
        [
            ("How many ounces are in a gallon of paint?", ("I have no approved answer", "ask staff")),
            ("ask staff", "May the answer come to you here?"),
            ("2", "Write your question"),
            ("When is the paint shop training?", "with union staff"),
        ],
        counters={("none", ""): 1},
        questions=["When is the paint shop training?"],
    ),
    "asks staff at once": Dialog(
        [
            ("ask staff", "May the answer come to you here?"),
            ("When is the paint shop training?", ("When is the paint shop training?", "May the answer come to you")),
            ("no", "without your account"),
            ("ask staff: when is lunch in the hall?", "May the answer come to you here?"),
            ("yes please", "you will read it here"),
            ("my data", ("wait for an answer: 1", "when is lunch in the hall?")),
            ("1", "Forget that it was me"),
            ("1", "Staff still have the words"),
            ("my data", "No named or confidential feedback"),
        ],
        questions=["When is the paint shop training?", "when is lunch in the hall?"],
    ),
    "is handed over to a person": Dialog(
        [
            ("my boss wrote me up today and wants me to sign it", ("steward", "Deadlines may run", "did not keep")),
            ("What are the three goals?", "Source:"),
        ],
        counters={("handover", ""): 1, ("answer", "three-goals-overview"): 1},
    ),
    "gives confidential feedback, with detours": Dialog(
        [
            ("feedback", ("three minutes", "Named", "Confidential", "Anonymous")),
            ("maybe", "Please type one of the numbers"),
            ("yes", "Please type one of the numbers"),
            ("none", "Please type one of the numbers"),
            ("back", "This is the first question."),
            ("2", "What would you like to tell us?"),
            ("What are the three goals?", ("Source:", "What would you like to tell us?")),
            ("help", ("back", "Where you pick from a list", "What would you like to tell us?")),
            ("stop", ("only when you write to me", "To leave this feedback, type later or cancel", "tell us?")),
            ("a concern, please", "In which sector"),
            ("skip", "What is your job"),
            ("back", ("In which sector", "(left out)")),
            ("1", "What is your job"),
            ("nurse", "Which task"),
            ("skip", "What happens"),
            ("skip", ("This one is needed", "What happens")),
            ("It calls patients stable and nobody looks.", "What does it affect"),
            ("1, 3", "What part should AI have"),
            ("blue", "Please type one of the numbers"),
            ("no", "Please type one of the numbers"),
            ("act only after yes", "last word"),
            ("later", "It waits for you"),
            ("continue", ("Here is where you were", "last word")),
            ("the nurse", "What would make it better"),
            ("skip", "May the union share"),
            ("yes", "may the bot write to you"),
            ("no", ("2. What is it? A concern", "six words", "Type send")),
            ("edit 4", ("What is your job", "nurse")),
            ("night nurse", ("4. Job: night nurse", "six words")),
            ("edit 99", "There is no such line"),
            ("send", ("are not shown who wrote it", "Changed your mind? Type my data")),
            ("send", "sent or thrown away already"),
            ("undo", "my data for what you sent"),
        ],
        items=[
            {
                "level": "confidential",
                "language": "en",
                "sharing": True,
                "contact": False,
                "status": "new",
                "named": False,
                "answers": {
                    "kind": "concern",
                    "sector": "health",
                    "job": "night nurse",
                    "task": None,
                    "words": "It calls patients stable and nobody looks.",
                    "effects": ["safety", "quality"],
                    "part": "after_yes",
                    "loop": "the nurse",
                    "better": None,
                },
            }
        ],
        counters={("answer", "three-goals-overview"): 1},
    ),
    "gives named feedback in Spanish": Dialog(
        [
            ("opinar", ("tres minutos", "Con mi nombre")),
            ("1", "¿Qué nombre debe ver el personal?"),
            ("Ana", "¿Qué quieres contar?"),
            ("una idea", "¿En qué sector"),
            ("sáltala", "¿Cuál es tu puesto"),
            ("salta", "¿De qué tarea"),
            ("saltar", "¿Qué pasa"),
            ("Que la app nos avise antes de cambiar los turnos.", "¿A qué afecta?"),
            ("saltar", "¿Qué papel"),
            ("saltar", "última palabra"),
            ("saltar", "¿Qué lo mejoraría?"),
            ("saltar", "¿Puede el sindicato compartir"),
            ("no", "¿puede el bot escribirte"),
            ("sí", ("seis palabras", "Escribe enviar")),
            ("envía", ("El personal lo puede leer con tu nombre", "Escribe mis datos")),
        ],
        items=[
            {
                "level": "named",
                "language": "es",
                "sharing": False,
                "contact": True,
                "status": "new",
                "named": True,
                "answers": {
                    "kind": "idea",
                    "sector": None,
                    "job": None,
                    "task": None,
                    "words": "Que la app nos avise antes de cambiar los turnos.",
                    "effects": None,
                    "part": None,
                    "loop": None,
                    "better": None,
                },
            }
        ],
    ),
    "gives anonymous feedback": Dialog(
        [
            ("feedback", "Anonymous"),
            ("3", ("at least five", "What would you like to tell us?")),
            ("1", "sector"),
            ("skip", "job"),
            ("skip", "task"),
            ("skip", "What happens"),
            ("Routes ignore the school zone at three.", "affect"),
            ("skip", "part"),
            ("skip", "last word"),
            ("skip", "better"),
            ("skip", "share"),
            ("1", ("six words", "the only way back")),
            ("send", ("next batch", "Changed your mind? Type receipt")),
        ],
        envelopes=["en"],
    ),
    "finds nothing anonymous in an employer's workspace": Dialog(
        [
            ("hi", ("computer program of your union", "workspace belongs to an employer")),
            ("feedback", ("I take no anonymous feedback there", "Not anonymous here", "2. Confidential")),
            ("3", ("Please type one of the numbers", "Not anonymous here")),
            ("Is my feedback anonymous?", ("holds only outside that workspace", "Not anonymous here")),
            *QUICK[1:],
            ("edit 1", "Not anonymous here"),
            ("3", ("Please type one of the numbers", "Not anonymous here")),
            ("skip", "six words"),
            ("send", "not shown who wrote it"),
        ],
        items=[item("Ask us first.")],
        counters={("answer", "is-feedback-anonymous"): 1},
        employers=True,
        adapters=("slack", "discord"),
    ),
    "gives anonymous feedback at the union's own computer": Dialog(
        [
            ("feedback", ("three minutes", "Anonymous")),
            ("3", "What would you like to tell us?"),
            *QUICK[2:11],
            ("yes", ("six words", "the only way back")),
            ("send", "next batch"),
        ],
        envelopes=["en"],
        employers=True,
        adapters=("terminal",),
    ),
    "asks at the summary, which stands": Dialog(
        [
            *QUICK,
            ("law", ("You can ask one of these", "stand as I showed them", "Type send")),
            ("7", ("for example: edit 3", "stand as I showed them")),
            ("done", ("Goodbye", "waits for you")),
        ],
        counters={("suggest", ""): 1},
        draft=True,
    ),
    "says other things at the summary, whose receipt holds": Dialog(
        [
            *QUICK,
            ("help", ("edit 3", "stand as I showed them")),
            ("my data", ("First send this", "stand as I showed them")),
            ("edit 99", ("There is no such line", "stand as I showed them")),
            ("thanks", "stand as I showed them"),
            ("yes", ("stand as I showed them", "type continue")),
            ("continue", ("six words", "replaces the one I showed before")),
            ("edit", ("for example: edit 3", "stand as I showed them")),
            ("edit line 6", "What happens"),
            ("Ask us before.", ("six words", "replaces the one I showed before")),
            ("language", ("seis palabras", "reemplaza")),
            ("send", "no ve quién"),
        ],
        items=[item("Ask us before.")],
    ),
    "chooses in other words, answers with words that are commands elsewhere": Dialog(
        [
            ("feedback please", "Named"),
            ("option 2", "What would you like to tell us?"),
            ("the third one", "In which sector"),
            ("#2", "What is your job"),
            ("Data", "Which task"),
            ("no answer", "What happens"),
            ("back", "Which task"),
            ("omitir", "What happens"),
            ("back", "Which task"),
            ("great", "What happens"),
            ("send", ("Some questions are still open", "What happens")),
            ("resume", ("Here is where you were", "What happens")),
            ("/back", ("Which task", "great")),
            ("skpi", ("Did you mean skip?", "Yes", "No")),
            ("yes", "What happens"),
            ("bakc", "Did you mean back?"),
            ("1", "Which task"),
            ("cancle", "Did you mean cancel?"),
            ("2", "What happens"),
            ("back", ("Which task", "cancle")),
            ("laters", "Did you mean later?"),
            ("ordering parts", "What happens"),
            ("/edit 5", ("Which task", "ordering parts")),
            ("sned", "Did you mean send?"),
            ("sned", "What happens"),
            ("", ("There were no words in that", "What happens")),
            ("in Spanish", "¿Qué pasa"),
            ("y en inglés", "What happens"),
            ("Next", ("This one is needed", "What happens", "keep it")),
            ("Nothing", "What does it affect"),
            ("cancel, please", "Thrown away"),
        ],
    ),
    "has a name that is a farewell": Dialog(
        [("feedback", "Named"), ("1", "What name"), ("Bye", "tell"), ("back", "Bye"), ("cancel", "Thrown away")]
    ),
    "says other things while a receipt is waited for": Dialog(
        [
            ("receipt", "Type the six words"),
            ("What are the three goals?", "Source:"),
            ("my boss wrote me up today and wants me to sign it", "Deadlines may run"),
            ("cancel", "Nothing was opened"),
        ],
        counters={("answer", "three-goals-overview"): 1, ("handover", ""): 1},
    ),
    "says yes to nothing, and none of these": Dialog(
        [
            ("hi", ("computer program of your union", "help")),
            ("y", "what that answers"),
            ("Is money involved?", "Did this help?"),
            ("Yep", "Good."),
            ("none of these", "I have no approved answer"),
        ],
        counters={("answer", "is-money-involved"): 1, ("helped_yes", "is-money-involved"): 1},
    ),
    "mistypes a command, stops and starts": Dialog(
        [
            ("my dta", "receipt"),
            ("stop", ("only when you write to me", "start")),
            ("start", "You will hear here"),
            ("feedbak", "who may know"),
            ("cancel", "Thrown away"),
        ],
    ),
    "leaves names out": Dialog(
        [
            *QUICK[:6],
            ("My supervisor Jane Miller turned it off.", "affect"),
            *QUICK[7:12],
            ("no", ("may show who somebody is", "My supervisor [name] turned it off.", "Use this version")),
            ("blue", "Use this version"),
            ("1", ("6. What happens: My supervisor [name] turned it off.", "six words")),
            ("send", "not shown who wrote it"),
        ],
        items=[item("My supervisor [name] turned it off.")],
        counters={("none", ""): 1},
    ),
    "leaves names out of a corrected line": Dialog(
        [
            *QUICK,
            ("send", "not shown who wrote it"),
            ("my data", "Ask us first."),
            ("1", "Correct a line"),
            ("correct a line", "Which line"),
            ("What happens", "What happens, or what should"),
            (
                "My supervisor Jane Miller turned it off.",
                ("may show who somebody is", "My supervisor [name] turned it off.", "Use this version"),
            ),
            ("What are the three goals?", ("Source:", "My supervisor [name] turned it off.", "Keep my words")),
            ("1", "Corrected."),
            ("done", "Closed"),
        ],
        items=[item("My supervisor [name] turned it off.")],
        counters={("answer", "three-goals-overview"): 1},
    ),
    "sees, corrects, withdraws and hides what was sent": Dialog(
        [
            *QUICK,
            ("send", "not shown who wrote it"),
            ("my data", ("Feedback under your account: 1", "An idea", "Ask us first.")),
            ("1", ("What happens: Ask us first.", "not read yet", "may be shared", "Correct a line")),
            ("correct", "Which line"),
            ("What happens", "What happens, or what should"),
            ("Ask us before you start.", "Corrected."),
            ("my data", "Ask us before you start."),
            ("1", "Withdraw: stop sharing"),
            ("7", ("Please type one of the numbers", "Withdraw")),
            ("withdraw", "no longer shared"),
            ("my data", "Feedback under your account"),
            ("1", ("It is not shared", "Make it anonymous")),
            ("Make it anonymous", "Do you have the six words"),
            ("no", "Make it anonymous"),
            ("make it anonymous", "Do you have the six words"),
            ("yes", "no longer belongs to your account"),
            ("my data", "No named or confidential feedback"),
            ("receipt", "Type the six words"),
            ("one two three four five six", "open nothing"),
            ("my receipt is RECEIPT.", ("What happens: Ask us before you start.", "waiting for its batch")),
            ("delete", "Delete it for good?"),
            ("yes please", "Deleted."),
            ("receipt", "Type the six words"),
            ("RECEIPT", "open nothing"),
            ("cancel", "Nothing was opened"),
        ],
        items=[],
        deletions=3,
    ),
    "refuses words that hold a receipt": Dialog(
        [
            *QUICK,
            ("send", "Sent"),
            ("I wrote it down", "You are welcome"),
            ("ask staff", "May the answer come"),
            ("2", "Write your question"),
            ("why does RECEIPT not open", "contains a receipt"),
            ("cancel", "Thrown away"),
            ("my data", "Feedback under your account: 1"),
            ("1", "Correct a line"),
            ("correct a line", "Which line"),
            ("What happens", "What happens"),
            ("see RECEIPT", "contains a receipt"),
            ("cancel", "Nothing was changed"),
        ],
        items=[item("Ask us first.")],
    ),
    "keeps a receipt out of a draft": Dialog(
        [*QUICK, ("edit 6", "What happens"), ("my words are RECEIPT", "contains a receipt"), ("cancel", "Thrown away")],
    ),
    "throws feedback away": Dialog(
        [("feedback", "Named"), ("2", "tell"), ("cancel", "Thrown away"), ("continue", "No feedback is open")]
    ),
    "leaves a draft": Dialog([("feedback", "Named"), ("1", "What name"), ("Lee", "tell")], draft=True),
    "says odd things": Dialog(
        [
            ("", "There were no words in that"),
            ("🤷🏽‍♀️", "I have no approved answer"),
            ("x" * 40_000, "I have no approved answer"),
            ("help", ("feedback", "ask staff")),
            ("stop", "only when you write to me"),
        ],
        counters={("none", ""): 2},
    ),
}
