"""Syllables of known words, sentences of texts with bullets and abbreviations, and the two formulas."""

import pytest

from bot.reading_ease import SCALES, reading_ease, sentences, spoken_length
from bot.syllables import english, spanish

# As the CMU Pronouncing Dictionary has them.
ENGLISH = {
    1: "the be make eye league friend worked makes asked real they're we've don't through tried raise",
    2: "people every table wanted settled changes nation special being business create something sometimes safely "
    "didn't quiet statement layoff steward science movies hopeful million union doesn't boss's workers training",
    3: "entire employer area idea company however everything whoever somebody easier media museum industry agreement "
    "replacement hospital opinion reaction suppliers Microsoft behavior everyone employee",
    4: "algorithm experience January society situation apprenticeship California information technology artificial",
    5: "negotiation university opportunity immediately organization communication electricity",
    7: "confidentiality",
}
# By the spelling rules of the Real Academia Española: a silent h parts no vowels, an accent on i or u does.
SPANISH = {
    1: "y soy ley que quien guion muy buey vio seis bien hoy",
    2: "huelga aunque cuidar reunión país día ahí búho ruido jefe queja guerra guía agua ayer nueva",
    3: "trabajo países había ahora pingüino vergüenza empresa patrones ciudades prohíben antiguo huelguista",
    4: "delegado sindicato compañía todavía vehículo información aéreo averiguáis cacahuate oíamos",
    5: "automático inteligencia trabajadora computadoras tecnología",
    6: "capacitaciones",
    7: "automáticamente",
}


@pytest.mark.parametrize("count", ENGLISH)
def test_english_syllables(count: int) -> None:
    assert {word: english(word) for word in ENGLISH[count].split()} == dict.fromkeys(ENGLISH[count].split(), count)


@pytest.mark.parametrize("count", SPANISH)
def test_spanish_syllables(count: int) -> None:
    assert {word: spanish(word) for word in SPANISH[count].split()} == dict.fromkeys(SPANISH[count].split(), count)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("One two. Three four!\nFive", [2, 2, 1]),
        ("One line\nand its end.\n\nA paragraph", [5, 2]),
        ("They want:\n\n- more pay;\n- **notice:** of new tools\n  and training.\n1. A vote", [2, 2, 6, 2]),
        ("Ask your steward.\n\n{{steward}}\n\nOr call.", [3, 2]),
        ("In Washington, D.C. Mr. Smith gave $12.5 million, No. 5 on the list.", [13]),
        ('Say: "I want my steward." Then wait. ¿Y en EE. UU. también?', [5, 2, 5]),
        ("{{steward}}", []),
        ("", []),
    ],
)
def test_a_sentence_ends_at_its_stop_a_bullet_or_a_paragraph(text: str, words: list[int]) -> None:
    assert [len(sentence) for sentence in sentences(text)] == words


@pytest.mark.parametrize(
    ("word", "count"),
    [("2023", 1), ("12.5", 1), ("AFL-CIO", 2), ("CWA", 1), ("LLMs", 1), ("AI-based", 2), ("front-line", 2), ("A", 1)],
)
def test_figures_and_abbreviations_are_known_by_sight(word: str, count: int) -> None:
    assert spoken_length(word, english) == count


def test_english_grade_is_flesch_kincaid() -> None:
    # 2 sentences, 9 words, 13 syllables
    text = "The union won a good contract. All members voted."
    assert reading_ease(text, "en") == round(0.39 * 9 / 2 + 11.8 * 13 / 9 - 15.59, 1) == 3.2


def test_spanish_ease_is_fernandez_huerta() -> None:
    # 2 sentences, 8 words, 17 syllables
    text = "El sindicato ganó un contrato. Todas votaron hoy."
    assert reading_ease(text, "es") == round(206.84 - 60 * 17 / 8 - 1.02 * 8 / 2, 1) == 75.3


def test_short_plain_words_pass_and_office_prose_does_not() -> None:
    plain = "Your boss has to ask us first. Call your steward."
    office = "Implementation of algorithmic management necessitates comprehensive organizational consultation."
    assert SCALES["en"].passes(reading_ease(plain, "en") or 0)
    assert not SCALES["en"].passes(reading_ease(office, "en") or 0)
    llano = "Tu jefe nos tiene que avisar antes. Llama a tu delegado."
    oficina = "La implementación de sistemas automatizados requerirá consideraciones organizacionales adicionales."
    assert SCALES["es"].passes(reading_ease(llano, "es") or 0)
    assert not SCALES["es"].passes(reading_ease(oficina, "es") or 0)


def test_no_score_without_words_or_without_a_formula() -> None:
    assert reading_ease("{{steward}}", "en") is None
    assert reading_ease("Demandez à votre délégué.", "fr") is None
