from django.apps import AppConfig


class GatheringsConfig(AppConfig):
    name = "maillage.gatherings"

    def ready(self) -> None:
        from maillage.gatherings.glance import Phase, register  # models are loaded only now
        from maillage.gatherings.glimpse import of_programme
        from maillage.gatherings.processings import PROCESSINGS
        from maillage.office import processing

        register(Phase.BEFORE, of_programme)
        for each in PROCESSINGS:
            processing.register(each)
