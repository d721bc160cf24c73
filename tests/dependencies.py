"""What `make lint` asks of the packages we take: each pinned with its digest, each declared one used, each used one
declared, and none with a known fault (pip-audit, in an environment of its own: decision 0022).

    python -m tests.dependencies               all of it; a fault found fails, an audit that could not be made is said
    python -m tests.dependencies --strict      an audit that could not be made fails too
"""

import ast
import json
import re
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterator, Sequence
from importlib.metadata import packages_distributions
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LOCKS = sorted(ROOT.glob("requirements*.lock"))
AUDIT = ROOT / ".venv-audit" / "bin" / "pip-audit"
WAIT = 120  # seconds, for everything: a network that says nothing must not hold up who works
PIN = re.compile(r"(?P<name>[\w.-]+)==(?P<version>[^\s;]+)")
# Declared, and named in no import: what each is for.
NOT_IMPORTED = {
    "brotli": "servestatic[brotli] takes it; atlas.compressing looks for it",
    "httptools": "uvicorn looks for it",
    "psycopg": "Django's PostgreSQL; an extra",
    "numba": "an extra",
    "django-sesame": "a backend, named in the settings",
}


class NotMade(Exception):
    """The audit could not be made; the sentence says why."""


def pins(lock: Path) -> Iterator[tuple[str, str, int]]:
    """(name, version, digests) of each package of a lock."""
    for entry in re.split(r"\n(?=\S)", lock.read_text(encoding="utf-8")):
        found = PIN.match(entry)
        if found is not None:
            yield found["name"].lower(), found["version"], len(re.findall(r"--hash=sha256:[0-9a-f]{64}\b", entry))
        elif entry.strip() and not entry.startswith("#"):
            yield entry.split("\n")[0][:60], "", 0


def unpinned() -> list[str]:
    return [
        f"{lock.name} : {name} n’a pas de version et d’empreinte"
        for lock in LOCKS
        for name, version, digests in pins(lock)
        if not (version and digests)
    ]


def declared() -> set[str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    lines = [*project["dependencies"], *(line for extra in project["optional-dependencies"].values() for line in extra)]
    return {_plain(re.split(r"[\s\[<>=!;~]", line, maxsplit=1)[0]) for line in lines}


def imported() -> dict[str, str]:
    """Package → a file that imports it, of all that is neither Python's nor ours."""
    known, found = packages_distributions(), dict[str, str]()
    for file in sorted((ROOT / "src").rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_bytes())):
            names = [node.module] if isinstance(node, ast.ImportFrom) and node.module and not node.level else []
            names += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            for name in names:
                top = name.partition(".")[0]
                if top not in sys.stdlib_module_names and top not in ("facilitation", "seating", "maillage", "tests"):
                    for package in known.get(top, [top]):
                        found.setdefault(_plain(package), str(file.relative_to(ROOT)))
    return found


def misdeclared() -> list[str]:
    said, used = declared(), imported()
    lacking = [
        f"{file} importe {name}, que pyproject.toml ne déclare pas"
        for name, file in used.items()
        if name not in said | {"numpy"} and name not in ELSEWHERE
    ]
    return lacking + [
        f"pyproject.toml déclare {name}, que rien n’importe"
        for name in sorted(said - used.keys() - NOT_IMPORTED.keys())
    ]


# Imported where it is there, and never needed by what serves: of the measures (`maillage bench`), of the types.
ELSEWHERE = {"ortools", "brotli", "httpx", "playwright", "django-stubs-ext"}


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def known_faults() -> tuple[list[str], int]:
    """(a line for each known fault, packages looked up). Raises NotMade."""
    if not AUDIT.exists():
        raise NotMade("pip-audit n’est pas installé (make .venv-audit/.installed)")
    with tempfile.NamedTemporaryFile(
        "w", suffix=".lock"
    ) as probe:  # does the registry know at all? one is enough to ask
        probe.write(re.split(r"\n(?=\S)", LOCKS[0].read_text(encoding="utf-8"))[0] + "\n")
        probe.flush()
        _ask([Path(probe.name)])
    answered = _ask(LOCKS)
    seen = {(one["name"], one["version"]) for one in answered if "version" in one}
    faults = {
        f"{one['name']} {one['version']} : {fault['id']}, corrigée : {', '.join(fault['fix_versions']) or 'non'}"
        for one in answered
        for fault in one.get("vulns", ())
    }
    return sorted(faults), len(seen)


def _ask(locks: Sequence[Path]) -> list[dict]:
    files = [part for lock in locks for part in ("-r", str(lock))]
    command = [
        str(AUDIT),
        "-s",
        "pypi",
        "--require-hashes",
        "--disable-pip",
        "--progress-spinner",
        "off",
        "--timeout",
        "10",
        "-f",
        "json",
        *files,
    ]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=WAIT, check=False)
        answered = json.loads(done.stdout)["dependencies"]
    except subprocess.TimeoutExpired:
        raise NotMade(f"le registre n’a pas répondu en {WAIT} secondes") from None
    except ValueError:
        raise NotMade("le registre des failles ne répond pas d’ici") from None
    unknown = [one["name"] for one in answered if "skip_reason" in one]
    if unknown:
        raise NotMade(
            f"le registre joint d’ici ne dit rien des failles ({len(unknown)} sur {len(answered)} sans réponse)"
        )
    return answered


def main(arguments: Sequence[str]) -> int:
    wrong = [*unpinned(), *misdeclared()]
    count = len({(name, version) for lock in LOCKS for name, version, _digests in pins(lock)})
    try:
        faults, seen = known_faults()
    except NotMade as reason:
        print(f"audit des dépendances NON FAIT : {reason}. Les {count} versions restent épinglées par empreinte.")
        wrong += ["--strict : un audit qui ne se fait pas est une erreur"] if "--strict" in arguments else []
    else:
        print(f"audit des dépendances : {seen} versions regardées, {len(faults)} faille(s) connue(s).")
        wrong += faults
    for line in wrong:
        print(line)
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
