"""A session is a log. No content here is readable without the session's key, which lives elsewhere (live/keys.py)."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from maillage.gatherings.models import Gathering, Workshop
from maillage.lib.identifiers import uuid7
from maillage.live.enums import HelpWord, SeatKind, SessionStatus
from maillage.methods.models import MethodVersion
from maillage.registrations.models import Registration


class Session(models.Model):
    """What happens in one workshop: all its tables, one log. A rehearsal is a session of its own."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    gathering = models.ForeignKey(Gathering, on_delete=models.CASCADE, related_name="sessions")
    workshop = models.ForeignKey(Workshop, on_delete=models.CASCADE, related_name="sessions")
    method_version = models.ForeignKey(MethodVersion, on_delete=models.PROTECT)
    options = models.JSONField(default=dict)  # preset, minutes and tables given to facilitation.start()
    status = models.CharField(max_length=8, choices=SessionStatus, default=SessionStatus.OPEN)
    rehearsal = models.BooleanField(default=False)
    away = models.BooleanField(default=False)  # its home is another server. Changed under this row's lock
    join_code = models.CharField(max_length=6, unique=True)  # KAVU72; shown as KAVU 72
    facilitator_code = models.CharField(max_length=12, unique=True)
    last_number = models.PositiveIntegerField(default=0)  # of moves; changed only under this row's lock
    created_at = models.DateTimeField(auto_now_add=True)
    closed_at = models.DateTimeField(null=True)
    erase_at = models.DateTimeField()  # 30 days after the day, by default
    erased_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["workshop", "rehearsal"],
                condition=~models.Q(status="erased"),
                name="live_one_session_a_workshop",
                violation_error_message=_("Cet atelier a déjà une séance ouverte."),
            )
        ]

    def __str__(self) -> str:
        return str(self.workshop)


class Seat(models.Model):
    """A phone, a laptop or a projector in a session. Its name and role are in the log, encrypted; never here."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="seats")
    kind = models.CharField(max_length=12, choices=SeatKind)
    registration = models.ForeignKey(Registration, on_delete=models.SET_NULL, null=True, related_name="seats")
    generation = models.PositiveSmallIntegerField(default=1)  # raising it revokes the cookies given before
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["session", "registration"],
                condition=models.Q(registration__isnull=False),
                name="live_one_seat_a_registration",
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.id}"


class HelpCall(models.Model):
    """A room waits for a hand: from « Demander de l’aide » to « C’est réglé ». No name, no text, nothing of the log."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    session = models.OneToOneField(Session, on_delete=models.CASCADE, related_name="help_call")
    word = models.CharField(max_length=8, choices=HelpWord, blank=True)
    asked_at = models.DateTimeField(default=timezone.now)
    answered_at = models.DateTimeField(null=True)  # the control room said « On arrive »

    def __str__(self) -> str:
        return f"{self.session_id} {self.get_word_display()}".strip()


class Move(models.Model):
    """One thing that happened, appended once and never changed. The payload is sealed with the session's key."""

    id = models.BigAutoField(primary_key=True)
    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="moves")
    number = models.PositiveIntegerField()
    seat = models.UUIDField()  # not a key to Seat: the log outlives revoked seats
    kind = models.CharField(max_length=20)
    payload = models.BinaryField()
    key = models.CharField(max_length=64)  # the client's: a repeat is answered, not appended
    at = models.BigIntegerField()  # ms since the epoch, this server's clock

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["session", "number"], name="live_move_number"),
            models.UniqueConstraint(fields=["session", "seat", "key"], name="live_move_key"),
        ]

    def __str__(self) -> str:
        return f"{self.session_id} #{self.number} {self.kind}"


class Snapshot(models.Model):
    """A session's state at a number, sealed as its moves are: what spares a long replay (live/snapshots.py)."""

    session = models.OneToOneField(Session, on_delete=models.CASCADE, primary_key=True, related_name="snapshot")
    number = models.PositiveIntegerField()  # of the last move in it
    release = models.CharField(max_length=40)  # another release may count the same moves otherwise
    content = models.BinaryField()

    def __str__(self) -> str:
        return f"{self.session_id} #{self.number}"


class BoardPhoto(models.Model):
    """A paper board, photographed. Image and words are sealed with the session's key (live/photos.py)."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="photos")
    seat = models.UUIDField()  # who added it; not a key to Seat, as for moves
    table = models.PositiveIntegerField(null=True)  # whose board; null: the whole room's
    people_on_it = models.BooleanField()  # always answered; if yes, who added it said that they agree
    added_at = models.DateTimeField(default=timezone.now)
    words = models.BinaryField()  # caption, stage of the moment, size
    image = models.BinaryField()  # the last column: lists never read it

    def __str__(self) -> str:
        return f"{self.session_id} {self.added_at:%H:%M}"


class KeptFigures(models.Model):
    """Counts that outlive what was counted: of a workshop whose session was erased, of a day that came as an archive.

    Never fewer than live.results.FLOOR people, never a text: nobody is in it.
    """

    gathering = models.ForeignKey(Gathering, on_delete=models.CASCADE, related_name="kept_figures")
    workshop = models.ForeignKey(  # null: who came, of the whole gathering
        Workshop, on_delete=models.CASCADE, null=True, related_name="kept_figures"
    )
    rows = models.JSONField()  # of live.results.rows_of; of the gathering: of archives.participation

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["gathering", "workshop"], name="live_kept_figures_once"),
            models.UniqueConstraint(
                fields=["gathering"], condition=models.Q(workshop__isnull=True), name="live_kept_figures_of_gathering"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.gathering_id} {self.workshop_id or ''}".strip()
