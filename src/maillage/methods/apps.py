from django.apps import AppConfig


class MethodsConfig(AppConfig):
    name = "maillage.methods"

    def ready(self) -> None:
        from facilitation.words import listen
        from maillage.lib.languages import catalogue

        listen(catalogue)
