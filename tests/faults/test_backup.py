"""A backup is written while a room plays, and put back elsewhere: what was acknowledged before its mark is there."""

import asyncio
import dataclasses
import json
import os
import shutil
import subprocess
import sys
import uuid
from pathlib import Path
from typing import Any

import pytest

from tests.faults.checker import faults_of, read_rows
from tests.faults.phones import Phone
from tests.faults.world import ROOT, World
from tests.postgresql import TEMPLATE, Cluster


def maillage(environment: dict[str, str], *arguments: str) -> dict[str, Any]:
    command = [sys.executable, "-m", "maillage", *arguments, "--json"]
    environment = environment | {"DJANGO_SETTINGS_MODULE": "maillage.config.settings"}  # not those of the tests
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def until_mark(phone: Phone, heads: dict[uuid.UUID, int]) -> Phone:
    """What this phone was told was kept, up to the backup's mark; nothing of its screen, which went on."""
    kept = {key: number for key, number in phone.acknowledged.items() if number <= heads[phone.session]}
    return dataclasses.replace(phone, acknowledged=kept, seen=[], shared="")


def test_a_backup_under_load_has_all_that_was_acknowledged(
    tmp_path: Path, cluster: Cluster | None, request: pytest.FixtureRequest
) -> None:
    phrase, file = tmp_path / "phrase", tmp_path / "sauvegarde"
    phrase.write_text("une-phrase-de-passe-des-essais")

    async def scene() -> tuple[list[Phone], dict[str, int], dict[str, Any]]:
        async with World(tmp_path, cluster=cluster) as world:
            world.start_load()
            await world.last()
            before = {phone.name: len(phone.acknowledged) for phone in world.phones}
            options = ("-o", str(file), "--passphrase-file", str(phrase), "--with-keys")
            done = await asyncio.to_thread(maillage, world.environment, "backup", *options)
            await world.last()
            await world.settle()
            world.check()  # and nobody who played meanwhile lost anything
            return world.phones, before, done

    phones, before, done = asyncio.run(scene())
    elsewhere = tmp_path / "ailleurs"
    if cluster is None:
        shutil.copytree(request.getfixturevalue("installed"), elsewhere)
    else:
        elsewhere.mkdir()
    url = cluster.make_database(f"ailleurs{uuid.uuid4().hex[:8]}", template=TEMPLATE) if cluster else ""
    there = os.environ | {"MAILLAGE_DATA_DIR": str(elsewhere), "MAILLAGE_DATABASE_URL": url}
    there["PYTHONPATH"] = os.pathsep.join([*[path for path in sys.path if path], str(ROOT)])
    assert maillage(there, "verify", str(file), "--passphrase-file", str(phrase))["moves"] == done["moves"]
    assert done["moves"] > 50
    restored = maillage(there, "restore", str(file), "--passphrase-file", str(phrase))
    assert (restored["moves"], restored["without_key"]) == (done["moves"], 0)
    assert maillage(there, "verify") == {"sound": True, "faults": []}
    rows, heads = read_rows(url or str(elsewhere / "maillage.sqlite3"))
    marked = [until_mark(phone, heads) for phone in phones]
    faults = faults_of(rows, heads, marked)
    assert not faults, "\n".join(faults)
    late = [phone.name for phone in marked if len(phone.acknowledged) < before[phone.name]]
    assert not late, f"acknowledged before the backup began, and not in it: {late}"
    assert sum(before.values()) > 50, "there was no load"
