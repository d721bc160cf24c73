"""One person, one registration: rows of the same person are merged, people already registered are recognised. Pure."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from difflib import SequenceMatcher
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from maillage.lib.matching import fold
from maillage.lib.typography import join_words
from maillage.people.enums import ActorCategory
from maillage.registrations.enums import Meal
from maillage.registrations.offer import Offer
from maillage.registrations.reading import (
    Candidate,
    Doubt,
    Gazetteer,
    Known,
    Record,
    RowReader,
    digest,
    evidence,
)
from maillage.registrations.values import clean, nested, organisation_key, phone_key

SIMILAR_NAMES = 0.85  # of two names with one address: below, they are two people who share it
MOST_NAMED_ROWS = 10  # beyond, they are counted
ERASED_FIELDS = frozenset({"needs", "meal", "children", "interpreter"})  # after the day
LABELS = {
    "first_name": gettext_lazy("prénom"),
    "last_name": gettext_lazy("nom"),
    "email": gettext_lazy("courriel"),
    "phone": gettext_lazy("téléphone"),
    "category": gettext_lazy("catégorie"),
    "organisation": gettext_lazy("structure"),
    "commune": gettext_lazy("commune"),
    "territory": gettext_lazy("intercommunalité"),
    "wishes": gettext_lazy("vœux"),
    "volunteer": gettext_lazy("apporte un sujet"),
    "subject": gettext_lazy("sujet"),
    "needs": gettext_lazy("besoins"),
    "meal": gettext_lazy("repas"),
    "children": gettext_lazy("enfants à garder"),
    "interpreter": gettext_lazy("interprète"),
    "newsletter": gettext_lazy("lettre d’information"),
}


@dataclass(frozen=True)
class Reading:
    """All that a file says."""

    candidates: tuple[Candidate, ...]
    rows: int

    def of(self, verdict: str) -> tuple[Candidate, ...]:
        return tuple(candidate for candidate in self.candidates if candidate.verdict == verdict)

    @property
    def doubtful(self) -> tuple[Candidate, ...]:
        return tuple(candidate for candidate in self.candidates if candidate.is_doubtful)

    @property
    def waiting(self) -> tuple[Candidate, ...]:
        return tuple(candidate for candidate in self.candidates if candidate.waiting)

    @property
    def questions(self) -> tuple[tuple[Doubt, tuple[int, ...]], ...]:
        """Each question once, with the rows it is about; those that must be answered first."""
        rows: dict[str, list[int]] = {}
        doubts: dict[str, Doubt] = {}
        for candidate in self.candidates:
            for doubt in candidate.doubts:
                doubts.setdefault(doubt.key, doubt)
                rows.setdefault(doubt.key, []).append(candidate.rows[0])
        ordered = sorted(doubts.values(), key=lambda doubt: (doubt.proposed is not None, rows[doubt.key][0]))
        return tuple((doubt, tuple(rows[doubt.key])) for doubt in ordered)

    def asked_again(self, earlier: Mapping[str, str]) -> tuple[tuple[Doubt, tuple[int, ...]], ...]:
        """The questions whose answer was given with an earlier file: kept, shown apart."""
        return tuple((doubt, rows) for doubt, rows in self.questions if _remembered(doubt, earlier))

    def asked_now(self, earlier: Mapping[str, str]) -> tuple[tuple[Doubt, tuple[int, ...]], ...]:
        return tuple((doubt, rows) for doubt, rows in self.questions if not _remembered(doubt, earlier))

    @property
    def nothing_to_do(self) -> bool:
        """Every person of the file is registered already, as the file says (or as was answered), no question open."""
        return not self.doubtful and not self.of("new") and not self.of("changed")


def _remembered(doubt: Doubt, earlier: Mapping[str, str]) -> bool:
    return doubt.answer is not None and earlier.get(doubt.key) == doubt.answer


def read_registrations(
    headers: Sequence[str],
    rows: Sequence[tuple[int, Sequence[str]]],
    *,
    mapping: Mapping[str, int],
    offer: Offer,
    places: Gazetteer,
    known: Sequence[Known],
    answers: Mapping[str, str],
    zone: ZoneInfo,
    needs_erased: bool = False,
) -> Reading:
    """`rows` are (line number, cells); the same arguments always give the same reading.

    `needs_erased`: what people needed was erased after the day; that a file still says it is no news.
    """
    reader = RowReader(
        headers=[clean(header) for header in headers],
        mapping=mapping,
        offer=offer,
        places=places,
        answers=answers,
        zone=zone,
    )
    words = Words(offer, places, answers, unheard=ERASED_FIELDS if needs_erased else frozenset())
    merged = words.merge([reader.read(number, row) for number, row in rows])
    return Reading(tuple(words.recognise(merged, known)), rows=len(rows))


def likeness(one: Record, other: Record) -> str:
    """ "same": one person. "maybe": ask. "": two people."""
    mine, theirs = evidence(one), evidence(other)
    if one.name_key != other.name_key:
        same_address = bool(mine[0]) and mine[0] == theirs[0]
        return "maybe" if same_address and _alike(one.name_key, other.name_key) else ""
    if any(a and a == b for a, b in zip(mine[:2], theirs[:2], strict=True)):
        return "same"
    if mine[0] and theirs[0]:  # two addresses
        return "same" if mine[2] and mine[2] == theirs[2] else ""
    shared = [a == b for a, b in zip(mine, theirs, strict=True) if a and b]
    return "same" if shared and all(shared) else "maybe"  # namesakes of two communes, of two structures: ask


def _alike(one: str, other: str) -> bool:
    return SequenceMatcher(None, one, other).ratio() >= SIMILAR_NAMES


def content(record: Record) -> Record:
    """What two identical answers share: the moment they were sent is not part of it."""
    return replace(
        record,
        registered_at=None,
        email=record.email.lower(),
        phone=phone_key(record.phone),
        organisation=organisation_key(record.organisation),
        first_name=fold(record.first_name),
        last_name=fold(record.last_name),
        subject=fold(record.subject),
        needs=fold(record.needs),
        interpreter=fold(record.interpreter),
        wishes=tuple(sorted(record.wishes)),
    )


def completed(record: Record, by: Record) -> Record:
    """The record, its empty values taken from the other one."""
    changes: dict[str, Any] = {}
    for each in fields(Record):
        mine, other = getattr(record, each.name), getattr(by, each.name)
        if each.name == "wishes":
            slots = {slot for slot, _ranked in mine}
            changes["wishes"] = (*mine, *((slot, ranked) for slot, ranked in other if slot not in slots))
        elif mine in ("", None):
            changes[each.name] = other
    if record.commune or record.commune_text:
        changes.pop("commune", None)
        changes.pop("commune_text", None)
    return replace(record, **changes)


class Words:
    """Merges and recognises; says differences in the words of the gathering."""

    def __init__(
        self, offer: Offer, places: Gazetteer, answers: Mapping[str, str], unheard: frozenset[str] = frozenset()
    ) -> None:
        self._offer = offer
        self._places = places
        self._answers = answers
        self._unheard = unheard

    def merge(self, candidates: Sequence[Candidate]) -> list[Candidate]:
        groups: list[Candidate] = []
        by_key: dict[str, list[int]] = {}
        for candidate in candidates:
            if candidate.left_out:
                groups.append(candidate)
                continue
            place, extra = None, []
            keys = _keys(candidate.record)
            for index in sorted({index for key in keys for index in by_key.get(key, ())}):
                alike = likeness(groups[index].record, candidate.record)
                if not alike:
                    continue
                if content(groups[index].record) == content(candidate.record):
                    place = index
                    here = groups[index]
                    repeated = here.repeated + candidate.rows
                    groups[index] = replace(here, rows=here.rows + candidate.rows, repeated=repeated)
                    break
                doubt = self._double(groups[index], candidate, alike)
                if doubt.settled in ("both", None):
                    extra.append(doubt)
                    continue
                place = index
                groups[index] = self._joined(groups[index], candidate, doubt)
                break
            if place is None:
                groups.append(replace(candidate, doubts=(*candidate.doubts, *extra)))
                place = len(groups) - 1
            for key in keys:
                if place not in by_key.setdefault(key, []):
                    by_key[key].append(place)
        return groups

    def _double(self, first: Candidate, second: Candidate, alike: str) -> Doubt:
        differences = "\u202f; ".join(self.differences(first.record, second.record))
        proposed: str | None = "last"
        sentence = _("{name} est inscrit·e deux fois, lignes {one} et {two} : {differences}.")
        if alike == "maybe":
            namesakes = first.record.name_key == second.record.name_key
            proposed = None if namesakes else "both"
            sentence = _("{name}, lignes {one} et {two} : {differences}. Est-ce la même personne ?")
        return self._doubt(
            f"double:{digest(first.digest, second.digest)}",
            "person",
            sentence.format(
                name=second.record.full_name, one=first.rows[0], two=second.rows[0], differences=differences
            ),
            [
                (
                    "last",
                    _("une seule personne, garder la ligne {row}").format(row=self._later(first, second).rows[-1]),
                ),
                (
                    "first",
                    _("une seule personne, garder la ligne {row}").format(row=self._earlier(first, second).rows[-1]),
                ),
                ("both", _("ce sont deux personnes")),
            ],
            proposed,
        )

    def _joined(self, first: Candidate, second: Candidate, doubt: Doubt) -> Candidate:
        keep = self._later(first, second) if doubt.settled == "last" else self._earlier(first, second)
        other = second if keep is first else first
        return replace(
            first,
            rows=first.rows + second.rows,
            record=completed(keep.record, other.record),
            doubts=(*first.doubts, *(d for d in second.doubts if d.key not in {e.key for e in first.doubts}), doubt),
        )

    @staticmethod
    def _later(first: Candidate, second: Candidate) -> Candidate:
        one, two = first.record.registered_at, second.record.registered_at
        return first if one is not None and two is not None and one > two else second

    def _earlier(self, first: Candidate, second: Candidate) -> Candidate:
        return second if self._later(first, second) is first else first

    def recognise(self, candidates: Sequence[Candidate], known: Sequence[Known]) -> list[Candidate]:
        by_key: dict[str, list[Known]] = {}
        for each in known:
            for key in _keys(each.record):
                by_key.setdefault(key, []).append(each)
        taken: set[str] = set()
        found: dict[int, Candidate] = {}
        # Who is known word for word comes first, and is not asked about: two namesakes that were both registered are
        # then recognised each as themselves when the file comes back.
        for word_for_word in (True, False):
            for place, candidate in enumerate(candidates):
                if place in found:
                    continue
                near = {each.registration: each for key in _keys(candidate.record) for each in by_key.get(key, ())}
                free = [each for each in near.values() if each.registration not in taken]
                if candidate.left_out:
                    recognised = candidate
                elif word_for_word:
                    same = next((each for each in free if not self.differences(each.record, candidate.record)), None)
                    if same is None:
                        continue
                    recognised = replace(candidate, known=same)
                else:
                    recognised = self._recognised(candidate, free)
                found[place] = recognised
                if recognised.known is not None:
                    taken.add(recognised.known.registration)
        return [found[place] for place in range(len(candidates))]

    def _recognised(self, candidate: Candidate, near: Sequence[Known]) -> Candidate:
        same = [each for each in near if likeness(each.record, candidate.record) == "same"]
        exact = [each for each in same if not self.news(each.record, candidate.record)]
        if exact or same:
            return self._compared(candidate, (exact or same)[0])
        for each in near:
            if likeness(each.record, candidate.record) != "maybe":
                continue
            doubt = self._doubt(
                f"known:{each.registration}:{candidate.digest}",
                "person",
                _("{name} est peut-être déjà inscrit·e : {differences}. Est-ce la même personne ?").format(
                    name=each.record.full_name,
                    differences="\u202f; ".join(
                        self.news(each.record, candidate.record) or self.differences(each.record, candidate.record)
                    ),
                ),
                [("same", _("c’est la même personne")), ("new", _("c’est une autre personne"))],
            )
            candidate = replace(candidate, doubts=(*candidate.doubts, doubt))
            if doubt.settled == "same":
                return self._compared(candidate, each)
        return candidate

    def _compared(self, candidate: Candidate, known: Known) -> Candidate:
        news = self.news(known.record, candidate.record)
        if known.cancelled or not news:
            return replace(candidate, known=known)
        doubt = self._doubt(
            f"change:{known.registration}:{candidate.digest}",
            "person",
            _("{name} est déjà inscrit·e ; le fichier diffère : {differences}.").format(
                name=known.record.full_name, differences="\u202f; ".join(news)
            ),
            [("keep", _("garder ce qui est enregistré")), ("file", _("prendre ce que dit le fichier"))],
            "keep",
        )
        changes = tuple(news) if doubt.settled == "file" else ()
        return replace(candidate, known=known, changes=changes, doubts=(*candidate.doubts, doubt))

    def _doubt(
        self, key: str, name: str, sentence: str, choices: Sequence[tuple[str, str]], proposed: str | None = None
    ) -> Doubt:
        answer = self._answers.get(key)
        if answer not in {value for value, _label in choices}:
            answer = None
        return Doubt(key, name, sentence, tuple(choices), proposed, answer)

    def news(self, known: Record, said: Record) -> list[str]:
        """What the file says that is not what is known. What the file leaves empty is no news."""
        return self.differences(known, completed(said, known))

    def differences(self, one: Record, other: Record) -> list[str]:
        before, after = content(one), content(other)
        return [
            f"{label} {self._show(one, name)} → {self._show(other, name)}"
            for name, label in LABELS.items()
            if name not in self._unheard and _compared_value(before, name) != _compared_value(after, name)
        ]

    def _show(self, record: Record, name: str) -> str:
        value = getattr(record, name)
        if name == "wishes":
            shown = ", ".join(self._offer.workshop_name(workshop) for _slot, ranked in value for workshop in ranked)
        elif name == "commune":
            shown = record.commune_text or self._places.name(value)
        elif name == "category":
            shown = str(ActorCategory(value).label) if value else ""
        elif name == "meal":
            shown = str(Meal(value).label) if value else ""
        elif isinstance(value, bool):
            shown = _("oui") if value else _("non")
        else:
            shown = str(value or "")
        return f"«\u202f{nested(shown)}\u202f»" if shown else _("vide")


def _compared_value(record: Record, name: str) -> object:
    if name == "commune":
        return record.commune or fold(record.commune_text)
    if name == "territory":
        return fold(record.territory)
    if name == "category":
        return record.category or ActorCategory.UNSAID.value
    if name in ("volunteer", "newsletter"):
        return bool(getattr(record, name))
    return getattr(record, name)


def _keys(record: Record) -> tuple[str, ...]:
    """Under which somebody may be found again: the name, the address."""
    keys = [f"n:{record.name_key}"] if record.name_key else []
    return (*keys, f"e:{record.email.lower()}") if record.email else tuple(keys)


def summary(reading: Reading) -> str:
    """What confirming would do, in one sentence; in a second one, the lines that were there twice."""
    return " ".join(filter(None, (_would_do(reading), _repeated(reading))))


def _repeated(reading: Reading) -> str:
    if reading.nothing_to_do:
        return ""
    rows = sorted(row for candidate in reading.candidates for row in candidate.repeated)
    if not rows:
        return ""
    named = [str(row) for row in rows[:MOST_NAMED_ROWS]]
    if more := len(rows) - len(named):
        named.append(ngettext("{n} autre", "{n} autres", more).format(n=more))
    return ngettext(
        "La ligne {rows} répète une autre ligne : elle n’est comptée qu’une fois.",
        "Les lignes {rows} répètent d’autres lignes : elles ne sont comptées qu’une fois.",
        len(rows),
    ).format(rows=join_words(named))


def _would_do(reading: Reading) -> str:
    if reading.nothing_to_do:
        return _("Rien à changer : ce fichier est déjà importé.")
    if not reading.waiting and not reading.of("new") and not reading.of("changed"):
        return _("Ces personnes sont déjà inscrites ; rien ne change, sauf si vos réponses le demandent.")
    new, changed, same = (len(reading.of(verdict)) for verdict in ("new", "changed", "same"))
    parts: list[str] = []
    add: Callable[[str], None] = parts.append
    if new:
        add(ngettext("{n} personne à inscrire", "{n} personnes à inscrire", new).format(n=new))
    if changed:
        add(ngettext("{n} inscription à mettre à jour", "{n} inscriptions à mettre à jour", changed).format(n=changed))
    if same:
        add(ngettext("{n} déjà inscrite, inchangée", "{n} déjà inscrites, inchangées", same).format(n=same))
    return ", ".join(parts) + "."
