from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ReportsConfig(AppConfig):
    name = "maillage.reports"

    def ready(self) -> None:
        from maillage.gatherings.access import may_see_job
        from maillage.gatherings.glance import Phase, register  # models are loaded only now
        from maillage.gatherings.removal import removing
        from maillage.office import kinds
        from maillage.registrations import own
        from maillage.reports.certificates import own_part
        from maillage.reports.glimpse import day_pack, documents, evening_report, papers, plenary
        from maillage.reports.long_work import KIND, drop_documents, page_of_job

        register(Phase.BEFORE, papers)
        register(Phase.BEFORE, day_pack)
        register(Phase.DURING, plenary)
        register(Phase.AFTER, evening_report)
        register(Phase.AFTER, documents)
        own.register(own_part)
        kinds.register(KIND, may_see=may_see_job, start=page_of_job, stop=_("Arrêter ce travail"))
        removing.connect(drop_documents, dispatch_uid="maillage.reports")
