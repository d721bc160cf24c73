from django.apps import AppConfig


class PlansConfig(AppConfig):
    name = "maillage.plans"

    def ready(self) -> None:
        # Registered here, when every app is loaded: registrations must not know that plans exist.
        from maillage.plans.parts import own_places
        from maillage.plans.queries import has_published_plan
        from maillage.registrations import own

        own.register(own_places)
        own.close_wishes_when(has_published_plan)
