from django.apps import AppConfig


class RegistrationsConfig(AppConfig):
    name = "maillage.registrations"

    def ready(self) -> None:
        # Imported here, when every app is loaded: gatherings must not know that registrations exist.
        from maillage.gatherings.glance import Phase, register
        from maillage.registrations.glimpses import before, during

        register(Phase.BEFORE, before)
        register(Phase.DURING, during)
