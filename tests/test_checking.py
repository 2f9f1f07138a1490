"""The content check on real files: each finding with its file and line; and the two commands on top of it."""

import datetime as dt
import pathlib
import shutil

import pytest
import typer
from typer.testing import CliRunner, Result

from adapters.cli.content import add_content
from app import House
from bot.checking import check_content, check_files, ease_by_language
from bot.content import FOLDER, load
from bot.errors import ContentError, Refused
from bot.new_entry import known_languages, new_entry
from bot.phrasing_check import alike

TODAY = dt.date(2026, 11, 25)
WORDS = (FOLDER / "receipts" / "en.txt").read_text().split()
ENTRY = """+++
question = "{question}"
phrasings = [
{phrasings}
]
as_of = {as_of}
review_by = {review_by}
related = [{related}]

[[sources]]
publisher = "{publisher}"
title = "bulletin"
date = "{date}"
+++
{body}
"""
PHRASING, AS_OF, REVIEW_BY, RELATED, BODY = 4, 25, 26, 27, 34  # lines of an entry with 20 phrasings


def phrasings(topic: str, count: int = 20) -> list[str]:
    """As many as asked for, and unlike those of another topic."""
    start = sum(map(ord, topic)) * 7
    return [" ".join(WORDS[(start + 61 * i + j) % len(WORDS)] for j in range(4)) for i in range(count)]


def write(folder: pathlib.Path, topic: str, languages: str = "en es", **changes: object) -> None:
    """A flawless answer, but for the changes."""
    asked = changes.pop("phrasings", phrasings(topic))
    assert isinstance(asked, list)
    values = {
        "question": f"{topic}?",
        "phrasings": "\n".join(f'  "{one}",' for one in asked),
        "as_of": "2026-11-01",
        "review_by": "2027-11-01",
        "related": "",
        "publisher": "Local 000",
        "date": "May 2026",
        "body": "Yes.",
        **changes,
    }
    for language in languages.split():
        path = folder / "faq" / language / f"{topic}.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(ENTRY.format(**values), encoding="utf-8")


@pytest.fixture
def folder(tmp_path: pathlib.Path) -> pathlib.Path:
    """Content with the real texts and no answer yet."""
    root = tmp_path / "content"
    for part in ("texts", "receipts", "claims"):
        shutil.copytree(FOLDER / part, root / part)
    return root


@pytest.fixture
def overlay(tmp_path: pathlib.Path) -> pathlib.Path:
    root = tmp_path / "own"
    root.mkdir()
    return root


def findings(folder: pathlib.Path, overlay: pathlib.Path | None = None) -> list[str]:
    """As `path:line level message`, with paths beside the test's folder."""
    found = check_content(load(overlay, folder=folder), TODAY)
    return [f"{one.path}:{one.line} {one.level} {one.message}".replace(f"{folder.parent}/", "") for one in found]


def only(found: list[str]) -> str:
    assert len(found) == 1, found
    return found[0]


def test_flawless_answers_have_no_findings(folder: pathlib.Path) -> None:
    write(folder, "kitchen", related='"hall"')
    write(folder, "hall", related='"kitchen"')
    assert findings(folder) == []


def test_an_answer_in_one_language_only(folder: pathlib.Path) -> None:
    write(folder, "kitchen", "en")
    assert only(findings(folder)).startswith(
        "content/faq/en/kitchen.md:1 problem this answer is not in es: write faq/es/kitchen.md"
    )


def remove(folder: pathlib.Path, topic: str, language: str = "en", said: str = "true") -> pathlib.Path:
    path = folder / "faq" / language / f"{topic}.md"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"+++\n\nremoved = {said}\n+++\n")
    return path


def stops(folder: pathlib.Path, overlay: pathlib.Path) -> str:
    """What keeps the content from loading, with paths inside the overlay."""
    with pytest.raises(ContentError) as problem:
        load(overlay, folder=folder)
    return str(problem.value).replace(f"{overlay}/", "").replace(f"{folder}/", "")


def test_an_error_names_the_line_of_its_own_block(folder: pathlib.Path, overlay: pathlib.Path) -> None:
    second = '[[sources]]\npublisher = "Local 000"\ndate = "May 2026"\n+++\nYes.'
    write(overlay, "kitchen", "en", body="Yes.")
    path = overlay / "faq" / "en" / "kitchen.md"
    path.write_text(path.read_text().replace("+++\nYes.", second))
    assert stops(folder, overlay).startswith('faq/en/kitchen.md, line 33: write title = "..."')
    path.write_text(path.read_text().replace('"May 2026"\n+++', '"May 2026"\ntitle = "News"\nurl = "http://x"\n+++'))
    assert stops(folder, overlay).startswith('faq/en/kitchen.md, line 37: write url = "https://..."')
    path.write_text("\n\n\n" + path.read_text().replace("as_of = ", "as_of : "))
    assert stops(folder, overlay).startswith(f"faq/en/kitchen.md, line {AS_OF + 3}: not valid TOML")


@pytest.mark.parametrize("languages", [["en"], ["es"], ["en", "es"]])
def test_a_removal_in_any_language_removes_the_answer(
    folder: pathlib.Path, overlay: pathlib.Path, languages: list[str]
) -> None:
    write(folder, "kitchen", review_by="2026-11-02")
    write(folder, "hall")
    for language in languages:
        remove(overlay, "kitchen", language)
    assert list(load(overlay, folder=folder).entries) == ["hall"]
    assert findings(folder, overlay) == []


def test_a_related_answer_that_was_removed_is_noted(folder: pathlib.Path, overlay: pathlib.Path) -> None:
    write(folder, "kitchen")
    write(folder, "hall", related='"kitchen"')
    remove(overlay, "kitchen")
    assert [one.split(" ", 1)[1] for one in findings(folder, overlay)] == [
        "note related answer kitchen was taken out: it is not offered here"
    ] * 2


def test_removals_that_cannot_be_meant(folder: pathlib.Path, overlay: pathlib.Path) -> None:
    write(folder, "kitchen")
    path = remove(overlay, "kitchens")
    assert stops(folder, overlay) == (
        "faq/en/kitchens.md, line 3: there is no built-in answer kitchens to take out; "
        "name the file kitchen.md, or delete it"
    )
    path.unlink()
    path = remove(overlay, "kitchen", said='"yes"')
    assert stops(folder, overlay).startswith("faq/en/kitchen.md, line 3: write removed = true, without quotes")
    path = remove(overlay, "kitchen")
    write(overlay, "kitchen", "es")
    assert stops(folder, overlay) == (
        "faq/en/kitchen.md, line 3: this takes kitchen out in every language; delete this file or faq/es/kitchen.md"
    )
    remove(overlay, "kitchen", "es", "false")
    assert "write at least one [[sources]]" in stops(folder, overlay)


def add(root: pathlib.Path, name: str, text: str = "") -> pathlib.Path:
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


@pytest.mark.parametrize(
    ("name", "complaint"),
    [
        ("unions.toml", "unions.toml, line 1: nothing reads this; the only file beside the folders is union.toml"),
        ("unions.toml", "; name it union.toml, or take it out of CONTENT_DIR"),
        ("faq/kitchen.md", "faq/kitchen.md, line 1: nothing reads this; move it to faq/en/ or faq/es/"),
        ("faq/en/kitchen.txt", "faq/en/kitchen.txt, line 1: nothing reads this; files in en/ end in .md"),
        ("faq/en/kitchen.txt", "; name it kitchen.md, or"),
        ("faq/fr/kitchen.md", "faq/fr: nothing reads this; the languages are en, es, or"),
        ("faq/en/old/kitchen.md", "faq/en/old: nothing reads this; move what is in it to en/"),
        ("handover/en/crisi.toml", "handover/en/crisi.toml, line 1: nothing reads this; the files here are grievance"),
        ("handover/en/crisi.toml", "; name it crisis.toml, or"),
        ("talk/english.txt", "talk/english.txt, line 1: nothing reads this; the files here are en.txt, es.txt"),
        ("Faqs/en/kitchen.md", "Faqs: nothing reads this; the folders are texts, faq,"),
        ("Faqs/en/kitchen.md", "; name it faq, or"),
        ("redaction/names.toml", "redaction: nothing reads this"),
        ("talk/en.txt", "talk/en.txt, line 1: write messages that no answer fits"),
        ("handover/en/crisis.toml", 'handover/en/crisis.toml, line 1: write examples = ["..."'),
    ],
)
def test_what_nothing_reads_stops_the_start(
    folder: pathlib.Path, overlay: pathlib.Path, name: str, complaint: str
) -> None:
    write(folder, "kitchen")
    load(overlay, folder=folder)
    add(overlay, name)
    assert complaint in stops(folder, overlay)


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ('stewart = "Ana"', "line 2: stewart is not known here; write steward"),
        ('zzz = "Ana"', "line 2: zzz is not known here; known are name, workspace_owner, anonymous_confirmed"),
        ('steward = { english = "Ana" }', "line 2: steward has no language english; write en or es"),
    ],
)
def test_a_key_that_no_answer_shows_stops_the_start(
    folder: pathlib.Path, overlay: pathlib.Path, line: str, complaint: str
) -> None:
    add(overlay, "union.toml", f"# ours\n{line}\n")
    assert f"union.toml, {complaint}" in stops(folder, overlay)


def test_examples_without_counter_examples_stop_the_start(folder: pathlib.Path, overlay: pathlib.Path) -> None:
    path = add(overlay, "handover/en/crisis.toml", 'examples = ["I am done"]\ncounter = []\n')
    assert stops(folder, overlay).startswith("handover/en/crisis.toml, line 2: write counter = ")
    path.write_text('examples = ["I am done"]\ncounter = ["I am done with lunch"]\n')
    assert load(overlay, folder=folder).handover["crisis"]["en"].counter == ("I am done with lunch",)


@pytest.mark.parametrize(
    "name",
    [
        ".DS_Store",
        ".git/config",
        "README",
        "readme.txt",
        "union.toml~",
        "faq/README.md",
        "faq/en/README.md",
        "faq/en/._kitchen.md",
        "faq/en/.kitchen.md.swp",
        "faq/en/kitchen.md~",
        "faq/en/#kitchen.md#",
        "texts/.en.toml",
        "faq/.keep",
        "forms/.ai-at-work.toml",
        "handover/en/crisis.toml.bak",
    ],
)
def test_hidden_files_and_backups_are_passed_over(folder: pathlib.Path, overlay: pathlib.Path, name: str) -> None:
    write(folder, "kitchen")
    add(overlay, name).write_bytes(b"\x00\xff")
    assert load(overlay, folder=folder) == load(folder=folder)


def test_the_check_lists_all_that_nothing_reads(folder: pathlib.Path, overlay: pathlib.Path) -> None:
    add(overlay, "unions.toml")
    add(overlay, "handover/en/crisi.toml")
    write(overlay, "kitchen", "es", as_of='"soon"')
    with pytest.raises(ContentError) as problem:
        load(overlay, folder=folder)
    found = check_files(problem.value, overlay, folder=folder)
    assert [one.path.name for one in found] == ["kitchen.md", "crisi.toml", "unions.toml"]


def test_findings_point_to_the_unions_own_file(folder: pathlib.Path, overlay: pathlib.Path) -> None:
    write(folder, "kitchen", review_by="2026-11-02")
    write(overlay, "kitchen", "en")
    assert only(findings(folder, overlay)).startswith(f"content/faq/es/kitchen.md:{REVIEW_BY} problem was to be")
    write(folder, "kitchen")
    write(overlay, "kitchen", "en", review_by="2026-11-02")
    assert only(findings(folder, overlay)).startswith(f"own/faq/en/kitchen.md:{REVIEW_BY} problem was to be")


@pytest.mark.parametrize(
    ("as_of", "review_by", "finding"),
    [
        ("2026-11-01", "2026-11-24", ":26 problem was to be checked by 2026-11-24"),
        ("2026-11-01", "2026-11-25", ":26 note is to be checked by 2026-11-25"),
        ("2026-11-01", "2026-12-25", ":26 note is to be checked by 2026-12-25"),
        ("2026-11-26", "2027-11-01", ":25 problem as_of 2026-11-26 is still to come"),
        ("2026-11-01", "2026-12-26", ""),
    ],
)
def test_stale_answers(folder: pathlib.Path, as_of: str, review_by: str, finding: str) -> None:
    write(folder, "kitchen", as_of=as_of, review_by=review_by)
    found = findings(folder)
    assert len(found) == (2 if finding else 0)
    assert all(finding in one for one in found)


def test_fewer_phrasings_than_matching_needs(folder: pathlib.Path) -> None:
    write(folder, "kitchen", "en", phrasings=phrasings("kitchen", 15))
    write(folder, "kitchen", "es", phrasings=phrasings("kitchen", 19))
    assert findings(folder) == [
        "content/faq/es/kitchen.md:3 problem 19 different phrasings; write at least 20",
    ]


def test_a_phrasing_twice_in_one_answer(folder: pathlib.Path) -> None:
    write(folder, "kitchen", "en", phrasings=[*phrasings("kitchen"), "Who cooks?", "who   COOKS"])
    write(folder, "kitchen", "es")
    assert findings(folder) == [
        f'content/faq/en/kitchen.md:{PHRASING + 21} problem "who   COOKS" is here twice; drop or reword one'
    ]


def test_a_phrasing_of_two_answers_names_both_places(folder: pathlib.Path) -> None:
    mine = [*phrasings("kitchen"), 'who cooks for the \\"picket line\\"']
    write(folder, "hall", "en", phrasings=[*phrasings("hall"), "who cooks for the picket lines"])
    write(folder, "hall", "es", phrasings=[*phrasings("hall"), "who cooks for the picket line"])
    write(folder, "kitchen", "es")
    write(folder, "kitchen", "en", phrasings=mine)
    assert only(findings(folder)) == (
        f'content/faq/en/kitchen.md:{PHRASING + 20} problem "who cooks for the "picket line"" is nearly '
        f'"who cooks for the picket lines" of content/faq/en/hall.md:{PHRASING + 20}; keep it in one answer'
    )


def test_alike_finds_what_comparing_each_two_would_find() -> None:
    said = [f"{a} {b} {c}" for a in ("who cooks", "who cook", "hall") for b in ("for us", "for you") for c in WORDS[:9]]

    def grams(text: str) -> set[str]:
        return {f"  {text} "[i : i + 3] for i in range(len(text) + 1)}

    pairs = {(j, i) for i in range(len(said)) for j in range(i + 1, len(said))}
    expected = {
        (j, i) for j, i in pairs if len(grams(said[j]) & grams(said[i])) / len(grams(said[j]) | grams(said[i])) >= 4 / 5
    }
    assert set(alike(said)) == expected
    assert 0 < len(expected) < len(pairs)


@pytest.mark.parametrize(
    ("body", "publisher", "figure"),
    [
        ("It began in 2023.", "Worker Voice", "2023"),
        ("It has 15 million members.", "Worker Voice", "15 million"),
        ("They paid $23 each.", "Worker Voice", "$23"),
        ("Half, or 50%, agree.", "Worker Voice", "50%"),
        ("On 11 December they met.", "Worker Voice", "11 December"),
        ("I keep drafts 30 days.", "Worker Voice", ""),
        ("Call 911 or 988.", "Public sources", ""),
        ("I found nothing up to May 2026.", "Public sources", ""),
        ("I found 3 sessions.", "Public sources", "3"),
        ("It began in 2023.", "Local 000", ""),
        ("Ask your steward.", "Public sources", ""),
    ],
)
def test_a_figure_or_date_needs_a_source(folder: pathlib.Path, body: str, publisher: str, figure: str) -> None:
    write(folder, "kitchen", "en", body=f"Yes.\n\n{body}", publisher=publisher)
    write(folder, "kitchen", "es")
    expected = f'content/faq/en/kitchen.md:{BODY + 2} problem "{figure}" needs a source: {publisher} is none'
    assert [one[: len(expected)] for one in findings(folder)] == ([expected] if figure else [])


SAME_DAY = "content/faq/es/kitchen.md:25 problem as_of 2026-11-01 is 2026-11-02 in content/faq/en/kitchen.md:25; "


def test_all_languages_are_right_as_of_one_day(folder: pathlib.Path) -> None:
    write(folder, "kitchen", "en", as_of="2026-11-02")
    write(folder, "kitchen", "es")
    assert only(findings(folder)) == SAME_DAY + "write one date in all languages"


@pytest.mark.parametrize(
    ("language", "body", "date"),
    [
        ("en", "It met on November 2, 2026.", "November 2, 2026"),
        ("en", "It met on 2 November 2026.", "2 November 2026"),
        ("en", "It met on November 2-3, 2026.", "November 2-3, 2026"),
        ("en", "It met in December 2026.", "December 2026"),
        ("en", "It met in 2027.", "2027"),
        ("es", "Fue el 2 de noviembre de 2026.", "2 de noviembre de 2026"),
        ("es", "Diciembre de 2026: la cumbre.", "Diciembre de 2026"),
        ("en", "It met on November 1, 2026, and in November 2026.", ""),
        ("en", "It costs $2,027, and text 20270.", ""),
        ("en", "The law applies from January 1, 2027.", ""),
        ("en", "Classes run through 2027.", ""),
        ("es", "La ley rige (desde el 1 de enero de 2027).", ""),
        ("es", "Hay talleres hasta 2027.", ""),
    ],
)
def test_as_of_is_not_before_what_the_answer_tells(folder: pathlib.Path, language: str, body: str, date: str) -> None:
    write(folder, "kitchen", date="2027")
    write(folder, "kitchen", language, body=f"Yes.\n\n{body}", date="2027")
    expected = f'content/faq/{language}/kitchen.md:{AS_OF} problem as_of 2026-11-01 is before "{date}", which'
    assert [one[: len(expected)] for one in findings(folder)] == ([expected] if date else [])


def test_as_of_is_not_before_the_sources_were_read(folder: pathlib.Path) -> None:
    write(folder, "kitchen", "es", as_of="2026-05-31")
    write(folder, "kitchen", "en", as_of="2026-05-31", publisher="Public sources", date="June 2026")
    assert 'as_of 2026-05-31 is before "June 2026"' in only(findings(folder))


@pytest.mark.parametrize(
    ("body", "date", "finding"),
    [
        ("It met in April 2026.", "December 2023", '"April 2026" needs a source: all that are named are older'),
        ("It met in April 2026.", "updated April 30, 2026", ""),
        ("It met in April 2026.", "2025-26", ""),
        ("It met in April 2026.", "undated", '"2026" needs a source: Local 000 has no date'),
        ("Section 7 says so.", "undated", ""),
        ("It applies from April 2026.", "December 2023", ""),
    ],
)
def test_a_source_tells_nothing_that_came_later(folder: pathlib.Path, body: str, date: str, finding: str) -> None:
    write(folder, "kitchen", "es")
    write(folder, "kitchen", "en", body=f"Yes.\n\n{body}", date=date)
    expected = f"content/faq/en/kitchen.md:{BODY + 2} problem {finding}"
    assert findings(folder) == ([expected] if finding else [])


@pytest.mark.parametrize(
    ("language", "body", "publisher", "words"),
    [
        ("en", "We found no list.", "Local 000", "found no"),
        ("en", "A price was NOT  found.", "Local 000", "NOT  found"),
        ("en", "They profound nowhere.", "Local 000", ""),
        ("en", "We found no list.", "Public sources", ""),
        ("es", "No hallamos una lista.", "Local 000", "No hallamos"),
        ("es", "No hallamos una lista.", "Fuentes públicas", ""),
        ("es", "Hallamos una lista.", "Local 000", ""),
    ],
)
def test_that_nothing_was_found_needs_its_source(
    folder: pathlib.Path, language: str, body: str, publisher: str, words: str
) -> None:
    write(folder, "kitchen")
    write(folder, "kitchen", language, body=f"Yes.\n\n{body}", publisher=publisher)
    expected = f'content/faq/{language}/kitchen.md:{BODY + 2} problem "{words}" needs a source: publisher = '
    assert [one[: len(expected)] for one in findings(folder)] == ([expected] if words else [])


@pytest.mark.parametrize(("count", "problems"), [(119, 0), (120, 1)])
def test_a_long_answer(folder: pathlib.Path, count: int, problems: int) -> None:
    write(folder, "kitchen", body="Yes. " * (count - 1) + "No.\n\n{{steward}}")
    found = [one for one in findings(folder) if " problem " in one]
    assert len(found) == 2 * problems
    assert all(f":{BODY} problem the answer has 120 words; write fewer than 120" in one for one in found)


def test_an_answer_that_is_hard_to_read(folder: pathlib.Path) -> None:
    write(folder, "kitchen", body="Organizational considerations necessitate comprehensive implementation.")
    english, spanish = findings(folder)
    assert english.startswith(f"content/faq/en/kitchen.md:{BODY} problem hard to read: Flesch-Kincaid grade ")
    assert spanish.startswith(f"content/faq/es/kitchen.md:{BODY} problem hard to read: Fernández-Huerta ")


def test_the_hardest_answers_come_first(folder: pathlib.Path) -> None:
    write(folder, "easy", body="Ask your boss.")
    write(folder, "hard", body="Organizational considerations.")
    table = ease_by_language(load(folder=folder))
    assert {language: [topic for _, topic in scores] for language, scores in table.items()} == {
        "en": ["hard", "easy"],
        "es": ["hard", "easy"],
    }


def test_related_answers(folder: pathlib.Path) -> None:
    write(folder, "kitchen", related='"kitchen", "hall"')
    write(folder, "hall", "en")
    assert findings(folder)[1:] == [
        f"content/faq/en/kitchen.md:{RELATED} problem names itself as related; name others",
        f"content/faq/es/kitchen.md:{RELATED} problem names itself as related; name others",
        f"content/faq/es/kitchen.md:{RELATED} note related answer hall is not in es: "
        "members see it in another language",
    ]


def test_what_the_union_has_not_filled_in_is_one_note_a_key(folder: pathlib.Path, overlay: pathlib.Path) -> None:
    (overlay / "union.toml").write_text('steward = "Ana"\norganizer = ""\n')
    for topic in ("a", "b", "c", "d"):
        write(folder, topic, body="Yes.\n\n{{steward}}\n\n{{organizer}}")
    assert findings(folder, overlay) == [
        f"content/faq/en/a.md:{BODY + 4} note union.toml does not say organizer: members are told so in "
        "a, b, c and 1 more"
    ]


def test_an_invented_union_has_filled_in_nothing(folder: pathlib.Path) -> None:
    (folder / "union.toml").write_text('steward = "Ana"\n')
    write(folder, "kitchen", body="{{steward}}")
    assert "does not say steward" in only(
        [one.message for one in check_content(load(folder=folder, example=True), TODAY)]
    )


def test_the_built_in_content_has_no_problem() -> None:
    assert [one for one in check_content(load(), TODAY) if one.level == "problem"] == []


def test_files_that_do_not_load_are_all_listed(folder: pathlib.Path, overlay: pathlib.Path) -> None:
    write(folder, "kitchen", "en", body="")
    write(overlay, "hall", "es", as_of='"soon"')
    with pytest.raises(ContentError) as problem:
        load(overlay, folder=folder)
    found = check_files(problem.value, overlay, folder=folder)
    assert [(one.path.name, one.line, one.message) for one in found] == [
        ("kitchen.md", BODY, "write the answer below the second +++"),
        ("hall.md", AS_OF, "write as_of = 2026-11-25 (a date, without quotes)"),
    ]


def test_a_new_answer_does_not_load_until_it_is_filled_in(folder: pathlib.Path, overlay: pathlib.Path) -> None:
    path = new_entry(overlay, "strike-kitchen", ["en"])[0]
    complaints = []
    for empty, filled in [
        ("\n# url = ", "\n# url = "),
        ("not TOML: the answer", ""),
        ('phrasings = [\n  "",', 'phrasings = [\n  "who cooks",'),
        ('question = ""', 'question = "Who cooks?"'),
        ('publisher = ""', 'publisher = "Local 000"'),
        ('title = ""', 'title = "bulletin"'),
        ('\ndate = ""', '\ndate = "May 2026"'),
        ('as_of = ""', "as_of = 2026-11-01"),
        ('review_by = ""', "review_by = 2027-11-01"),
    ]:
        text = path.read_text()
        path.write_text(text.replace(empty, filled) if filled else f"{text}The kitchen is in the hall.\n")
        try:
            load(overlay, folder=folder)
        except ContentError as problem:
            complaints.append(str(problem).removeprefix(f"{path}, line ").split(" ", 1))
    assert [advice for _, advice in complaints] == [
        "write the answer below the second +++",
        'write phrasings = ["...", "..."], each with words in it',
        'write question = "..."',
        'write publisher = "..."',
        'write title = "..."',
        'write date = "..."',
        "write as_of = 2026-11-25 (a date, without quotes)",
        "write review_by = 2026-11-25 (a date, without quotes)",
    ]
    lines = path.read_text().splitlines()
    for line, advice in complaints[1:]:
        assert lines[int(line.rstrip(":")) - 1].startswith(advice.split()[1])
    assert load(overlay, folder=folder).entries["strike-kitchen"]["en"].body == "The kitchen is in the hall."


@pytest.mark.parametrize("topic", ["Kitchen", "strike_kitchen", "-kitchen", "a--b", "../kitchen", "a/b", "", "a" * 61])
def test_an_id_is_small_letters_digits_and_hyphens(overlay: pathlib.Path, topic: str) -> None:
    with pytest.raises(Refused, match="cannot be an id"):
        new_entry(overlay, topic, ["en"])
    assert list(overlay.parent.rglob("*.md")) == []


def test_a_language_of_the_union_is_known(overlay: pathlib.Path) -> None:
    (overlay / "texts").mkdir()
    (overlay / "texts" / "fr.toml").write_text("not yet")
    assert known_languages(overlay) == ("en", "es", "fr")


# The commands, on settings from the environment.


@pytest.fixture
def own(overlay: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> pathlib.Path:
    monkeypatch.setenv("CONTENT_DIR", str(overlay))
    monkeypatch.chdir(overlay.parent)
    return overlay


def run(*words: str) -> Result:
    app = typer.Typer()
    add_content(app, House(), lambda: TODAY)
    return CliRunner().invoke(app, ["content", *words])


def test_check_lists_problems_then_notes_then_the_table(own: pathlib.Path) -> None:
    (own / "union.toml").write_text('steward = "Ana"\n')
    write(own, "kitchen", review_by="2026-11-02")
    result = run("check")
    lines = result.stdout.splitlines()
    assert lines[0].startswith(f"own/faq/en/kitchen.md:{REVIEW_BY}: was to be checked by 2026-11-02")
    assert lines[1].startswith(f"own/faq/es/kitchen.md:{REVIEW_BY}: was to be checked by 2026-11-02")
    assert ": note: " in lines[2]
    assert "  en  Flesch-Kincaid grade, 8 or less wanted; median " in result.stdout
    answers = sum(len(found) for found in load().entries.values())
    assert lines[-1].startswith(f"{answers + 2} answers: 2 problems, ")
    assert (result.exit_code, str(result.exception)) == (1, "2 to mend in the content.")


def test_check_is_content_without_problems(own: pathlib.Path) -> None:
    notes = len(check_content(load(own), TODAY))
    listed, _, total = run("check", "--no-notes").stdout.rpartition("answers: ")
    assert (total, "note" in listed) == (f"0 problems, {notes} notes\n", False)
    assert run("check", "--no-notes").exit_code == 0
    assert run("check").stdout.count(": note: ") == notes > 0


def test_new_writes_each_language_once(own: pathlib.Path) -> None:
    result = run("new", "strike-kitchen")
    assert result.stdout.split() == [str(own / "faq" / language / "strike-kitchen.md") for language in ("en", "es")]
    assert "Fill in each file" in result.stderr
    written = (own / "faq" / "en" / "strike-kitchen.md").read_text()
    assert "at least 15" in written
    (own / "faq" / "en" / "strike-kitchen.md").unlink()
    again = run("new", "strike-kitchen")
    assert "is there already" in str(again.exception)
    assert not (own / "faq" / "en" / "strike-kitchen.md").exists()
    assert run("new", "strike-kitchen", "--language", "en").exit_code == 0
    assert (own / "faq" / "en" / "strike-kitchen.md").read_text() == written


def test_new_says_when_it_replaces_a_built_in_answer(own: pathlib.Path) -> None:
    assert "instead of the built-in answer ai-basics" in run("new", "ai-basics", "--language", "en").stderr


def test_new_refuses_an_unknown_language(own: pathlib.Path) -> None:
    result = run("new", "strike-kitchen", "--language", "fr")
    assert (result.exit_code, "use en, es" in result.stderr) == (2, True)


def test_after_new_check_lists_what_to_fill_in(own: pathlib.Path) -> None:
    run("new", "strike-kitchen")
    result = run("check")
    assert [line.split(":")[0] for line in result.stdout.splitlines()] == [
        "own/faq/en/strike-kitchen.md",
        "own/faq/es/strike-kitchen.md",
    ]
    assert result.exit_code == 1
