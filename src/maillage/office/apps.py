from django.apps import AppConfig


class OfficeConfig(AppConfig):
    name = "maillage.office"
