import runpy
from pathlib import Path

ROOT = Path(__file__).parents[2]
SCRIPT = runpy.run_path(str(ROOT / "scripts" / "readme_picture"))


def test_the_picture_in_the_readme_is_there_and_fits_80_columns() -> None:
    before, begin, rest = (ROOT / "README.md").read_text("utf-8").partition(SCRIPT["BEGIN"])
    picture, end, after = rest.partition(SCRIPT["END"])
    assert begin
    assert end
    assert before.strip()
    assert after.strip()
    lines = picture.strip().splitlines()
    assert (lines[0], lines[-1]) == ("```console", "```")
    assert [line.split()[2] for line in lines if line.startswith("$ ")] == ["search", "timeline"]
    assert len(lines) > 15
    assert max(map(len, lines)) <= 80
