from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PlansConfig(AppConfig):
    name = "maillage.plans"

    def ready(self) -> None:
        from maillage.lib.languages import catalogue
        from seating.words import listen

        listen(catalogue)
        # Imported here, when every app is loaded: gatherings and registrations must not know that plans exist.
        from maillage.gatherings.access import may_see_job
        from maillage.gatherings.glance import Phase, register
        from maillage.gatherings.removal import register_loss
        from maillage.office import kinds, retention
        from maillage.people.presence import register_remembered
        from maillage.plans.arrivals import hear_arrival
        from maillage.plans.enums import PlanStatus
        from maillage.plans.held import held
        from maillage.plans.models import Placement
        from maillage.plans.parts import before, desk_places, losses, own_places, page_of_job
        from maillage.plans.queries import has_published_plan
        from maillage.plans.retention import TABLES, forget_needs, forget_person, forget_words
        from maillage.plans.undoing import LAST, UNDO
        from maillage.plans.waiting import hear_left
        from maillage.plans.waiting_views import other_workshops
        from maillage.registrations import own
        from maillage.registrations.held import register_holder
        from maillage.registrations.signals import arrived, entered, left, names_erased, needs_erased, person_erased
        from maillage.registrations.undoing import hold_only_when

        register_remembered(LAST, UNDO)
        register(Phase.BEFORE, before)
        register_loss(losses)
        own.register(own_places)
        own.register_places(desk_places)
        own.register(other_workshops)
        arrived.connect(hear_arrival, dispatch_uid="maillage.plans")
        entered.connect(hear_arrival, dispatch_uid="maillage.plans")
        left.connect(hear_left, dispatch_uid="maillage.plans")
        names_erased.connect(forget_words, dispatch_uid="maillage.plans")
        person_erased.connect(forget_person, dispatch_uid="maillage.plans")
        needs_erased.connect(forget_needs, dispatch_uid="maillage.plans")
        for rule in ("names", "needs"):
            retention.clears(rule, *TABLES)
        own.close_wishes_when(has_published_plan)
        kinds.register("plan", may_see=may_see_job, start=page_of_job, stop=_("S’arrêter au meilleur résultat trouvé"))
        register_holder(held)
        hold_only_when(Placement, plan__status=PlanStatus.PUBLISHED)  # a draft is made again
