"""The command, as a person types it."""

import json
import os
import shutil
import subprocess
import sys
from functools import partial
from pathlib import Path

import pytest

from tests.browser.house import prepare
from tests.once import made_once

ROOT = Path(__file__).parents[2]


def run(*arguments: str, folder: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    return run_python("-m", "maillage", *arguments, folder=folder, **variables)


def run_python(*arguments: str, folder: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    theirs = ("MAILLAGE_", "DJANGO_", "MAKE")  # under `make`, the demonstration names make's own commands
    environment = {name: value for name, value in os.environ.items() if not name.startswith(theirs)}
    done = subprocess.run(
        [sys.executable, *arguments],
        capture_output=True,
        text=True,
        timeout=300,
        env=environment | {"MAILLAGE_DATA_DIR": str(folder), "PYTHONPATH": str(ROOT / "src")} | variables,
        check=False,
    )
    for name in ("stdout", "stderr"):  # its French spaces, read as any space
        setattr(done, name, getattr(done, name).replace("\u202f", " ").replace("\u00a0", " "))
    return done


def test_help_is_french_and_wrong_usage_is_2(tmp_path):
    helped = run("plan", "--help", folder=tmp_path)
    assert helped.returncode == 0
    assert "usage :" in helped.stdout
    assert "montre cette aide" in helped.stdout
    wrong = run("plan", folder=tmp_path)
    assert wrong.returncode == 2
    assert "il manque RENCONTRE" in wrong.stderr
    assert run(folder=tmp_path).returncode == 2


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("MAILLAGE_MAX_UPLOAD_MB", "beaucoup", "entre 1 et 100"),
        ("MAILLAGE_DEMO", "peut-être", "« oui » ou « non »"),
        ("MAILLAGE_DATABASE_URL", "oracle://x", "postgresql://"),
        ("MAILLAGE_SECRET_KEY", "court", "32 caractères"),
        ("MAILLAGE_OPERATOR_EMAIL", "nous", "adresse électronique"),
        ("MAILLAGE_LOG_LEVEL", "bavard", "WARNING, INFO ou DEBUG"),
        ("MAILLAGE_LOG_FORMAT", "xml", "texte ou json"),
        ("MAILLAGE_METRICS_TOKEN", "court", "au moins 16 caractères"),
        ("MAILLAGE_LOG_FILE", "/nulle/part/maillage.log", "n’existe pas"),
    ],
)
def test_bad_setting_is_refused_by_name(tmp_path, name, value, expected):
    refused = run("doctor", folder=tmp_path, **{name: value})
    assert refused.returncode == 1
    assert name in refused.stderr
    assert expected in refused.stderr
    assert "Traceback" not in refused.stderr


def test_demo_prepares_the_day_once_and_the_commands_read_it(tmp_path, tmp_path_factory, tables):
    # The command's own work: browser tests play the same day.
    made = made_once(tmp_path_factory, "day", partial(prepare, tables=tables))
    shutil.copytree(made / "data", tmp_path, dirs_exist_ok=True)
    printed = (made / "printed").read_text(encoding="utf-8")
    assert "Participer" in printed
    assert "maillage demo --reset" in printed
    by_make = run("demo", "--no-serve", folder=tmp_path, MAKELEVEL="1")
    assert "make demo-reset" in by_make.stdout
    again = run("demo", "--no-serve", folder=tmp_path)
    assert "inscriptions" not in again.stdout.split("Organisation")[0].replace("inscriptions inventées", "")

    plan = run("plan", "jr-2025", "--json", folder=tmp_path)
    assert plan.returncode == 0, plan.stderr
    assert json.loads(plan.stdout)["figures"]

    data = ROOT / "src/maillage/gatherings/data"
    registered = run("import-registrations", "jr-2025", str(data / "inscriptions-jr-2025.csv"), folder=tmp_path)
    assert (registered.returncode, "Rien à changer" in registered.stdout) == (0, True)

    report = run("report", "jr-2025", "-o", str(tmp_path / "cr.pdf"), folder=tmp_path)
    assert report.returncode == 0, report.stderr
    assert (tmp_path / "cr.pdf").read_bytes().startswith(b"%PDF")

    assert run("report", "jr-2025", "-o", str(tmp_path / "cr.docx"), folder=tmp_path).returncode == 0
    assert (tmp_path / "cr.docx").read_bytes().startswith(b"PK")
    other = run("report", "jr-2025", "--document", "affiche", "-o", str(tmp_path / "a.odt"), folder=tmp_path)
    assert (other.returncode, "seuls le compte rendu et la synthèse se font en DOCX" in other.stderr) == (1, True)

    nowhere = run("report", "jr-2025", "-o", str(tmp_path / "absent" / "cr.pdf"), folder=tmp_path)
    assert (nowhere.returncode, "n’existe pas" in nowhere.stderr) == (1, True)
    unknown = run("plan", "jr-1999", folder=tmp_path)
    assert (unknown.returncode, "Au choix : " in unknown.stderr) == (1, True)

    sound = run("doctor", "--json", folder=tmp_path)
    assert (sound.returncode, json.loads(sound.stdout)["sound"]) == (0, True)
    warned = [check["sentence"] for check in json.loads(sound.stdout)["checks"] if check["warning"]]
    assert len(warned) == 1
    assert "MAILLAGE_OPERATOR, MAILLAGE_OPERATOR_EMAIL et MAILLAGE_ACCESSIBILITY_EMAIL" in warned[0]
    told = {"MAILLAGE_OPERATOR": "Nous", "MAILLAGE_OPERATOR_EMAIL": "nous@exemple.invalid"}
    content = run("doctor", folder=tmp_path, **told).stdout
    assert ("! " in content, "accessibilité : nous@exemple.invalid" in content) == (False, True)

    link = run("sign-in-link", "organisation@exemple.invalid", folder=tmp_path)
    assert link.stdout.startswith("http://localhost:8000/connexion/lien/?jeton=")
    code = "import django; django.setup(); from maillage.people.services import owner_of_link as who; print(who('{}'))"
    code = code.format(link.stdout.strip().split("jeton=")[1])
    served = {"MAILLAGE_DEMO": "oui", "DJANGO_SETTINGS_MODULE": "maillage.config.settings"}
    answer = run_python("-c", code, folder=tmp_path, **served)
    assert "None" not in answer.stdout  # a link made beside the demonstration opens it


def test_refusals_are_sentences_with_exit_code_1(tmp_path, installed):
    shutil.copytree(installed, tmp_path, dirs_exist_ok=True)
    for arguments, words in (
        (("plan", "jr-1999"), "Aucune rencontre n’est encore enregistrée"),
        (("import-registrations", "jr-2025", str(tmp_path / "absent.csv")), "n’existe pas"),
        (("import-gathering", str(tmp_path)), "c’est un dossier"),
        (("sign-in-link", "inconnu@exemple.invalid"), "Personne de l’équipe"),
    ):
        refused = run(*arguments, folder=tmp_path)
        assert refused.returncode == 1, arguments
        assert words in refused.stderr
        assert "Traceback" not in refused.stderr


def test_the_first_person_of_a_new_installation_gets_in(tmp_path):
    refused = run("sign-in-link", "moi@exemple.invalid", folder=tmp_path)
    assert (refused.returncode, "--organise" in refused.stderr) == (1, True)
    made = run("sign-in-link", "moi@exemple.invalid", "--organise", "mon-espace", folder=tmp_path)
    assert made.stdout.startswith("http://localhost:8000/connexion/lien/?jeton="), made.stderr
    assert run("sign-in-link", "moi@exemple.invalid", folder=tmp_path).returncode == 0
    wrong = run("sign-in-link", "moi", "--organise", "Mon Espace", folder=tmp_path)
    assert (wrong.returncode, "nom court" in wrong.stderr) == (1, True)
    assert {file.stat().st_mode & 0o077 for file in tmp_path.glob("maillage.sqlite3*")} == {0}


def test_a_base_that_is_none_is_a_sentence(tmp_path):
    (tmp_path / "maillage.sqlite3").write_text("ceci n’est pas une base " * 200, encoding="utf-8")
    refused = run("plan", "jr-2025", folder=tmp_path)
    assert (refused.returncode, "Traceback" in refused.stderr) == (1, False)
    assert "ce fichier n’est pas une base SQLite" in refused.stderr


def test_a_data_folder_one_cannot_write_is_refused_by_name():
    refused = run("doctor", folder=Path("/proc/x"))
    assert (refused.returncode, "MAILLAGE_DATA_DIR" in refused.stderr) == (1, True)
    assert "n’existe pas" in refused.stderr
    assert "Traceback" not in refused.stderr


def test_django_finds_nothing_to_say_of_a_deployed_server(tmp_path):
    served = {"MAILLAGE_HTTPS": "oui", "MAILLAGE_HOSTS": "maillage.exemple.fr"}
    served["DJANGO_SETTINGS_MODULE"] = "maillage.config.settings"
    done = run_python("-m", "django", "check", "--deploy", "--fail-level", "WARNING", folder=tmp_path, **served)
    assert done.returncode == 0, done.stderr
    open_to_all = run_python(
        "-m", "django", "check", "--deploy", "--fail-level", "WARNING",
        folder=tmp_path, **served | {"MAILLAGE_HTTPS": "non"},
    )  # fmt: skip
    assert open_to_all.returncode == 1  # it is looked at
