from django.apps import AppConfig


class GatheringsConfig(AppConfig):
    name = "maillage.gatherings"

    def ready(self) -> None:
        from maillage.gatherings.glance import Phase, register  # models are loaded only now
        from maillage.gatherings.glimpse import of_programme

        register(Phase.BEFORE, of_programme)
