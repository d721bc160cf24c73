"""Makes the country, in a database that holds nothing: never beside what somebody wrote."""

from dataclasses import dataclass

from django.conf import settings
from django.db import connection, transaction

from maillage.atlas.indexing import index_all
from maillage.config.country.ground import make_ground
from maillage.config.country.life import Life
from maillage.config.country.sizes import Sizes, sizes_at
from maillage.people.models import Space, User
from maillage.territories.models import Region


class NotEmpty(Exception):
    def __init__(self) -> None:
        self.sentence = (
            f"Cette base n’est pas vide ({settings.DATA_DIR}) : un pays inventé ne se mêle à rien de vrai. "
            "Donnez un dossier neuf, par exemple --data /tmp/pays-invente."
        )
        super().__init__(self.sentence)


@dataclass(frozen=True)
class Country:
    space: Space
    sizes: Sizes


def make_country(*, percent: float, seed: int) -> Country:
    """All of it or nothing. Raises NotEmpty."""
    if Space.objects.exists() or Region.objects.exists() or User.objects.exists():
        raise NotEmpty
    sizes = sizes_at(percent)
    with transaction.atomic():
        ground = make_ground(sizes, seed)
        space = Life(ground, sizes, seed).make()
        index_all()
    if connection.vendor == "postgresql":  # its autovacuum would do so within a minute; SQLite plans without figures
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
    return Country(space, sizes)
