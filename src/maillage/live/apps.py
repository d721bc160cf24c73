from django.apps import AppConfig


class LiveConfig(AppConfig):
    name = "maillage.live"

    def ready(self) -> None:
        from maillage.gatherings.glance import Phase  # models are loaded only now
        from maillage.gatherings.glance import register as register_glimpse
        from maillage.live.entry import entry_part
        from maillage.live.glimpse import before, during
        from maillage.registrations.own import register

        register(entry_part)
        register_glimpse(Phase.BEFORE, before)
        register_glimpse(Phase.DURING, during)
