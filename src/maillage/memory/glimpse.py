from django.urls import reverse
from django.utils.translation import gettext as _

from maillage.gatherings.glance import Action as Action_
from maillage.gatherings.glance import Figure, Glimpse, PublicPart
from maillage.gatherings.models import Gathering
from maillage.lib.typography import count
from maillage.live.models import Session
from maillage.memory.enums import ActionState
from maillage.memory.models import Action, Takeaway
from maillage.memory.queries import (
    actions_of,
    cycle,
    decided_before,
    kept_by_workshop,
    workshops_without_takeaway,
)
from maillage.people.queries import Visitor, can_organise


def lacks_takeaway(session: Session) -> str:
    """For the control room, once a room is closed: what the evening's report still waits for."""
    kept = Takeaway.objects.filter(workshop=session.workshop, rehearsal=session.rehearsal).exists()
    return "" if kept else _("Rien n’est encore écrit « à retenir » : le compte rendu l’attend.")


def address_of(session: Session) -> str:
    """Where an organiser reads, and completes, what this workshop keeps."""
    return reverse("memory:takeaways", args=[session.gathering_id]) + f"#atelier-{session.workshop_id}"


def before(gathering: Gathering, user: Visitor) -> Glimpse | None:
    """What earlier gatherings decided, for those who prepare the next."""
    if not can_organise(user, gathering.space):
        return None
    actions = [action for decided in decided_before(gathering) for action in decided.actions]
    if not actions:
        return None
    open_ = sum(action.state in (ActionState.TODO, ActionState.DOING) for action in actions)
    words = _("actions décidées avant") if len(actions) > 1 else _("action décidée avant")
    if open_:
        words += ", " + count(open_, _("encore à faire"), _("encore à faire"), zero="")
    return Glimpse([Figure(words, len(actions), reverse("memory:follow-up", args=[gathering.pk]) + "#avant")])


def after(gathering: Gathering, user: Visitor) -> Glimpse | None:
    if not can_organise(user, gathering.space):
        return None
    url, follow_up = (reverse(f"memory:{name}", args=[gathering.pk]) for name in ("takeaways", "follow-up"))
    kept = Takeaway.objects.filter(gathering=gathering, rehearsal=False).count()
    figures = [Figure(_("phrases « à retenir »") if kept > 1 else _("phrase « à retenir »"), kept, url)] if kept else []
    lacking = len(workshops_without_takeaway(gathering))
    if lacking:
        sentence = count(lacking, _("atelier sans phrase gardée"), _("ateliers sans phrase gardée"), zero="")
        figures.append(Figure(sentence, url=url))
    actions = list(Action.objects.filter(gathering=gathering))
    if actions:
        done = sum(action.state == ActionState.DONE for action in actions)
        words = _("actions décidées") if len(actions) > 1 else _("action décidée")
        if done:
            words += ", " + count(done, _("faite"), _("faites"), zero="")
        figures.append(Figure(words, len(actions), follow_up))
    links = [Action_(_("Écrire ce qui est à retenir"), url), Action_(_("Suivre ce qui a été décidé"), follow_up)]
    return Glimpse(figures, links)


def public_part(gathering: Gathering) -> PublicPart | None:
    """On the page anyone reads: what was kept and decided, what was decided before, and the thread of the cycle."""
    kept = [group for group in kept_by_workshop(gathering, public=True) if group.takeaways]
    actions = list(actions_of(gathering, public=True))
    earlier = decided_before(gathering, public=True)
    meetings = cycle(gathering)
    if not (kept or actions or earlier or len(meetings) > 1):
        return None
    context = {
        "gathering": gathering,
        "kept": kept,
        "actions": actions,
        "before": earlier,
        "cycle": meetings if len(meetings) > 1 else [],
    }
    return PublicPart("memory/_public_part.html", context, style="memory/memory.css")
