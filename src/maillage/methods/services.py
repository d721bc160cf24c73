"""Method files become versions: a running session keeps the one it started with."""

import hashlib
from importlib.resources import files

from facilitation import load_method
from maillage.methods.models import MethodVersion
from maillage.people.models import Space


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
