from django.db.models import F, Q

from maillage.methods.models import MethodVersion
from maillage.people.models import Space


def latest_version(method: str, space: Space) -> MethodVersion | None:
    """The space's own newest version of a method, else the shipped one; None when nobody has written it yet."""
    versions = MethodVersion.objects.filter(Q(space=space) | Q(space__isnull=True), method=method)
    return versions.order_by(F("space_id").asc(nulls_last=True), "-version", "-created_at").first()
