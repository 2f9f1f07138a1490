"""A form is data: pages of questions, each of which parses its own answer (content/forms/*.toml)."""

import dataclasses
import functools
import pathlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from bot.faq.features import normalize, words
from bot.faq.spelling import other_letter, slip
from bot.reading import File
from bot.texts import in_languages

Kind = Literal["text", "choice", "choices", "scale"]
Answer = str | tuple[str, ...] | None  # a text or a code; codes; None where the member skipped
Answers = Mapping[str, Answer]
Local = Mapping[str, str]  # language -> text

# The smallest platform's limits (Slack and Discord modals), so that every form fits every platform.
PAGE_QUESTIONS = 5
LONGEST_CHOICE, LONGEST_CHOICES = 200, 2000  # characters with which a member may name one option, or several
AROUND = " .,!¡*_'\""  # marks around a choice
SEPARATOR = re.compile(r"[,;]|\s+(?:and|y|e)\s+|(?<=\d)\s+(?=\d)")  # between several
LABEL = 45
HINT = 100
OPTIONS = 10
OPTION_LABEL = 75
OPTION_HINT = 75
TEXT = 3000
TITLE = 24

LONG_WORD = 4  # characters from which a word of a label can tell it
LONG_NAME = 6  # from which one may be mistyped

QUESTION_KEYS = (
    *("id", "kind", "page", "required", "ask", "label", "hint"),
    *("options", "when", "identifying", "longest", "retired"),
)


@dataclass(frozen=True)
class Option:
    """One choice: a stable code for exports, a label for members."""

    code: str
    label: Local
    hint: Local
    retired: bool = False
    also: tuple[str, ...] = ()  # what else members call it, in any language

    @functools.cached_property
    def labels(self) -> frozenset[str]:
        """Normalized, of every language."""
        return frozenset(normalize(label) for label in self.label.values())

    @functools.cached_property
    def ways(self) -> frozenset[str]:
        """All that it is called, normalized."""
        return self.labels | {normalize(one) for one in (self.code, *self.also)}


@dataclass(frozen=True)
class Question:
    """One question. `ask`: the sentence in a conversation; `label`: the short name in modals and codebooks."""

    id: str
    kind: Kind
    page: int
    required: bool
    ask: Local
    label: Local
    hint: Local
    options: tuple[Option, ...]
    when: tuple[str, tuple[str, ...]] | None  # asked only if that question was answered with one of these codes
    identifying: bool
    longest: int
    former: tuple[Option, ...] = ()  # retired options: not offered, not understood; older answers keep their label
    retired: bool = False  # not asked any more; older answers keep their column

    @property
    def known(self) -> tuple[Option, ...]:
        """Every option an answer may hold, those that are offered first."""
        return self.options + self.former

    def applies(self, answers: Answers) -> bool:
        if self.when is None:
            return True
        question, codes = self.when
        return answers.get(question) in codes

    def parse(self, said: str) -> Answer:
        """The answer in a member's words: for choices their numbers, labels or codes.

        Raises ValueError with a text key (`problem.…`) where it is none.
        """
        said = said.strip()
        if not said:
            raise ValueError("problem.empty")
        if self.kind == "text":
            if len(said) > self.longest:
                raise ValueError("problem.too_long")
            return said
        whole = self.pick(said) if len(said) <= LONGEST_CHOICE else None
        if self.kind in ("choice", "scale"):
            if whole is None:
                raise ValueError("problem.not_a_choice")
            return whole
        if whole is not None:
            return (whole,)
        parts = [one for one in SEPARATOR.split(said[:LONGEST_CHOICES]) if one.strip()]
        found = [self.pick(part) for part in parts[: 2 * len(self.options)]]  # each named twice is enough
        if not found or None in found or len(found) < len(parts) or len(said) > LONGEST_CHOICES:
            raise ValueError("problem.not_choices")
        return self.codes([code for code in found if code])

    def pick(self, said: str) -> str | None:
        """The code of the option that these words name, by number, code or label, in any language."""
        plain = normalize(said).strip(AROUND)
        if re.fullmatch(r"[1-9]\d?", plain):
            number = int(plain)
            return self.options[number - 1].code if number <= len(self.options) else None
        named: set[str] = set()
        if plain:
            for ways, means in MEANINGS:
                named = named or {one.code for one in self.options if any(means(plain, way) for way in ways(one))}
        return named.pop() if len(named) == 1 else None

    def is_named(self, said: str) -> bool:
        """Whether these words are an option's number, or all that it is called: "Nam" is a name, "named" is not."""
        plain = normalize(said).strip(AROUND)
        ways = {way for option in self.known for way in option.ways}
        numbers = {str(number) for number, _ in enumerate(self.options, 1)}
        return plain in ways | numbers or any(mistyped(plain, way) for way in ways)

    def codes(self, chosen: list[str]) -> tuple[str, ...]:
        """Those codes, each once, in the form's order."""
        return tuple(option.code for option in self.options if option.code in chosen)

    def show(self, answer: Answer, language: str) -> str:
        """The answer as a member reads it; "" where it was skipped."""
        if answer is None:
            return ""
        if self.kind == "text":
            return answer if isinstance(answer, str) else ", ".join(answer)
        chosen = (answer,) if isinstance(answer, str) else answer
        labels = {option.code: option.label[language] for option in self.known}
        return ", ".join(labels.get(code, code) for code in chosen)


def begins(plain: str, label: str) -> bool:
    """Three characters or more of it; fewer only where a comma follows: "no" is "No, only my union", not "No sé"."""
    return label.startswith(plain if len(plain) >= 3 else f"{plain},")


def within(plain: str, label: str) -> bool:
    """Nothing but words of it, one of them longer than the usual small ones, and not as a question."""
    said = set(words(plain))
    return "?" not in plain and said <= set(words(label)) and any(len(one) >= LONG_WORD for one in said)


def mistyped(plain: str, way: str) -> bool:
    return len(way) >= LONG_NAME and (slip(plain, way) or other_letter(plain, way))


MEANINGS: tuple[tuple[Callable[[Option], frozenset[str]], Callable[[str, str], bool]], ...] = (
    (lambda option: option.ways, str.__eq__),
    (lambda option: option.labels, begins),
    (lambda option: option.labels, within),
    (lambda option: option.ways, mistyped),
)  # how words name an option, the surest first


@dataclass(frozen=True)
class Form:
    """Questions in order. Answers are keyed by question id, so a changed form goes on from those that still exist.

    `questions`: those that are asked. `exported`: these and the retired ones, which keep their columns.
    """

    id: str
    version: int
    title: Local
    questions: tuple[Question, ...]
    exported: tuple[Question, ...]

    def __getitem__(self, question: str) -> Question:
        return next(one for one in self.questions if one.id == question)

    def without(self, question: str, code: str, hint: Local) -> "Form":
        """The form with that option retired; the question's hint says why."""

        def changed(one: Question) -> Question:
            if one.id != question:
                return one
            left = tuple(option for option in one.options if option.code != code)
            gone = tuple(option for option in one.options if option.code == code)
            return dataclasses.replace(one, options=left, former=one.former + gone, hint=hint)

        return dataclasses.replace(self, questions=tuple(changed(one) for one in self.questions))

    def asked(self, answers: Answers) -> tuple[Question, ...]:
        """The questions that apply, given the answers so far."""
        return tuple(question for question in self.questions if question.applies(answers))

    def open(self, answers: Answers) -> Question | None:
        """The first question that applies and has neither answer nor skip; None when the form is complete."""
        return next((one for one in self.asked(answers) if one.id not in answers), None)

    def kept(self, answers: Answers) -> dict[str, Answer]:
        """The answers that still belong: to a question there is, that applies, with codes there are."""
        kept: dict[str, Answer] = {}
        for question in self.questions:
            if question.id not in answers or (question.when and not question.applies({**answers, **kept})):
                continue
            answer = answers[question.id]
            if question.kind in ("choice", "scale") and answer is not None:
                if answer not in {option.code for option in question.options}:
                    continue
            elif question.kind == "choices" and isinstance(answer, tuple):
                answer = question.codes(list(answer)) or None
            kept[question.id] = answer
        return kept


def read_form(path: pathlib.Path, languages: tuple[str, ...]) -> Form:
    """Read and check a form; ContentError names file, line and what to write."""
    file = File.toml(path)
    file.known("version", "title", "question")
    version = file.table.get("version")
    if not isinstance(version, int):
        raise file.fail("version", "write version = 1, and one more at each change of the questions")
    blocks = file.table.get("question")
    if not isinstance(blocks, list) or not blocks:
        raise file.fail("question", "write at least one [[question]] block")
    exported: list[Question] = []
    for block in file.blocks("question"):
        exported.append(read_question(block, languages, {one.id: one for one in exported}))
    questions = [one for one in exported if not one.retired]
    for page in {one.page for one in questions}:
        on_page = [one for one in questions if one.page == page]
        if len(on_page) > PAGE_QUESTIONS:
            raise file.fail("question", f"page {page} has {len(on_page)} questions; give {PAGE_QUESTIONS} at most")
    if [one.page for one in questions] != sorted(one.page for one in questions):
        raise file.fail("question", "order the questions by page")
    return Form(path.stem, version, local(file, "title", languages, TITLE), tuple(questions), tuple(exported))


def read_question(file: File, languages: tuple[str, ...], before: dict[str, Question]) -> Question:
    file.known(*QUESTION_KEYS)
    name = file.text("id", longest=40)
    if not re.fullmatch(r"[a-z][a-z0-9_]*", name) or name in before:
        raise file.fail("id", f'write a new id of small letters, digits and _, not "{name}"')
    kind = file.table.get("kind", "text")
    if kind not in ("text", "choice", "choices", "scale"):
        raise file.fail("kind", 'write kind = "text", "choice", "choices" or "scale"')
    retired = file.table.get("retired", False) is True
    known = tuple(read_option(file, one, languages) for one in file.table.get("options", []))
    options = tuple(option for option in known if not option.retired)
    misplaced = bool(known) if kind == "text" else not options and not retired
    if misplaced or len(options) > OPTIONS or len({option.code for option in known}) != len(known):
        raise file.fail(
            "options",
            f"question {name}: a text has no options, a choice 2 to {OPTIONS}, each with its own code",
        )
    longest = file.table.get("longest", TEXT)
    if not isinstance(longest, int) or not 1 <= longest <= 40_000:
        raise file.fail("longest", f"question {name}: write longest = {TEXT} (characters)")
    when = file.table.get("when")
    if when is not None:
        other = before.get(when.get("question", "")) if isinstance(when, dict) else None
        codes = tuple(when.get("is", ())) if isinstance(when, dict) else ()
        dead = other is None or (other.retired and not retired)
        if other is None or dead or not codes or set(codes) - {option.code for option in other.known}:
            raise file.fail(
                "when",
                f'question {name}: write when = {{ question = "an earlier id", is = ["a code of it"] }}',
            )
        when = (other.id, codes)
    return Question(
        name,
        kind,
        file.table.get("page", 1),
        file.table.get("required", False) is True,
        local(file, "ask", languages, 600),
        local(file, "label", languages, LABEL),
        local(file, "hint", languages, HINT) if "hint" in file.table else dict.fromkeys(languages, ""),
        options,
        when,
        file.table.get("identifying", False) is True,
        longest,
        tuple(option for option in known if option.retired),
        retired,
    )


def read_option(file: File, table: dict[str, object], languages: tuple[str, ...]) -> Option:
    one = File(file.path, table, file.lines, file.before)
    one.known("code", "label", "hint", "retired", "also")
    hint = local(one, "hint", languages, OPTION_HINT) if "hint" in table else dict.fromkeys(languages, "")
    label = local(one, "label", languages, OPTION_LABEL)
    also = table.get("also", [])
    if not isinstance(also, list) or not all(isinstance(way, str) and way.strip() for way in also):
        raise one.fail("also", 'write also = ["what members call it", ...], in any language')
    return Option(one.text("code", longest=40), label, hint, table.get("retired", False) is True, tuple(also))


def local(file: File, key: str, languages: tuple[str, ...], longest: int) -> dict[str, str]:
    """A text in every language, within a limit."""
    found = in_languages(file, key, file.table.get(key, ""))
    for language in languages:
        text = found.get(language) or found.get("")
        if not text:
            raise file.fail(key, f'write {key} = {{ {language} = "..." }} (also in {", ".join(languages)})')
        if len(text) > longest:
            raise file.fail(key, f"{key} in {language} has {len(text)} characters; write {longest} or fewer")
    return {language: found.get(language) or found[""] for language in languages}
