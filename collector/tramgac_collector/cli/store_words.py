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
    COLD = (
        "Search cold days (Parquet files) in place of the store.",
        "Tìm trong các ngày lạnh (tệp Parquet) thay cho kho.",
    )
    STATUS = (
        "How much is stored, what a day takes, when the disk will be full, which days are cold.",
        "Đã lưu bao nhiêu, mỗi ngày chiếm bao nhiêu, khi nào đĩa đầy, ngày nào là ngày lạnh.",
    )
    STANDS = (
        (
            "{events:event|events} of {days:day|days} in {mib} MiB, measured once an hour; "
            "a day: {a_day:event|events}, {day_mib} MiB; {free} MiB free. {left}"
        ),
        (
            "{events} sự kiện, {days} ngày, {mib} MiB, đo mỗi giờ một lần; "
            "mỗi ngày {a_day} sự kiện, {day_mib} MiB; còn {free} MiB. {left}"
        ),
    )
    ENOUGH = "That is enough for as long as events are kept.", "Đủ cho thời hạn lưu."
    LEFT = "The disk is full in about {days:day|days}.", "Đĩa sẽ đầy sau khoảng {days} ngày."
    UNMEASURED = (
        "The store has not been measured yet; it is within a minute after its start.",
        "Kho chưa được đo; việc này diễn ra trong vòng một phút sau khi khởi động.",
    )
    DDL = (
        "Print the event store's tables for a ClickHouse cluster, as SQL.",
        "In các bảng của kho sự kiện cho cụm ClickHouse, dạng SQL.",
    )
    CLUSTER = "The cluster's name in the servers' settings.", "Tên cụm trong cấu hình máy chủ."
    HOLDS = "List legal holds, those that stand first.", "Liệt kê lệnh giữ dữ liệu, lệnh đang hiệu lực trước."
    HOLD = (
        "Keep events of a host for the law, however old they grow, until the hold is released.",
        "Giữ sự kiện của một máy theo yêu cầu pháp lý, dù cũ đến đâu, cho đến khi gỡ lệnh giữ.",
    )
    RELEASE = "Take a legal hold back.", "Gỡ một lệnh giữ."
    HOLD_NUMBER = "The hold's number, as `tramgac store holds` shows it.", "Số của lệnh giữ, như `tramgac store holds`."
    HOLD_WHY = "Why, for the audit trail.", "Lý do, ghi vào nhật ký kiểm toán."
    HOLD_SINCE = "Only events that happened not before this.", "Chỉ sự kiện xảy ra không trước lúc này."
    HOLD_UNTIL = "Only events that happened before this.", "Chỉ sự kiện xảy ra trước lúc này."
    HELD = "Hold {id} stands: events of {host} stay.", "Lệnh giữ {id} có hiệu lực: sự kiện của {host} được giữ lại."
    RELEASED = "Hold {id} is released.", "Đã gỡ lệnh giữ {id}."
    NO_HOLDS = "No legal holds.", "Không có lệnh giữ nào."
    STANDING = "stands", "đang hiệu lực"
    HOURS = (
        "Events by hour and kind, of the last seven days.",
        "Số sự kiện theo giờ và loại, trong bảy ngày qua.",
    )


class StoreHead(Pair):
    """A column's heading."""

    HOUR = "HOUR", "GIỜ"
    DAY = "COLD DAY", "NGÀY LẠNH"
    MIB = "SIZE (MiB)", "CỠ (MiB)"
    RELEASED = "RELEASED", "GỠ LÚC"
    WHY = "WHY", "LÝ DO"
