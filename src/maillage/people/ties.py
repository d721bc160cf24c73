"""Who funds or supervises whom, in a space: said by the organiser, one by one or a pasted list."""

from collections.abc import Container, Mapping
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from maillage.lib.matching import closest, fold
from maillage.office.services import record_activity
from maillage.people.enums import TieKind
from maillage.people.models import Organisation, Space, Tie
from maillage.people.queries import organisations_by_name

MOST_LINES = 500  # of one paste
MOST_PROBLEMS = 20  # said at once; the rest comes when these are mended
TITLES = {"financeur", "structure", "encadrant", "qui finance", "qui encadre"}  # folded first words of a line of titles
KINDS = {
    **dict.fromkeys(("finance", "financement", "financeur", "finance par"), TieKind.FUNDS),
    **dict.fromkeys(("encadre", "encadrement", "supervise", "tutelle", "hierarchie"), TieKind.SUPERVISES),
}


Key = tuple[str, UUID, UUID]  # kind, upper, lower


class TieRefused(Exception):
    """A refusal a user can cause; `sentences` are for them, all that is wrong at once."""

    def __init__(self, *sentences: str) -> None:
        super().__init__(" ".join(sentences))
        self.sentences = sentences


@dataclass(frozen=True)
class Pasted:
    added: int
    known: int  # were there already


def ties_of(space: Space) -> QuerySet[Tie]:
    return space.ties.select_related("upper", "lower").order_by("upper__folded_name", "kind", "lower__folded_name")


def organisation_names(space: Space) -> list[str]:
    """All of the space, for the organiser's lists."""
    return list(space.organisations.order_by("folded_name").values_list("name", flat=True))


@transaction.atomic
def add_tie(*, space: Space, upper: str, kind: str, lower: str, by: object) -> Tie:
    """`upper` and `lower` are names, as written."""
    known = _locked_organisations(space)
    refused: list[str] = []
    found = []
    for name in (upper, lower):
        try:
            found.append(_find(known, name))
        except TieRefused as refusal:
            refused += refusal.sentences
    if refused:
        raise TieRefused(*refused)
    one, other = found
    there = _keys(space)
    _refuse_contrary(one, kind, other, there)
    if (kind, one.pk, other.pk) in there:
        raise TieRefused(_("C’est déjà noté : {tie}.").format(tie=tie_words(one.name, kind, other.name)))
    tie = Tie.objects.create(space=space, kind=kind, upper=one, lower=other)
    _log(tie, by, "add-tie")
    return tie


@transaction.atomic
def remove_tie(*, tie: Tie, by: object) -> None:
    _log(tie, by, "remove-tie")
    tie.delete()


@transaction.atomic
def paste_ties(*, space: Space, text: str, kind: str, by: object) -> Pasted:
    """« financeur;financé » a line, a third word may say « encadre ». All the lines or none: each wrong one is named.

    Raises TieRefused. What is known already is no fault: the same list pasted twice changes nothing.
    """
    lines = [(number, line) for number, line in enumerate(text.splitlines(), start=1) if line.strip()]
    if lines and fold(_cells(lines[0][1])[0]) in TITLES:
        lines = lines[1:]
    if not lines:
        raise TieRefused(
            _("Il n’y a aucune ligne à lire : écrivez par exemple « Ville de Metz;Association du quartier ».")
        )
    if len(lines) > MOST_LINES:
        raise TieRefused(_("{n} lignes : collez-en {most} au plus à la fois.").format(n=len(lines), most=MOST_LINES))
    known = _locked_organisations(space)
    there = _keys(space)
    new: list[Tie] = []
    problems: list[str] = []
    twice = 0
    for number, line in lines:
        if len(problems) >= MOST_PROBLEMS:
            problems.append(_("La suite n’a pas été lue : corrigez d’abord ces lignes."))
            break
        try:
            one, said, other = _read_line(known, line, kind)
            _refuse_contrary(one, said, other, there)
        except TieRefused as refusal:
            problems += [_("Ligne {n} : {sentence}").format(n=number, sentence=each) for each in refusal.sentences]
            continue
        key = (said, one.pk, other.pk)
        if key in there:
            twice += 1
            continue
        there.add(key)
        new.append(Tie(space=space, kind=said, upper=one, lower=other))
    if problems:
        raise TieRefused(*problems, _("Rien n’a été ajouté."))
    for tie in Tie.objects.bulk_create(new):
        _log(tie, by, "add-tie")
    return Pasted(len(new), twice)


def tie_words(upper: str, kind: str, lower: str) -> str:
    """« DDT de la Moselle finance Association du quartier »."""
    return f"{upper} {TieKind(kind).label} {lower}"


def _cells(line: str) -> list[str]:
    """« ; » or a tab, as a spreadsheet copies; a comma belongs to names."""
    return [" ".join(cell.strip(' "').split()) for cell in line.replace("\t", ";").split(";")]


def _read_line(known: Mapping[str, Organisation], line: str, kind: str) -> tuple[Organisation, str, Organisation]:
    cells = _cells(line)
    while len(cells) > 2 and not cells[-1]:
        cells.pop()
    if not 2 <= len(cells) <= 3 or not all(cells):
        raise TieRefused(_("écrivez deux structures séparées par un point-virgule, puis « encadre » s’il le faut."))
    if len(cells) == 3:
        said = KINDS.get(fold(cells[2]))
        if said is None:
            raise TieRefused(_("« {word} » : écrivez « finance » ou « encadre ».").format(word=cells[2][:40]))
        kind = said
    return _find(known, cells[0]), kind, _find(known, cells[1])


def _locked_organisations(space: Space) -> dict[str, Organisation]:
    """By folded name. Under the space's lock: two organisers may say the same, or the contrary, at once."""
    Space.objects.select_for_update().get(pk=space.pk)
    return organisations_by_name(space)


def _keys(space: Space) -> set[Key]:
    return set(space.ties.values_list("kind", "upper", "lower"))


def _find(known: Mapping[str, Organisation], name: str) -> Organisation:
    found = known.get(fold(name)[:200])
    if found is not None:
        return found
    near = closest(name, {organisation.name: organisation for organisation in known.values()})
    if near is not None and near.level == "folded" and near.value is not None:
        return near.value  # « Codev Est », « CodevEst »
    unknown = _("« {name} » n’est pas une structure de cet espace.").format(name=name[:80])
    if near is not None:
        likely = _(" ou ").join(f"« {each} »" for each in (near.among or (near.key,))[:3])
        raise TieRefused(_("{unknown} Vouliez-vous écrire {likely} ?").format(unknown=unknown, likely=likely))
    raise TieRefused(
        _("{unknown} Une structure est connue dès qu’une personne inscrite la nomme.").format(unknown=unknown)
    )


def _refuse_contrary(one: Organisation, kind: str, other: Organisation, there: Container[Key]) -> None:
    if one.pk == other.pk:
        raise TieRefused(_("{name} ne peut pas être liée à elle-même : choisissez deux structures.").format(name=one))
    if (kind, other.pk, one.pk) in there:
        said = tie_words(other.name, kind, one.name)
        raise TieRefused(_("L’inverse est déjà noté : {tie}. Retirez-le d’abord s’il est faux.").format(tie=said))


def _log(tie: Tie, by: object, verb: str) -> None:
    record_activity(space=tie.space.slug, by=str(by), verb=verb, about=str(tie))
