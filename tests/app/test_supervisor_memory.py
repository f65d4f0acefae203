"""What Postgres takes of a machine's memory."""

from pathlib import Path

import pytest

from app.supervisor.memory import MB, memory, shared_buffers_mb


@pytest.mark.parametrize(
    ("memory_mb", "taken_mb"),
    [(0, 128), (512, 128), (1_024, 128), (4_096, 512), (8_192, 1_024), (65_536, 1_024)],
)
def test_an_eighth_between_its_bounds(memory_mb: int, taken_mb: int) -> None:
    assert shared_buffers_mb(memory_mb * MB) == taken_mb


def test_a_containers_limit_counts_where_it_is_less(tmp_path: Path) -> None:
    limit, none, absent = (tmp_path / name for name in ("limit", "none", "absent"))
    limit.write_text(f"{256 * MB}\n")
    none.write_text("max\n")
    assert memory((limit, none, absent)) == 256 * MB
    assert memory((none, absent)) == memory(()) > 256 * MB
