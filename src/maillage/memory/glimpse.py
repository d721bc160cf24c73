from django.urls import reverse
from django.utils.translation import gettext as _

from maillage.gatherings.glance import Action, Figure, Glimpse
from maillage.gatherings.models import Gathering
from maillage.lib.typography import count
from maillage.live.models import Session
from maillage.memory.models import Takeaway
from maillage.memory.queries import workshops_without_takeaway
from maillage.people.queries import Visitor, can_organise


def lacks_takeaway(session: Session) -> str:
    """For the control room, once a room is closed: what the evening's report still waits for."""
    kept = Takeaway.objects.filter(workshop=session.workshop, rehearsal=session.rehearsal).exists()
    return "" if kept else _("Rien n’est encore écrit « à retenir » : le compte rendu l’attend.")


def address_of(session: Session) -> str:
    """Where an organiser reads, and completes, what this workshop keeps."""
    return reverse("memory:takeaways", args=[session.gathering_id]) + f"#atelier-{session.workshop_id}"


def after(gathering: Gathering, user: Visitor) -> Glimpse | None:
    if not can_organise(user, gathering.space):
        return None
    url = reverse("memory:takeaways", args=[gathering.pk])
    kept = Takeaway.objects.filter(gathering=gathering, rehearsal=False).count()
    figures = [Figure(_("phrases « à retenir »") if kept > 1 else _("phrase « à retenir »"), kept, url)] if kept else []
    lacking = len(workshops_without_takeaway(gathering))
    if lacking:
        sentence = count(lacking, _("atelier sans phrase gardée"), _("ateliers sans phrase gardée"), zero="")
        figures.append(Figure(sentence, url=url))
    return Glimpse(figures, [Action(_("Écrire ce qui est à retenir"), url)])
