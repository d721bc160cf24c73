"""What was decided, by whom, what was not settled and what comes next, from the facts of a report.

The one place that says so, for the summary, the report, the poster and the slides: what a later noun knows of decisions
(commitments, actions) is added here.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from maillage.lib.matching import fold
from maillage.lib.typography import count, join_words, typo
from maillage.reports.rooms import AGREED

MOST_CRITERIA = 3


@dataclass(frozen=True)
class Decision:
    """A sentence that was kept, and who kept it: a plenary, a workshop. Never a person."""

    text: str
    by: str  # « Toute la rencontre, en plénière », « Atelier 5, Le co-développement »
    about: str = ""  # « présenté par…, animé par…, 12 personnes »
    told: str = ""  # « phrase confiée par la personne qui a apporté son sujet »


def decisions_of(facts: Mapping[str, Any]) -> list[Decision]:
    """The day's first, then each workshop's, in the order of the programme."""
    plenary = typo(_("Toute la rencontre, en plénière"))
    found = [Decision(row["text"], plenary, told=_told(row)) for row in settled(facts["takeaways"])]
    for workshop in workshops_of(facts):
        by, about = workshop_words(workshop), about_words(workshop)
        found += [Decision(row["text"], by, about, _told(row)) for row in settled(workshop["takeaways"])]
        found += [Decision(card["text"], by, about) for card in workshop["results"]["kept"]]
    return found


def _told(row: Mapping[str, Any]) -> str:
    said = (
        _("phrase confiée par la personne qui a apporté son sujet") if row["released"] else "",
        _("devenue une décision") if row["decided"] else "",
    )
    return typo(", ".join(part for part in said if part))


def settled(rows: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    return [row for row in rows if not row["unsettled"]]


def open_of(facts: Mapping[str, Any]) -> list[str]:
    """What somebody at the desk marked « non tranché », with the room it comes from."""
    said = [_open_words(row, _("en plénière")) for row in facts["takeaways"] if row["unsettled"]]
    for workshop in workshops_of(facts):
        said += [_open_words(row, workshop_words(workshop)) for row in workshop["takeaways"] if row["unsettled"]]
    return [typo(sentence) for sentence in said]


def _open_words(row: Mapping[str, Any], where: str) -> str:
    """Said, when an action was decided from it: the table of actions names who bears it."""
    entrusted = _(" ; une action décidée en part") if row["decided"] else ""
    return f"{row['text']} ({where}{entrusted})"


def unentrusted(facts: Mapping[str, Any]) -> bool:
    """Whether none of the open questions has anybody who takes it on."""
    rows = [row for each in (facts, *workshops_of(facts)) for row in each["takeaways"] if row["unsettled"]]
    return bool(rows) and not any(row["decided"] for row in rows)


def divided_of(facts: Mapping[str, Any], *, most: int = 3) -> list[str]:
    """Where no answer gathered two people of three, with the numbers: so many a workshop, the most divided first, and
    how many others."""
    said = []
    for workshop in workshops_of(facts):
        divided = sorted(_divided_in(workshop["results"]), key=lambda each: each[0])
        if divided:
            left = count(
                max(len(divided) - most, 0),
                _("autre question partage aussi la salle"),
                _("autres questions partagent aussi la salle"),
                zero="",
            )
            told = [f"{words}." for _most, words in divided[:most]]
            if left:
                told.append(_("{left} (compte rendu).").format(left=left))
            said.append(f"{workshop_words(workshop)} – {' '.join(told)}")
    return [typo(sentence) for sentence in said]


def _divided_in(results: Mapping[str, Any]) -> Iterator[tuple[int, str]]:
    """The share of the first answer, and the words of each vote and question that divides the room. Where several could
    be ticked, people may agree and tick elsewhere: last."""
    asked = [
        *((vote["about"].rstrip(".") or vote["title"], vote["total"], vote) for vote in results["votes"]),
        *((question["label"], question["answers"], question) for question in results["questions"]),
    ]
    for label, total, question in asked:
        if question["divided"]:
            most = max(option["share"] for option in question["options"])
            yield most, f"{quoted(label)} : {answers_words(question['options'], total)}"
    for question in results["choices"]:
        most = max(option["share"] for option in question["options"])
        if most < AGREED:
            first = answers_words(question["options"], question["answers"], most=MOST_CRITERIA)
            yield (
                100 + most,
                _("{asked}, plusieurs choix possibles, d’abord {first}").format(
                    asked=quoted(question["label"]), first=first
                ),
            )


def answers_words(options: Sequence[Mapping[str, Any]], total: int, *, most: int = 100) -> str:
    """« Coop 5, Pas coop 2 (8 réponses) », the most frequent first; what nobody said is not there."""
    said = sorted((option for option in options if option["count"]), key=lambda option: -option["count"])[:most]
    answers = count(total, _("réponse"), _("réponses"), zero=_("aucune réponse"))
    between = " ; " if any("," in option["label"] for option in said) else ", "
    return between.join(f"{option['label']} {option['count']}" for option in said) + f" ({answers})"


def divided_words(questions: Sequence[Mapping[str, Any]]) -> str:
    """« … » et « … », et trois autres questions: those on which the room agrees least, first."""
    divided = divided_questions(questions)
    words = [quoted(question["label"]) for question in divided[:MOST_CRITERIA]]
    left = len(divided) - len(words)
    if left:
        words.append(count(left, _("autre question"), _("autres questions"), zero=""))
    return join_words(words)


def divided_questions(questions: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    return sorted(
        (question for question in questions if question["divided"]),
        key=lambda question: max(option["share"] for option in question["options"]),
    )


def next_of(facts: Mapping[str, Any]) -> list[str]:
    """What was decided and is not done, then the meetings announced; nothing that the space did not write."""
    ahead = [action for action in facts["actions"] if not action["over"]]
    return [typo(action_words(action)) for action in ahead] + announced(facts)


def announced(facts: Mapping[str, Any]) -> list[str]:
    return [
        typo(" – ".join(part for part in (meeting["date"], meeting["title"], meeting["place"]) if part) + ".")
        for meeting in facts["next"]
    ]


def action_words(action: Mapping[str, Any]) -> str:
    """« Ville de Laxou : réunir les trois associations, pour le 3 mars 2026 (à faire). »"""
    who = f"{action['bearer']} : " if action["bearer"] else ""
    due = _(", pour le {day}").format(day=action["due"]) if action["due"] else ""
    return f"{who}{action['what'].rstrip('.')}{due} ({action['state']})."


def lacks_of(facts: Mapping[str, Any], *, brief: bool = False) -> list[str]:
    """What the document does not know, said plainly. `brief`: the summary says of each workshop, and of those who came,
    what is not known of them."""
    said = []
    came = facts["came"]
    if came["total"] and not came["attendance_taken"] and not brief:
        said.append(_("Les présences n’ont pas été notées : les nombres de personnes sont ceux des inscriptions."))
    if came["unmarked"]:
        said.append(came["unmarked"])
    unknown = sum(row["count"] for row in came["territories"] if not row["known"])
    if unknown:
        said.append(
            _("Pour une personne, le territoire n’est pas connu.")
            if unknown == 1
            else _("Pour {n} personnes, le territoire n’est pas connu.").format(n=unknown)
        )
    rooms = workshops_of(facts)
    for sentence, names in (
        (
            _("Aucune phrase n’a été gardée de : {names}."),
            [] if brief else [quoted(name) for name in silent_of(facts)],
        ),
        (_("Séance non close, ce qui en est dit peut encore changer : {names}."), _names(rooms, _is_open)),
        (
            _("Notes déjà effacées, comme prévu ; il en reste ce qui avait été gardé, et les nombres : {names}."),
            _names(rooms, _erased),
        ),
        (_("La clé de la séance manque : ses votes ne peuvent pas être lus : {names}."), _names(rooms, _unreadable)),
    ):
        if names:
            said.append(sentence.format(names=join_words(names)))
    return [typo(sentence) for sentence in said]


def workshops_of(facts: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [workshop for moment in facts["rounds"] for workshop in moment["workshops"]]


def silent_of(facts: Mapping[str, Any]) -> list[str]:
    """The workshops of which no sentence was kept."""
    return [
        workshop["short"]
        for workshop in workshops_of(facts)
        if not workshop["takeaways"] and not workshop["results"]["kept"]
    ]


def workshop_words(workshop: Mapping[str, Any]) -> str:
    """« Atelier 5, Le co-développement »."""
    number = workshop["number"]
    return (
        typo(_("Atelier {number}, {title}").format(number=number, title=workshop["short"]))
        if number
        else typo(_("Atelier {title}").format(title=quoted(workshop["short"])))
    )


def quoted(name: str) -> str:
    """« Coop ou pas coop »; the marks that a name holds become those of a quotation inside another."""
    inner = re.sub(r"\s*»", "”", re.sub(r"«\s*", "“", name))
    return typo(f"« {inner} »")


def subject_words(workshop: Mapping[str, Any]) -> str:
    """What it was about: its whole title when the short one hides it, else the method tried and what one does there."""
    if workshop["title"] != workshop["short"]:
        return str(workshop["title"])
    method = workshop["method"]
    if not method["summary"]:
        return ""
    doing = method["summary"][0].lower() + method["summary"][1:].rstrip(".")
    private = _("Ce que chaque personne y apporte reste dans la salle") if method["private"] else ""
    same = fold(method["title"]) == fold(workshop["title"])
    tried = _("Méthode essayée") if same else _("Méthode essayée, {method}").format(method=quoted(method["title"]))
    return typo(". ".join(part for part in (f"{tried} : {doing}", private) if part))


def about_words(workshop: Mapping[str, Any]) -> str:
    parts = [
        _("présenté par {names}").format(names=workshop["speakers"]) if workshop["speakers"] else "",
        _("animé par {names}").format(names=workshop["facilitators"]) if workshop["facilitators"] else "",
        workshop["people"],
    ]
    return typo(", ".join(part for part in parts if part))


def _is_open(workshop: Mapping[str, Any]) -> bool:
    return workshop["results"]["status"] in ("running", "paused")


def _erased(workshop: Mapping[str, Any]) -> bool:
    return bool(workshop["results"]["erased"])


def _unreadable(workshop: Mapping[str, Any]) -> bool:
    return bool(workshop["results"]["unreadable"])


def _names(rooms: list[dict[str, Any]], holds: Any) -> list[str]:
    return [quoted(workshop["short"]) for workshop in rooms if holds(workshop)]
