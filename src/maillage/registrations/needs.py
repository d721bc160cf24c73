"""What somebody wrote that they need, as the desk, the caterer and the childminder must know it. Pure, never raises.

Only plain words are understood; the rest stays as it was written, for the organisers to read.
"""

import re
from dataclasses import dataclass, replace

from maillage.lib.languages import in_french
from maillage.lib.matching import fold
from maillage.registrations.enums import Meal
from maillage.registrations.values import NO_NEEDS

MOST_CHILDREN = 12  # as the forms
LANGUAGE_LENGTH = 60  # characters the table holds
UNSAID_LANGUAGE = "langue à préciser"
PARTS = re.compile(r"\s*[;,/\n+]\s*|\s+et\s+")
SIGNED = re.compile(r"\b(?:langue des signes|lsf)\b")
INTERPRETER = re.compile(
    r"^(?:besoin d )?(?:une? )?(?:traduction|traducteur|traductrice|interprete|interpretariat|interpretation)\b"
)
LANGUAGE = re.compile(r"^(?:(?:en|vers|de|du|langue)\s+|l[’']|(?:en|vers) l[’'])*", re.IGNORECASE)
CHILDREN = re.compile(
    r"^(?:besoin d )?(?:une? )?(?:garde d(?:e \d{1,2}|e \w+)? enfants?|garderie|garde enfants?|faire garder)\b"
    r"|^\d{1,2} enfants? a garder\b"
)
NUMBER = re.compile(r"\d{1,2}")
NUMBERS = {"un": 1, "une": 1, "deux": 2, "trois": 3, "quatre": 4, "cinq": 5, "six": 6}
VEGETARIAN = {"vegetarien", "vegetarienne", "repas vegetarien", "menu vegetarien", "sans viande", "repas sans viande"}
VEGETARIAN |= {"sans viande ni poisson", "repas sans viande ni poisson", "plat vegetarien", "vegetarien ne"}
STAYS = {"mange sur place", "je mange sur place", "dejeune sur place", "repas sur place", "oui"}
LEAVES = {"ne mange pas sur place", "je ne mange pas sur place", "pas de repas", "sans repas", "non"}


NUMBER_UNSAID = "nombre d’enfants à préciser"  # kept among the needs: one child is counted, nobody said so


@dataclass(frozen=True)
class SaidNeeds:
    meal: str = Meal.UNSAID
    children: int = 0
    interpreter: str = ""  # the language
    rest: str = ""  # in the words of who wrote them


def read_needs(text: str) -> SaidNeeds:
    """A free answer. « traduction en turc, garde d’enfant » is an interpreter and a child; « sans gluten » stays."""
    if fold(text) in NO_NEEDS:
        return SaidNeeds()
    found, rest = SaidNeeds(), []
    for part in PARTS.split(text):
        words = fold(part)
        language, children = read_interpreter(part, asked=False), _children(words)
        if language and not found.interpreter:
            found = replace(found, interpreter=language)
        elif children and not found.children:
            found = replace(found, children=children)
            if says_no_number(part):
                rest.append(NUMBER_UNSAID)
        elif words in VEGETARIAN and not found.meal:
            found = replace(found, meal=Meal.VEGETARIAN)
        elif words:
            rest.append(part)
    if not (found.interpreter or found.children or found.meal):
        return replace(found, rest=text)  # as it was written, signs between words included
    return replace(found, rest=", ".join(rest))


def read_interpreter(text: str, *, asked: bool = True) -> str:
    """The language. `asked`: the column is the interpreter's own, so that « turc » alone is one."""
    words = fold(text)
    if words in NO_NEEDS:
        return ""
    if SIGNED.search(words) and (asked or INTERPRETER.match(words) or SIGNED.match(words)):
        return "langue des signes"
    if INTERPRETER.match(words):
        after = re.split(r"(?:traduction|traducteur|traductrice|interpr\w+)", text, maxsplit=1, flags=re.IGNORECASE)
        language = LANGUAGE.sub("", after[-1].strip(" :-–")).strip(" .:()")
        return language[:LANGUAGE_LENGTH] or UNSAID_LANGUAGE
    if not asked:
        return ""
    return UNSAID_LANGUAGE if words in {"oui", "x", "1", "yes"} else text[:LANGUAGE_LENGTH]


def read_children(text: str) -> int | None:
    """A cell that asks how many. None: neither a number nor a yes nor a no."""
    words = fold(text)
    if words in NO_NEEDS:
        return 0
    if words in {"oui", "x", "yes"}:
        return 1  # at least one
    number = NUMBER.search(words)
    count = int(number[0]) if number else NUMBERS.get(words.split()[0], 0) if words else 0
    return min(count, MOST_CHILDREN) or _children(words) or None


def says_no_number(text: str) -> bool:
    """« garde d’enfants », « oui »: at least one child, how many is not said. « garde d’enfant » is one."""
    words = fold(text)
    if words in {"oui", "x", "yes"}:
        return True
    counted = NUMBER.search(words) or any(word in NUMBERS for word in words.replace("une garde", "garde").split())
    return bool(CHILDREN.match(words)) and not counted and "enfant" not in words.split()


def _children(words: str) -> int:
    if not CHILDREN.match(words):
        return 0
    number = NUMBER.search(words)
    said = [NUMBERS[word] for word in words.replace("une garde", "garde").split() if word in NUMBERS]
    return min(int(number[0]) if number else said[0] if said else 1, MOST_CHILDREN)


@in_french
def read_meal(text: str) -> str | None:
    """A cell that asks about the meal. None: not one of the three answers, a diet for the organisers to read."""
    words = fold(text)
    if not words:
        return Meal.UNSAID
    for meal in (Meal.ANY, Meal.VEGETARIAN, Meal.NONE):
        if words == fold(str(meal.label)):
            return meal
    if words in VEGETARIAN or words == "mange sur place sans viande ni poisson":
        return Meal.VEGETARIAN
    return Meal.ANY if words in STAYS else Meal.NONE if words in LEAVES else None
