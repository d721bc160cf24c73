from django.apps import AppConfig


class OfficeConfig(AppConfig):
    name = "maillage.office"

    def ready(self) -> None:
        from maillage.office.processing import register  # models are loaded only now
        from maillage.office.processings import PROCESSINGS

        for each in PROCESSINGS:
            register(each)
