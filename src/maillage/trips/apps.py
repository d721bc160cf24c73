from django.apps import AppConfig


class TripsConfig(AppConfig):
    name = "maillage.trips"

    def ready(self) -> None:
        from maillage.gatherings.glance import Phase, register  # models are loaded only now
        from maillage.gatherings.removal import register_hold
        from maillage.registrations.signals import names_erased, person_erased
        from maillage.trips.glimpse import before
        from maillage.trips.queries import hold
        from maillage.trips.services import forget_names, forget_person

        register_hold(hold)
        register(Phase.BEFORE, before)
        names_erased.connect(forget_names, dispatch_uid="maillage.trips")
        person_erased.connect(forget_person, dispatch_uid="maillage.trips")
