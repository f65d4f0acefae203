"""What holds of all tests, wherever they stand: options, markers, and where fixtures come from."""

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator

import hypothesis
import pytest

from core.security import keyring

pytest_plugins = (
    "tests.support.servers",
    "tests.support.databases",
    "tests.support.browser",
    "tests.support.ussd_fixtures",
    "tests.support.providers",
    "tests.support.gateways",
)

# The same examples on every run: what a run says can be had again. HYPOTHESIS_PROFILE=explore looks
# for new ones.
hypothesis.settings.register_profile("repeatable", derandomize=True, deadline=None)
hypothesis.settings.register_profile("explore", deadline=None)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "repeatable"))


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--refresh-transcripts",
        action="store_true",
        help="Write down what the phones show now; review the difference as text.",
    )


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    if not config.option.basetemp:
        # Pytest's own folder is closed to other users by every run that begins; the servers of a
        # run that root started are another user.
        config.option.basetemp = tempfile.mkdtemp(prefix="piga-tests-")


@pytest.fixture(scope="session", autouse=True)
def cheap_pins() -> Iterator[None]:
    """A PIN's hash says what it costs to verify, so a cheap one keeps hundreds of tests quick. What
    it costs in earnest, `tests/core/security/test_keyring.py` says."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(keyring, "ARGON2_MEMORY_KIB", 64)
        patched.setattr(keyring, "ARGON2_ITERATIONS", 1)
        yield


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Once all test processes are done: no secret is left on the servers that they shared."""
    if "PYTEST_XDIST_WORKER" in os.environ:
        return
    from tests.security.afterwards import leaks

    factory: pytest.TempPathFactory = session.config._tmp_path_factory  # type: ignore[attr-defined]
    folder = factory.getbasetemp()
    found = leaks(folder / "home")
    for leak in found:
        print(f"\nLEAK {leak}", file=sys.stderr)
    if found:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
    if session.exitstatus in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED):
        shutil.rmtree(folder, ignore_errors=True)
    else:
        print(f"\nWhat the tests have left is in {folder}.", file=sys.stderr)
