"""Method files become versions: a running session keeps the one it started with."""

import hashlib
from importlib.resources import files

from django.db import transaction
from django.utils.translation import gettext as _

from facilitation import Method, MethodError, Problem, load_method, shipped_methods
from facilitation.toml_lines import find_lines
from maillage.lib.matching import fold
from maillage.methods.editing import number_version, rename
from maillage.methods.models import MethodVersion
from maillage.methods.queries import own_versions
from maillage.office.services import record_activity
from maillage.people.models import Space

LONGEST_ID = 40


class ChangedMeanwhile(Exception):
    """Somebody else kept another version since the page was opened; nothing of theirs is overwritten unseen."""

    def __init__(self, newest: MethodVersion) -> None:
        self.newest = newest
        self.sentence = _(
            "Quelqu’un a enregistré la version {number} pendant que vous écriviez. Votre texte est gardé ci-dessous : "
            "enregistrez-le encore une fois pour qu’il devienne la version suivante."
        ).format(number=newest.version)
        super().__init__(self.sentence)


def keep_version(*, source: str, name: str, space: Space | None = None) -> MethodVersion:
    """The version of this text, made if it is new. Raises facilitation.MethodError when the file is refused."""
    method = load_method(source, name=name)
    version, _made = MethodVersion.objects.get_or_create(
        space=space,
        method=method.id,
        checksum=hashlib.sha256(source.encode()).hexdigest(),
        defaults={"version": method.version, "title": method.title, "source": source},
    )
    return version


def keep_shipped_versions() -> list[MethodVersion]:
    """The library's files of this release, as versions any space may use."""
    library = sorted(files("facilitation").joinpath("library").iterdir(), key=lambda file: file.name)
    return [
        keep_version(source=file.read_text(encoding="utf-8"), name=file.name)
        for file in library
        if file.name.endswith(".toml")
    ]


@transaction.atomic
def save_method(*, space: Space, method: str, source: str, base: str | None, by: str) -> MethodVersion:
    """A new version of a space's method, numbered after the last. The same text, or the shipped one, makes none.

    `base`: the checksum of the version the text was made from ("" for the shipped one); None: whatever is there.
    Raises facilitation.MethodError, or ChangedMeanwhile.
    """
    Space.objects.select_for_update().get(pk=space.pk)  # two savings of one space, one after the other
    source = source.replace("\r\n", "\n").removeprefix("\ufeff")
    read = load_method(source, name=f"{method}.toml")
    if read.id != method:
        line = find_lines(source).get(("id",), 0)
        sentence = _("Ce nom est celui de la méthode pour toujours : « {id} ». Pour en changer, dupliquez-la.")
        raise MethodError((Problem(f"{method}.toml", line, "id", sentence.format(id=method)),))
    newest = own_versions(space, method).first()
    if newest is not None and _same(newest.source, source):
        return newest
    if newest is not None and base is not None and base != newest.checksum:
        raise ChangedMeanwhile(newest)
    shipped = shipped_methods().get(method)
    if newest is None and shipped is not None and _same(shipped.source, source):
        return keep_version(source=shipped.source, name=f"{method}.toml")  # the next releases go on serving theirs
    last = max(newest.version if newest else 0, shipped.version if shipped else 0)
    version = keep_version(source=number_version(source, last + 1), name=f"{method}.toml", space=space)
    record_activity(
        space=space.slug, by=by, verb="save-method", about=f"{version.title} ({version.version})", about_id=version.pk
    )
    return version


@transaction.atomic
def duplicate_method(*, space: Space, source: str, title: str, by: str) -> MethodVersion:
    """The same method under another title, and a name made from it."""
    id_ = free_id(space, title)
    version = keep_version(source=rename(source, id_=id_, title=title), name=f"{id_}.toml", space=space)
    record_activity(space=space.slug, by=by, verb="duplicate-method", about=version.title, about_id=version.pk)
    return version


def free_id(space: Space, title: str) -> str:
    """A name for a file that no method of the space has: « Notre codev » → notre-codev, notre-codev-2…"""
    plain = "-".join(fold(title).split())
    plain = "".join(sign for sign in plain if sign.isascii() and (sign.isalnum() or sign == "-")).strip("-")
    plain = plain[: LONGEST_ID - 4].strip("-")
    if not plain or not plain[0].isalpha():
        plain = f"methode-{plain}".strip("-")
    names = [plain, *(f"{plain}-{number}" for number in range(2, 1_000))]
    shipped = shipped_methods()
    return next(name for name in names if name not in shipped and not own_versions(space, name).exists())


def import_method(*, space: Space, source: str, name: str, by: str) -> tuple[MethodVersion, Method]:
    """A file from elsewhere: a new method, or a new version of the one that has its name."""
    method = load_method(source.removeprefix("\ufeff"), name=name)
    version = save_method(space=space, method=method.id, source=source, base=None, by=by)
    return version, method


def _same(kept: str, typed: str) -> bool:
    """Equal but for the number, which is ours to give."""
    return number_version(kept, 1) == number_version(typed, 1)
