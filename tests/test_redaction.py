"""What identifies a person is found in a text, and nothing else is."""

import json
import pathlib
import re
import time
import unicodedata
from collections import Counter
from collections.abc import Iterable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.content import load
from bot.redaction import KINDS, find, redact
from bot.redaction_names import WORDS as NAMES_READ

HELD_OUT = pathlib.Path(__file__).parent / "data" / "redaction.jsonl"
LABELS: dict[str, str] = {kind: kind for kind in KINDS}
MARKED = re.compile(r"\{(\w+) ([^}]*)\}")

# {kind words} is what must be found, word for word; everything else must be left alone.
PATTERNS = r"""
Email me at {email jane.doe+ai@example.org}, please.
escríbeme a {email LUIS_PEREZ@correo.com.mx}.
my mail is {email jane at gmail dot com}
reach me: {email jane.doe [at] outlook [dot] com}
it's {email jdoe(at)yahoo.com} thanks
mi correo es {email luis punto perez arroba gmail punto com}
mi correo: {email marta88 arroba hotmail.com}
{email tom @ union-local.org} is the one I read
You can reach me at {email rosa_88 at yahoo.com} any time
My cell is {phone (555) 123-4567} after 5.
{phone 555-123-4567}
call {phone 555.123.4567} x
text me {phone 555 123 4567}
{phone 5551234567} is my number
{phone +1 (614) 555-0199}
{phone 1-614-555-0199 ext. 23}
{phone 614/555-0199 x104}
hotline {phone 1-800-555-0199}
{phone 1 800 GO-UNION} did not answer about the app
Mi cel es {phone +52 55 1234 5678}
llámame al {phone 55 1234 5678}
mi whatsapp {phone +52 1 614 123 4567}
{phone +1-809-555-0123} es mi tía
desde {phone +503 7123 4567}
call me at {phone 555-0142}
mi teléfono es {phone 22 34 56 78 90}
You can text {phone 6145550199} or mail
reach me on {phone +44 20 7946 0958}
The number is {phone 6 1 4 5 5 5 0 1 9 9}
I live at {address 412 Maple Street, Apt 3B, Dayton, OH 45402}.
{address 1420 5th Ave} is where the camera points
my home, {address 88 W. 42nd St., Unit 5}, is watched
he drove to {address 77 n high st} to check on me
They mailed it to {address P.O. Box 1123, Toledo, Ohio 43604}
{address PO Box 77}
my address is {address 9 Elm Court}
come to {address 2301 Martin Luther King Jr Blvd, Columbus OH}
the depot at {address 1200 Industrial Pkwy Suite 200}
vivo en {address calle Roble 14, apto 3}
mi casa: {address Calle 5 de Mayo #123, Col. Centro}
{address Av. Insurgentes Sur 1602} es la oficina
estoy en {address avenida Juárez núm. 45, Puebla}
mándelo al {address Apartado Postal 331}
vivo en la {address Calle Norte 1123, interior 4, C.P. 06700}
El chofer vive en {address 415 S. Figueroa St., Los Angeles, CA 90071}
my ssn is {ssn 123-45-6789}
SSN {ssn 123456789}
social security number: {ssn 123 45 6789}
my social is {ssn 123.45.6789}
the form shows {ssn 219-09-9999}
mi número de seguro social es {ssn 219099999}
seguro social {ssn 219 09 9999}
last four of my social are {ssn 6789}
los últimos cuatro de mi seguro social son {ssn 6789}
The kiosk kept my card {card 4111 1111 1111 1111}
{card 4111111111111111} exp 12/26
amex {card 3782 822463 10005} was on the screen
tarjeta {card 5555-5555-5555-4444} 12/27
I'm employee # {employee 44712}
employee number {employee 00912}
emp id {employee E-44712}
My badge number is {employee 8812}
badge {employee 44712} was flagged
clock number {employee 551}
clock-in #{employee 77}
my ID is {employee 882134}
my work ID: {employee WD00412}
soy el empleado {employee 4471}
número de empleado {employee 4471}
mi gafete es el {employee 3321}
ficha {employee 22105}
mi número de nómina: {employee 99-331}
No. de empleado {employee 12}
mi ficha es la número {employee 2210}
Employee ID {employee 5551234567} got locked out
EMP-{employee 00912} shows as absent
mi número de trabajador es {employee 70812}
case number {case 24-1175}
Grievance #{case 117} is still open
my grievance {case 2024-117} was about the scanner
claim no. {case WC-2024-00817}
NLRB case {case 05-CA-123456}
docket {case 2:24-cv-01234}
incident {case INC0012345} was the robot
my ticket is {case 88123}
EEOC charge {case 510-2024-01234}
the grievance I filed is number {case 24-88}
mi caso {case 88-2024}
número de caso: {case 11235}
queja {case 4471}
la queja que puse es la número {case 45}
expediente {case 1123/2024}
folio {case A-00912}
demanda núm. {case 312/2023}
mi reclamo es el #{case 5512}
ask {handle @jane_doe}
dile a {handle @marta.lopez88} por Slack
{handle <@U012AB3CD>} said so
{handle @rick}'s bot posted it
see {profile https://www.linkedin.com/in/jane-doe-12345/}
{profile linkedin.com/in/janedoe} has it
{profile facebook.com/jane.doe.14} wrote
{profile https://instagram.com/jane_d}
{profile www.tiktok.com/@rosa88}
{profile x.com/janedoe},
{profile https://t.me/luis_p}.
mi perfil es {profile fb.com/luis.perez}
"""

NAMES = r"""
My supervisor {name Jane D.} watches the screen all day.
I told Dr. {name Patel} about it
Dr. {name Patel} uses the scribe
our steward, {name Tom Becker}, says no
Mr. {name Alvarez} turned it on
Don {name Beto} no entiende la tableta
nurse manager {name Kim Lee} signed off
my boss is called {name Rick}
{name Sarah}, my charge nurse, ignores it
my supervisor {name jane} said the app is fine
my manager {name Priyanka Rao} gets the score
My boss {name Rick}'s tablet shows everything.
Ask my foreman ({name Miguel Ortiz}) about it
my lead is {name Tasha}
team lead {name Marcus W.} sees our pick rate
my manager's name is {name Okonkwo}
HR rep {name Linda Cho} read my chat
union rep {name Dave} came
the shift supervisor, {name Bob}, scored us
Supervisor: {name Jane Doe}
my coworker {name Ana} was fired by the algorithm
{name Luis} is my boss and he trusts the AI
{name Rick} (my boss) laughed
mrs {name johnson} in the office
Ms. {name O'Brien} wrote the prompt
my supervisors {name Jane} and {name Tom} disagree
my crew chief {name DeShawn Mills Jr.} likes it
my manager {name Mark} will decide
my supervisor {name Grace} loves Copilot
I told my manager {name Jane}. {name Jane} said to use Teams.
my district manager {name Nguyen Thi Hoa} sees it
Our business agent {name Frank De Luca} filed it
Professor {name Ruiz} grades with AI
the director of nursing, {name Pat Ruiz}, bought it
Officer {name Daniels} uses facial recognition
my name is {name Carla Mendez} and I drive a bus
Sgt. {name Hill} reads the alerts
I work nights with my friend {name Keisha}
MY SUPERVISOR {name JANE} YELLED ABOUT THE SCANNER
Karen's not here; my manager at the warehouse, {name Dave}, is
{name Brenda} from payroll saw my pay
My dispatcher {name Terrell} gets the AI routes
mi jefe {name Ramiro Q.} ve todo
la supervisora {name Marta} usa la cámara
mi gerente se llama {name Luis}
mi gerente se llama {name xiomara}
la encargada, {name Lupita}, nos grita
el capataz {name Chuy} trae el reloj
nuestra delegada sindical {name Rosa Elena Díaz} ya sabe
Sr. {name Gutiérrez} instaló el sistema
la señora {name Carmen} de la oficina
doña {name Lety} no usa el teléfono
el Lic. {name Barrera} pidió los datos
la Dra. {name Núñez} dicta a la máquina
mi supervisor {name ramiro} me mide
{name Luis}, mi gerente, confía en la IA
jefe de turno {name Ernesto Peña} lo apagó
mi jefa es {name Guadalupe}
me llamo {name Rosario Vega}
la gerente de recursos humanos {name Ana Ruiz} leyó todo
mi compañero {name Ángel} perdió el turno
el ingeniero {name Salgado} programó el robot
mi supervisora, la Sra. {name Treviño}, lo vio
mi mayordomo Don {name Chema} dice que no
mis jefes {name Ana} y {name Luis} no saben
mi encargado {name José María de la Cruz} firmó
"""

# Classes that the held-out sentences showed, told here in other words.
LATER = r"""
they kept all our socials, mine was {ssn 219099999}
complaint ref {case PERB-10442} is about the scanner
matter number {case B-21-0045}
Coach {name Rinaldi} films practice
we live at {address 1180 County Road 12, Marion, OH 43302}
es en {address Urb. Las Flores, Calle 3 #21, Ponce, PR 00716}
mi carnet es {employee 70115}
the depot at {address 2200 N Halsted Ave Unit 4C, Chicago, IL 60614}
cell{phone (614)555-0142}
griev. #{case 23-117}
my lead, who's named {name Abdi}, helps
{name Rosa N.}, our dispatcher, agrees
ask {name denise} in payroll
{name denise} is my supervisor
el mayordomo, un tal {name Yandel}, la apaga
doctora {name Marchena} dicta las notas
MRN {case 55512} was in the note it wrote
mrn: {case 0044-981}
my EID {employee 0044512} is on the screen
EID {employee 88123}
ig: {handle rosie.nurse}
my insta is {handle rosie.nurse}
look me up on instagram {handle rosita_mx}
insta {handle rosita88}
DSP {name Dave} told me
my coworker Big {name Mike} says so
my boss, Old {name Joe}, laughed
mi compañero el {name Flaco Martínez} ya no viene
"""

CLEAN = r"""
we run a Case IH 8250 out there
The OSHA 300 log and OSHA 1910.147
my employee 401k and the employee 360 review
call on 11-15-2024 or from 2019-2024
@Copilot summarize this
In case 2 people quit, report 2023-2024
Local 1199 Steward training
route 66 and I-95, bus 42 at 5th and Main
SKU 4471-2210, lot 20240117-3
sección 8(a)(3), artículo 12
my doctor's app, Epic, is slow
Se llama National Academy for AI Instruction
que un compañero me dé la cara
uncle sam pays for it
in san jose, my boss has a camera
el encargado Anda de malas
my manager called Security
I have worked here since 2019-2024 and it got worse in 2023.
Shift is 10:30-11:45 and 7-11 on weekends
It costs $1,250,000 or $555.123 a year
Part number 555-123-4567 was mispicked
The order 5551234567 never came
10.12.0.1 and 192.168.100.200 are the scanners
Section 7 covers us, Local 1199 too
we pick 350 boxes in 45 minutes
100 percent of 3000 workers
version 2.14.1 of the app
We scan 4000 1234 times
between 200 300 and 400 units
Article 12, Section 3.4 of the contract
They cut 150 jobs in 2025, 300 more in 2026
5 minutes down the road
I work 12 hours a day in this place
20 people walked out on the street
2 of us drive
there is only 1 way
We had a case where 300 workers were cut
in case 500 people quit
they claim 300 jobs are safe
the employees 2000 of them
my badge was scanned 300 times
La nómina 2024 salió mal
en caso de que 500 trabajadores salgan
el caso es que 20 personas se fueron
trabajo en la calle todo el día
la ficha técnica del robot
ganamos 15 pesos por hora desde 2019
de 9:00 a 17:30 horas
Look at amazon.com and microsoft.com
visit aflcio.org/ai for more
I was looking at google dot com
@here meeting at noon
we make $22 @ 40 hours
linkedin.com and facebook.com are blocked at work
4111 1111 1111 1112 is no card
1234567890123456
the tracking is 9400 1000 0000 0000 0000 00
ask my supervisor Monday
my manager Said no
My supervisor Thinks it works
my boss uses Copilot and Teams
My manager Copilot is a joke
our nurse manager Epic inbox
the supervisor Kronos screen
my boss, Microsoft, and the union
my lead is Mexican
My Manager Uses Copilot To Watch Us Work
MY BOSS IS WATCHING ALL OF US WITH AI
la supervisora La misma de siempre
Mi jefe. Los lunes no trabaja.
mi jefe es el peor
el supervisor Lunes y martes
my steward. Tomorrow we vote.
In Phoenix, my boss bought cameras
Yesterday, my manager yelled
Microsoft is my boss now
MS Teams and MS Word write for us
don't tell my boss will you
my manager will mark it may be late
My supervisor, however, said yes
the teacher Union and the nurse Union
Our union president spoke at the AFL-CIO
My doctor said AI reads the scans
The manager Tuesday and the manager Friday
Don't trust the agent Claude
se llama Copilot el programa
mi jefe se llama a sí mismo líder
el señor de la limpieza
la doctora Usa ChatGPT
the boss named me lead
my boss is called on to fix it
my manager's name is on the list
The supervisor app is called Workday
I asked the chatbot, my new boss, for a day off
Dr visits went down since the scribe came
A nurse. Staffing is short.
The driver Amazon hired was a robot
Mi patrón Amazon
our foreman OSHA training
mi jefe dice que Gemini es mejor
El director General Motors
Should my employer tell us which AI it uses?
¿Qué es la Sección 7?
Can the AI deny my claim?
What is the number of the hotline?
my case worker is an app
we had 3 grievances in 2 months
el 15 de mayo de 2024
our DSP Amazon hired a robot
my coworker Big data says no
my boss Old Navy and the app
instagram is blocked at work
on instagram yesterday they posted it
discord: it works
signal 5 bars, telegram 2 users
we use insta for the local
the eid 2024 dinner at the hall
an mrn is a medical record number
"""


def dialogs(table: str) -> list[Any]:
    return [pytest.param(line, id=line[:60]) for line in table.strip().splitlines()]


def unmark(line: str) -> tuple[str, list[tuple[str, str]]]:
    return MARKED.sub(r"\2", line), MARKED.findall(line)


def told(text: str) -> list[tuple[str, str]]:
    return [(finding.kind, text[finding.start : finding.end]) for finding in find(text)]


@pytest.mark.parametrize("line", dialogs(PATTERNS + NAMES + LATER))
def test_finds_these_words_and_no_others(line: str) -> None:
    text, expected = unmark(line)
    assert told(text) == expected


@pytest.mark.parametrize("line", dialogs(CLEAN))
def test_leaves_the_rest_alone(line: str) -> None:
    assert told(line) == []


def test_labels_stand_for_what_was_found() -> None:
    text = "My supervisor Jane D. is at (555) 123-4567."
    assert redact(text, find(text), LABELS) == "My supervisor [name] is at [phone]."
    spanish = LABELS | {"name": "nombre", "phone": "teléfono"}
    text = "A mi jefe Ramiro Núñez llámelo al 55 1234 5678 😀"
    assert redact(text, find(text), spanish) == "A mi jefe [nombre] llámelo al [teléfono] 😀"
    assert redact("nobody here", find("nobody here"), LABELS) == "nobody here"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (unicodedata.normalize("NFD", "mi jefe José Peña vino"), unicodedata.normalize("NFD", "José Peña")),
        ("it is 555\u2011123\u20114567 now", "555\u2011123\u20114567"),
        ("call ５５５-１２３-４５６７", "５５５-１２３-４５６７"),
        ("my ssn 1\u200b23-45-6789", "1\u200b23-45-6789"),
        ("my boss\u00a0Rick\u2019s app", "Rick"),
        ("№ ½ … ﷺ my boss Rick", "Rick"),
    ],
    ids=["accents apart", "dashes", "wide digits", "unseen characters", "curly quotes", "long signs"],
)
def test_places_are_those_of_the_text_as_written(text: str, expected: str) -> None:
    assert [words for _, words in told(text)] == [expected]


PIECES = [line for line in (PATTERNS + NAMES + CLEAN).splitlines() if line]


@settings(max_examples=150, deadline=None)
@given(st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=20)), max_size=6).map(" ".join))
def test_findings_come_in_order_and_apart_whatever_the_text(text: str) -> None:
    text = MARKED.sub(r"\2", text)
    ends = [0, *(place for finding in find(text) for place in (finding.start, finding.end)), len(text)]
    assert ends == sorted(ends)
    assert all(finding.start < finding.end and finding.kind in KINDS for finding in find(text))
    assert "[" + redact(text, find(text), LABELS)  # never fails


HOSTILE = """
1_ 123_ 4111_ a. a@a. _dot_ 1_A_A_ 1_a_a_ calle_de_ badge_number_ grievance_a_b_ ( my_boss_ Jane,_my_the_ Don_
mi_jefe_de_ ﷺ ½ _ +1 x.com/ call_1 ssn_ @a.
"""


@pytest.mark.parametrize("piece", HOSTILE.split())
def test_hostile_texts_take_their_length_in_time(piece: str) -> None:
    text = (piece.replace("_", " ") * 40_000)[:40_000]
    start = time.perf_counter()
    find(text)
    assert time.perf_counter() - start < 3  # a tenth of that on a quiet machine


def test_the_content_itself_names_nobody() -> None:
    content = load()
    texts = [text for found in content.entries.values() for entry in found.values() for text in entry.phrasings]
    texts += [text for found in content.handover.values() for both in found.values() for text in both.examples]
    assert sum(bool(find(text)) for text in texts) < len(texts) / 500


def test_word_lists_agree() -> None:
    first, last, capital = (frozenset(NAMES_READ[key].split()) for key in ("first_names", "last_names", "capital_only"))
    assert capital <= first | last
    assert not first & frozenset(NAMES_READ["not_names"].split())


Row = dict[str, Any]


def rows() -> list[Row]:
    return [json.loads(line) for line in HELD_OUT.read_text("utf-8").splitlines()]


def covered(text: str, words: str, spans: list[tuple[int, int]]) -> bool:
    """Whether the words stand in the text, and findings cover every letter and digit of each place they stand in."""
    places = [match.span() for match in re.finditer(re.escape(words), text)]
    inside = {i for start, end in spans for i in range(start, end)}
    return any(all(i in inside or not text[i].isalnum() for i in range(start, end)) for start, end in places)


def measure(rows: Iterable[Row]) -> dict[str, tuple[int, int]]:
    """Kind -> (found, wanted); and of the rows without anything to find, (with a finding, all)."""
    counts: Counter[tuple[str, bool]] = Counter()
    for row in rows:
        findings = find(row["text"])
        spans = [(finding.start, finding.end) for finding in findings]
        for one in row["found"]:
            hit = covered(row["text"], one["words"], spans)
            counts[one["kind"], hit] += 1
            counts["names" if one["kind"] == "name" else "patterns", hit] += 1
        if not row["found"]:
            counts["false names", any(finding.kind == "name" for finding in findings)] += 1
            counts["false patterns", any(finding.kind != "name" for finding in findings)] += 1
    kinds = dict.fromkeys(kind for kind, _ in counts)
    return {kind: (counts[kind, True], counts[kind, True] + counts[kind, False]) for kind in kinds}


def table(measured: dict[str, tuple[int, int]]) -> str:
    return "\n".join(f"{kind:15} {part:4} of {all_:4}  {part / all_:6.1%}" for kind, (part, all_) in measured.items())


def test_measured_on_sentences_of_another_writer() -> None:
    measured = measure(rows())
    print(table(measured))
    share = {kind: part / all_ for kind, (part, all_) in measured.items()}
    assert share["patterns"] >= 0.95
    assert share["false patterns"] <= 0.05
    assert share["names"] >= 0.80
    assert share["false names"] <= 0.10
