from django.apps import AppConfig


class LiveConfig(AppConfig):
    name = "maillage.live"

    def ready(self) -> None:
        from maillage.live.entry import entry_part  # models are loaded only now
        from maillage.registrations.own import register

        register(entry_part)
