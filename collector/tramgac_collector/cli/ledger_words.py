"""What is said of a host's ledger, in English and Vietnamese."""

from __future__ import annotations

from tramgac_collector.cli.pairs import Pair


class LedgerWord(Pair):
    """A sentence, a heading, or the name of a lane or of what keeps an account from being complete."""

    OPTION_LEDGER = (
        "What became of every event: by incarnation and lane, what was dropped, missed, never came, and why.",
        "Mỗi sự kiện đã đi đâu: theo lần khởi tạo hàng đợi và làn, cái gì bị bỏ, bị sót, không đến, và vì sao.",
    )
    COMPLETE = (
        "Complete as of {as_of}: every event that {name} made is here or waits there.",
        "Đầy đủ tính đến {as_of}: mọi sự kiện {name} sinh ra đều ở đây hoặc đang chờ ở máy đó.",
    )
    UNWATCHED = (
        (
            "Every event that {name} made is here or waits there, as of {as_of}; at times nobody watched, see below: "
            "{unwatched}."
        ),
        (
            "Mọi sự kiện {name} sinh ra đều ở đây hoặc đang chờ ở máy đó, tính đến {as_of}; có lúc không ai theo dõi, "
            "xem bên dưới: {unwatched}."
        ),
    )
    NOT_COMPLETE = (
        "Not complete as of {as_of}: {why}.",
        "Không đầy đủ tính đến {as_of}: {why}.",
    )
    WHY_UNBALANCED = "an account does not balance", "có sổ không cân"
    WHY_DROPPED = "events were dropped", "có sự kiện bị bỏ"
    WHY_GONE = (
        "events that this collector lost when it was put back to a backup are not kept on the host any more",
        "có sự kiện máy thu thập mất khi khôi phục từ bản sao lưu mà máy trạm không còn giữ",
    )
    WHY_GAPS = "events never came", "có sự kiện không đến"
    WHY_MISSED = "events were missed", "có sự kiện bị sót"
    WHY_UNWATCHED = "at times nobody watched", "có lúc không ai theo dõi"
    LANE_URGENT = "urgent", "khẩn"
    LANE_SECURITY = "security", "an ninh"
    LANE_BULK = "bulk", "khối lượng lớn"
    HEAD_EPOCH = "INCARNATION", "LẦN KHỞI TẠO"
    HEAD_LANE = "LANE", "LÀN"
    HEAD_EMITTED = "MADE", "ĐÃ SINH"
    HEAD_ACKED = "STORED", "ĐÃ LƯU"
    HEAD_SPOOLED = "WAITING", "CÒN CHỜ"
    HEAD_DROPPED = "DROPPED", "BỎ"
    HEAD_RESENT = "SENT AGAIN", "GỬI LẠI"
    HEAD_GONE = "GONE", "KHÔNG CÒN GIỮ"
    HEAD_GAPS = "NEVER CAME", "KHÔNG ĐẾN"
    HEAD_SIGNED = "SIGNED UP TO", "ĐÃ KÝ ĐẾN"
    HEAD_AS_OF = "AS OF", "TÍNH ĐẾN"
    HEAD_FIRST = "FROM", "TỪ SỐ"
    HEAD_LAST = "TO", "ĐẾN SỐ"
    HEAD_NOTICED = "NOTICED", "PHÁT HIỆN LÚC"
    HEAD_WHY = "WHY", "VÌ SAO"
    UNBALANCED = "does not balance", "không cân"


def word(prefix: str, name: str) -> str:
    """Give the word for a lane or a reason in the person's language; one that is not known is its own."""
    from tramgac_collector.cli.pairs import say

    known = LedgerWord.__members__.get(f"{prefix}_{name}".upper())
    return name if known is None else say(known)
