"""What children say, on its way to the terminal and the log."""

import shutil
from pathlib import Path

import pytest

from app.local import output
from app.local.data_dir import DataDir
from app.local.output import LINE_BYTES_MAXIMUM, Output


@pytest.fixture
def home(tmp_path: Path) -> DataDir:
    home = DataDir(tmp_path / "home")
    home.prepare()
    return home


def test_lines_are_put_together_and_named(home: DataDir, capfd: pytest.CaptureFixture[str]) -> None:
    said = Output(home, "web")
    for part in (b"one\ntw", b"o\r\n", b"three"):
        said.take(part)
    said.finish()
    shown = capfd.readouterr().out.splitlines()
    assert shown == ["web           | one", "web           | two", "web           | three"]
    assert (home.log / "web.log").read_text() == "one\ntwo\nthree\n"


def test_a_webhooks_secret_is_cut_out(home: DataDir, capfd: pytest.CaptureFixture[str]) -> None:
    said = Output(home, "web")
    said.take(b'POST "/hooks/africastalking/ussd/Sesame-_42" failed\n')
    said.finish()
    assert "Sesame" not in capfd.readouterr().out
    assert (home.log / "web.log").read_text() == 'POST "/hooks/africastalking/ussd/..." failed\n'


def test_a_line_without_end_is_not_kept_in_memory(
    home: DataDir, capfd: pytest.CaptureFixture[str]
) -> None:
    said = Output(home, "web")
    for _ in range(10):
        said.take(b"x" * LINE_BYTES_MAXIMUM)
    assert len(capfd.readouterr().out) > 4 * LINE_BYTES_MAXIMUM
    said.finish()


def test_logs_do_not_grow_for_ever(home: DataDir, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(output, "LOG_BYTES_MAXIMUM", 1000)
    monkeypatch.setattr("app.local.data_dir.LOG_BYTES_MAXIMUM", 1000)
    said = Output(home, "web")
    for number in range(200):
        said.take(f"line {number} of many\n".encode())
    said.finish()
    sizes = {path.name: path.stat().st_size for path in home.log.iterdir()}
    assert set(sizes) == {"web.log", "web.log.1"}
    assert max(sizes.values()) < 1100
    assert (home.log / "web.log").read_text().endswith("line 199 of many\n")


def test_a_log_that_cannot_be_written_ends_nothing(
    home: DataDir, capfd: pytest.CaptureFixture[str]
) -> None:
    """As on a full disk, which /dev/full is. Once there is room, the log goes on."""
    (home.log / "web.log").symlink_to("/dev/full")
    said = Output(home, "web")
    said.take(b"one\ntwo\n")
    (home.log / "web.log").unlink()
    said.take(b"three\n")
    said.finish()
    shown = capfd.readouterr().out.splitlines()
    assert shown == [
        "web           | one",
        "web           | its log cannot be written: No space left on device",
        "web           | two",
        "web           | three",
    ]
    kept = (home.log / "web.log").read_text()
    assert kept == "(2 lines before this one could not be written)\nthree\n"


def test_a_removed_log_folder_is_made_again(home: DataDir) -> None:
    said = Output(home, "web")
    said.take(b"one\n")
    shutil.rmtree(home.log)
    said.take(b"two\n")
    said.finish()
    assert (home.log / "web.log").read_text() == "two\n"
