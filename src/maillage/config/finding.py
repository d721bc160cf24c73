"""What a command is told by its short name."""

from maillage.change.models import CoreGroup
from maillage.gatherings.models import Gathering
from maillage.people.models import Space


class UnknownGathering(Exception):
    def __init__(self, slug: str, known: list[str]) -> None:
        choice = f" Au choix : {', '.join(known)}." if known else " Aucune rencontre n’est encore enregistrée."
        self.sentence = f"Aucune rencontre ne s’appelle « {slug} ».{choice}"
        super().__init__(self.sentence)


def find_gathering(slug: str) -> Gathering:
    """The gathering of this short name; with « espace/nom » when two spaces use the same."""
    space, _, name = slug.rpartition("/")
    rows = Gathering.objects.select_related("space", "commune", "epci").filter(slug=name)
    if space:
        rows = rows.filter(space__slug=space)
    found = list(rows[:2])
    if len(found) == 1:
        return found[0]
    known = [f"{row.space.slug}/{row.slug}" if found else row.slug for row in Gathering.objects.select_related("space")]
    raise UnknownGathering(slug, sorted(known))


class UnknownSpace(Exception):
    def __init__(self, slug: str, known: list[str]) -> None:
        choice = f" Au choix : {', '.join(known)}." if known else " Aucun espace n’est encore enregistré."
        self.sentence = f"Aucun espace ne s’appelle « {slug} ».{choice}"
        super().__init__(self.sentence)


def find_space(slug: str) -> Space:
    found = Space.objects.filter(slug=slug).first()
    if found is None:
        raise UnknownSpace(slug, list(Space.objects.order_by("slug").values_list("slug", flat=True)))
    return found


class UnknownGroup(Exception):
    def __init__(self, slug: str, known: list[str]) -> None:
        choice = f" Au choix : {', '.join(known)}." if known else " Aucun noyau n’est encore constitué."
        self.sentence = f"Aucun noyau ne s’appelle « {slug} ».{choice}"
        super().__init__(self.sentence)


def find_group(slug: str) -> CoreGroup:
    """The noyau of this short name; with « espace/nom » when two spaces use the same."""
    space, _, name = slug.rpartition("/")
    rows = CoreGroup.objects.filter(removed_at=None).select_related("space", "contract__epci", "qpv")
    found = list((rows.filter(space__slug=space, slug=name) if space else rows.filter(slug=name))[:2])
    if len(found) == 1:
        return found[0]
    raise UnknownGroup(slug, sorted(f"{row.space.slug}/{row.slug}" if found else row.slug for row in rows))
