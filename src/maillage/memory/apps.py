from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MemoryConfig(AppConfig):
    name = "maillage.memory"

    def ready(self) -> None:
        from maillage.gatherings.glance import Phase, register, register_public_part  # models are loaded only now
        from maillage.gatherings.removal import register_loss, removing
        from maillage.live import links
        from maillage.live.control import register_alarm
        from maillage.live.signals import kept, rehearsal_erased, released
        from maillage.memory import removal
        from maillage.memory.glimpse import address_of, after, before, lacks_takeaway, public_part
        from maillage.memory.held import held
        from maillage.memory.models import Action, FollowUp
        from maillage.memory.processings import PROCESSINGS
        from maillage.memory.receivers import on_kept, on_rehearsal_erased, on_released
        from maillage.office import processing
        from maillage.office.retention import clears
        from maillage.registrations.held import register_holder, register_letters
        from maillage.registrations.signals import person_erased

        register(Phase.BEFORE, before)
        register(Phase.AFTER, after)
        register_public_part(public_part)
        removing.connect(removal.forget_letters, dispatch_uid="memory")
        person_erased.connect(removal.forget_person, dispatch_uid="memory")
        register_loss(removal.losses)
        register_alarm(lacks_takeaway)
        links.register(kept=address_of)
        links.register(sheet=links.Link(_("Ouvrir et imprimer ma fiche"), "memory:own-sheet", "print"))
        links.register(facilitator=links.Link(_("Ce que l’atelier retient"), "memory:room-takeaways", "edit"))
        kept.connect(on_kept, dispatch_uid="memory")
        released.connect(on_released, dispatch_uid="memory")
        rehearsal_erased.connect(on_rehearsal_erased, dispatch_uid="memory")
        for each in PROCESSINGS:
            processing.register(each)
        register_holder(held)
        register_letters(Action.with_removed)
        register_letters(FollowUp.objects)
        clears("names", "memory_action", "memory_experienceversion", "memory_followup")
