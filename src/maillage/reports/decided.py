"""What was decided, by whom, what was not settled and what comes next, from the facts of a report.

The one place that says so, for the summary, the report, the poster and the slides: what a later noun knows of decisions
(commitments, actions) is added here.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from maillage.lib.typography import count, join_words, typo

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
    found = [Decision(row["text"], typo(_("Toute la rencontre, en plénière"))) for row in settled(facts["takeaways"])]
    for workshop in workshops_of(facts):
        by, about = workshop_words(workshop), about_words(workshop)
        for row in settled(workshop["takeaways"]):
            told = _("phrase confiée par la personne qui a apporté son sujet") if row["released"] else ""
            found.append(Decision(row["text"], by, about, typo(told)))
        found += [Decision(card["text"], by, about) for card in workshop["results"]["kept"]]
    return found


def settled(rows: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    return [row for row in rows if not row["unsettled"]]


def kept_count(facts: Mapping[str, Any]) -> int:
    """All the sentences that were kept, those that are not settled included."""
    return len(decisions_of(facts)) + len(open_of(facts))


def open_of(facts: Mapping[str, Any]) -> list[str]:
    """What somebody at the desk marked « non tranché », with the room it comes from."""
    said = [f"{row['text']} ({_('en plénière')})" for row in facts["takeaways"] if row["unsettled"]]
    for workshop in workshops_of(facts):
        said += [f"{row['text']} ({workshop_words(workshop)})" for row in workshop["takeaways"] if row["unsettled"]]
    return [typo(sentence) for sentence in said]


def divided_of(facts: Mapping[str, Any]) -> list[str]:
    """Where the rooms were divided: one sentence each."""
    said = []
    for workshop in workshops_of(facts):
        results, name = workshop["results"], workshop["short"]
        for vote in results["votes"]:
            if vote["divided"]:
                counts = ", ".join(f"{option['label']} {option['count']}" for option in vote["options"])
                said.append(f"{name} – « {vote['about'].rstrip('.') or vote['title']} » : {counts}.")
        for question in results["choices"]:
            most = sorted(question["options"], key=lambda option: -option["count"])[:MOST_CRITERIA]
            labels = [f"« {option['label']} » ({option['count']})" for option in most if option["count"]]
            asked = question["label"].rstrip(" ?\u202f")
            said.append(f"{name} – {asked} : {join_words(labels)}.")
        divided = divided_words(results["questions"])
        if divided:
            said.append(f"{name} – les réponses se partagent sur {divided}.")
    return [typo(sentence) for sentence in said]


def divided_words(questions: Sequence[Mapping[str, Any]]) -> str:
    """« … » et « … », et trois autres questions: those on which the room agrees least, first."""
    divided = sorted(
        (question for question in questions if question["divided"]),
        key=lambda question: max(option["share"] for option in question["options"]),
    )
    words = [f"« {question['label']} »" for question in divided[:MOST_CRITERIA]]
    left = len(divided) - len(words)
    if left:
        words.append(count(left, _("autre question"), _("autres questions"), zero=""))
    return join_words(words)


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


def lacks_of(facts: Mapping[str, Any], *, silent: bool = True) -> list[str]:
    """What the document does not know, said plainly. `silent`: which workshops kept nothing, too."""
    said = []
    came = facts["came"]
    if came["total"] and not came["attendance_taken"]:
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
            [quoted(name) for name in silent_of(facts)] if silent else [],
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
    """« Coop ou pas coop »; a name that holds such marks has no others around it."""
    return name if "«" in name else f"« {name} »"


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
