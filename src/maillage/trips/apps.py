from django.apps import AppConfig


class TripsConfig(AppConfig):
    name = "maillage.trips"

    def ready(self) -> None:
        from maillage.gatherings.removal import register_hold  # models are loaded only now
        from maillage.trips.queries import hold

        register_hold(hold)
