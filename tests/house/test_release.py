"""What a release is installed with: pinned, held to hashes, in step with pyproject.toml and the bill of materials."""

import json
import re
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
LOCK = (ROOT / "release" / "requirements.lock").read_text("utf-8")
SBOM: dict[str, Any] = json.loads((ROOT / "release" / "sbom.cdx.json").read_text("utf-8"))
PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
BLOCKS = [block for block in re.split(r"(?m)^(?=\S)", LOCK) if block and not block.startswith("#")]
PINNED = {
    canonicalize_name(block.partition("==")[0]): re.split(r"[ \\]", block.partition("==")[2])[0] for block in BLOCKS
}


@pytest.mark.parametrize("wanted", PROJECT["dependencies"])
def test_the_lock_satisfies_what_the_project_asks_for(wanted: str) -> None:
    asked = Requirement(wanted)
    assert asked.specifier.contains(PINNED[canonicalize_name(asked.name)], prereleases=True), "run scripts/lock"


def test_every_library_of_the_lock_is_pinned_and_held_to_its_hashes() -> None:
    assert len(BLOCKS) == len(PINNED) > len(PROJECT["dependencies"])
    for block in BLOCKS:
        first, *rest = block.rstrip().splitlines()
        assert re.fullmatch(r"[a-z0-9-]+==[\w.]+( ; [^\\]+)? \\", first)
        hashes = [line for line in rest if not line.startswith("    # ") and line != "    #"]
        assert hashes
        assert all(re.fullmatch(r"    --hash=sha256:[0-9a-f]{64}( \\)?", line) for line in hashes), block


def test_the_lock_names_no_place_to_get_it_from() -> None:
    """Whoever installs it chooses where from; the hashes are the same everywhere."""
    assert not re.search(r"(?i)https?:|file:|index-url|find-links|trusted-host|@ ", LOCK)
    assert not re.search(r"(?i)https?:(?!//cyclonedx\.org/schema)|file:", json.dumps(SBOM))


def test_the_bill_of_materials_is_in_step_with_the_lock() -> None:
    listed = {component["name"]: component["version"] for component in SBOM["components"]}
    assert listed == PINNED, "run scripts/lock"
    assert (SBOM["bomFormat"], SBOM["specVersion"]) == ("CycloneDX", "1.6")
    own = SBOM["metadata"]["component"]
    assert (own["name"], own["version"], own["licenses"]) == (
        *(PROJECT["name"], PROJECT["version"]),
        [{"license": {"id": PROJECT["license"]}}],
    )
    needed = {each["ref"]: each.get("dependsOn", []) for each in SBOM["dependencies"]}
    direct = {each.partition("@")[0] for each in needed[own["bom-ref"]]}
    assert direct == {canonicalize_name(Requirement(each).name) for each in PROJECT["dependencies"]}
    assert {each for all_of in needed.values() for each in all_of} == set(needed) - {own["bom-ref"]}


@pytest.mark.parametrize(
    ("told", "says", "code"),
    [
        ("", "SKIPPED: ", 0),
        ({"name": "a", "skip_reason": "Dependency not found on PyPI"}, "SKIPPED: ", 0),
        ({"name": "a", "version": "1", "vulns": []}, "1 libraries examined: 0 known weaknesses.", 0),
        ({"name": "a", "version": "1", "vulns": [{"id": "X-1", "fix_versions": ["2"]}]}, "a 1: X-1, mended in 2", 1),
    ],
)
def test_an_audit_that_examined_nothing_says_so(told: object, says: str, code: int, tmp_path: Path) -> None:
    """pip-audit itself says "no known vulnerabilities" where it could ask nobody."""
    (tmp_path / "told").write_text(json.dumps({"dependencies": [told]}) if told else "")
    ran = subprocess.run([ROOT / "scripts" / "audit", "--told", tmp_path / "told"], capture_output=True, text=True)
    assert says in ran.stdout
    assert ran.returncode == code, ran.stderr
