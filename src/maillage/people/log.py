"""What somebody does with their own account is told in the log of each space they have a role in."""

from maillage.office.services import record_activity
from maillage.people.models import Right, User


def record_of_account(user: User, verb: str, about: str = "", *, by: str = "") -> None:
    """Not of a space they have no role in: who organises it has no business with them."""
    spaces = Right.objects.filter(user=user).order_by("space__slug").values_list("space__slug", flat=True).distinct()
    for slug in spaces:
        record_activity(space=slug, by=by or str(user), verb=verb, about=about, about_id=user.pk)
