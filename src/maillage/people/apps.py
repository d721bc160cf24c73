from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "maillage.people"

    def ready(self) -> None:
        from maillage.office import processing  # models are loaded only now
        from maillage.office import retention as keeping
        from maillage.people.processings import PROCESSINGS
        from maillage.people.retention import LOG, SESSIONS

        for rule in (LOG, SESSIONS):
            keeping.register(rule)
        keeping.clears(LOG.key, "office_activity")
        for each in PROCESSINGS:
            processing.register(each)
