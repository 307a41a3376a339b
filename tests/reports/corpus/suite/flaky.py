"""A test that passes the second time; see ../README.md."""

import pytest

TIMES: list[int] = []


@pytest.mark.flaky(reruns=1)
def test_passes_the_second_time() -> None:
    TIMES.append(1)
    assert len(TIMES) == 2
