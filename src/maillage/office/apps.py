from django.apps import AppConfig
from django.db.models.signals import post_delete


class OfficeConfig(AppConfig):
    name = "maillage.office"

    def ready(self) -> None:
        from maillage.office.models import Mail  # models are loaded only now
        from maillage.office.processing import register
        from maillage.office.processings import PROCESSINGS
        from maillage.office.services import forget_letter

        post_delete.connect(forget_letter, sender=Mail)

        for each in PROCESSINGS:
            register(each)
