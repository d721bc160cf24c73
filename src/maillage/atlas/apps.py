from django.apps import AppConfig


class AtlasConfig(AppConfig):
    name = "maillage.atlas"

    def ready(self) -> None:
        # Imported here, when every app is loaded: nobody below knows that an index follows what they write.
        from maillage.atlas.following import follow
        from maillage.atlas.opendata.feeds import offer_calendar
        from maillage.gatherings.glance import register_public

        follow()
        register_public(offer_calendar)
