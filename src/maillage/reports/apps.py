from django.apps import AppConfig


class ReportsConfig(AppConfig):
    name = "maillage.reports"

    def ready(self) -> None:
        from maillage.gatherings.glance import Phase, register  # models are loaded only now
        from maillage.reports.glimpse import day_pack, evening_report, papers

        register(Phase.BEFORE, papers)
        register(Phase.BEFORE, day_pack)
        register(Phase.AFTER, evening_report)
