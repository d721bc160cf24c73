from django.apps import AppConfig


class ArchivesConfig(AppConfig):
    name = "maillage.archives"

    def ready(self) -> None:
        from maillage.archives.glimpse import after, public_action  # models are loaded only now
        from maillage.gatherings.glance import Phase, register, register_public

        register(Phase.AFTER, after)
        register_public(public_action)
