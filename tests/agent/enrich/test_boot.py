import re
import time

import psutil
from tramgac_agent.enrich.boot import boot_id, boot_text, booted_ns


def test_the_id_is_the_first_half_of_the_kernels():
    assert re.fullmatch(r"[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}", boot_text())
    assert f"{boot_id():016x}" == boot_text().replace("-", "")[:16]


def test_the_boot_was_when_psutil_says():
    assert abs(booted_ns() / 1e9 - psutil.boot_time()) < 2
    assert booted_ns() < time.time_ns()
