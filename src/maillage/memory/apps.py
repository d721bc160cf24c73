from django.apps import AppConfig


class MemoryConfig(AppConfig):
    name = "maillage.memory"

    def ready(self) -> None:
        from maillage.gatherings.glance import Phase, register  # models are loaded only now
        from maillage.live.signals import kept, released
        from maillage.memory.glimpse import after
        from maillage.memory.receivers import on_kept, on_released

        register(Phase.AFTER, after)
        kept.connect(on_kept, dispatch_uid="memory")
        released.connect(on_released, dispatch_uid="memory")
