"""What stands on stderr beside a list: that it may be short because the collector is kept from its work."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tramgac_collector.cli.pairs import Pair, say
from tramgac_collector.cli.terminal import complain

if TYPE_CHECKING:
    from tramgac_collector.cli.client import Client


class Hint(Pair):
    """What is in the way, what it means, how to mend it; named like the kinds of `/api/hindrances`."""

    DISK_FULL = (
        (
            "The collector's disk is full ({free} MiB free, below {least}): events are refused and wait with the "
            "hosts; make room."
        ),
        (
            "Đĩa của máy thu thập đã đầy (còn {free} MiB, dưới {least}): sự kiện bị từ chối và chờ ở máy trạm; "
            "hãy dọn bớt."
        ),
    )
    DISK_LOW = (
        "The collector's disk is nearly full ({free} MiB free): hosts hold back what is not urgent; make room.",
        "Đĩa của máy thu thập sắp đầy (còn {free} MiB): máy trạm giữ lại những gì không khẩn; hãy dọn bớt.",
    )
    DISK_FILLING = (
        "The collector's disk will be full in about {days:day|days}: make room, or keep events for less time.",
        "Đĩa của máy thu thập sẽ đầy sau khoảng {days} ngày: hãy thêm chỗ hoặc giảm thời hạn lưu.",
    )
    ROLE_DOWN = (
        "Parts of the collector do not run ({roles}): `tramgac collector doctor` says more.",
        "Một số phần của máy thu thập không chạy ({roles}): `tramgac collector doctor` cho biết thêm.",
    )
    NO_RULES = (
        (
            "No rules are in force, so nothing is detected: tramgac rules own (ours, to begin with), "
            "tramgac rules sign, tramgac rules push."
        ),
        (
            "Chưa có luật nào có hiệu lực nên không phát hiện được gì: tramgac rules own (luật có sẵn để bắt đầu), "
            "tramgac rules sign, tramgac rules push."
        ),
    )


def hint(client: Client) -> None:
    """Say on stderr what keeps the collector from its work; nothing where nothing does."""
    for found in client.get("/api/hindrances")["items"]:
        told = {name: found[name] >> 20 for name in ("free", "least") if name in found}
        told["days"] = found.get("days", 0)
        complain(say(Hint[found["kind"].upper()], **told, roles=", ".join(found.get("roles", ()))))
