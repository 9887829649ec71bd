"""What `tramgac store` says, in English and Vietnamese."""

from __future__ import annotations

from tramgac_collector.cli.pairs import Pair


class StoreWord(Pair):
    """One sentence: English, Vietnamese. `{name}` stands for a parameter."""

    ABOUT = (
        "How common values are, events by hour, how long events are kept, how much room there is.",
        "Độ phổ biến của giá trị, sự kiện theo giờ, thời hạn lưu, dung lượng còn lại.",
    )
    PREVALENCE = (
        "How many events and hosts have a value, when it was first and last seen; without a value, the rarest ones.",
        "Bao nhiêu sự kiện và máy có một giá trị, thấy lần đầu, lần cuối khi nào; không nêu thì liệt kê giá trị hiếm.",
    )
    FIELD = (
        "process.executable, process.hash.sha256, file.hash.sha256 or destination.ip.",
        "process.executable, process.hash.sha256, file.hash.sha256 hoặc destination.ip.",
    )
    VALUE = "The value, as it is stored.", "Giá trị, đúng như đã lưu."
    PARENT = "Of a program: only where this one started it.", "Với chương trình: chỉ khi do chương trình này khởi chạy."
    LIMIT = "At most so many, the rarest.", "Nhiều nhất chừng này, hiếm nhất trước."
    HOURS = (
        "Events by hour and kind, of the last seven days.",
        "Số sự kiện theo giờ và loại, trong bảy ngày qua.",
    )


class StoreHead(Pair):
    """A column's heading."""

    HOUR = "HOUR", "GIỜ"
    DAY = "DAY", "NGÀY"
    BYTES = "MIB", "MIB"
    WHERE = "WHERE", "NƠI LƯU"
    SINCE = "FROM", "TỪ"
    BY = "BY", "NGƯỜI ĐẶT"
    WHY = "WHY", "LÝ DO"
