"""What is said of backups at a terminal, in English and Vietnamese."""

from __future__ import annotations

from tramgac_collector.pairs import Pair


class BackupWord(Pair):
    """One sentence: English, Vietnamese. `{name}` stands for a parameter."""

    NO_RECIPIENT = (
        (
            "The keys go into a backup only encrypted: give --recipient FILE, made by `tramgac collector backup-key` "
            "on another machine. --plain-keys leaves them readable to whoever has the backup."
        ),
        (
            "Khóa chỉ được đưa vào bản sao lưu khi đã mã hóa: hãy dùng --recipient TỆP, tạo bằng `tramgac collector "
            "backup-key` trên máy khác. --plain-keys để khóa đọc được bởi bất kỳ ai có bản sao lưu."
        ),
    )
    BAD_KEY_FILE = "{file}: {why}", "{file}: {why}"
    NO_RECIPIENT_LINE = (
        "no line begins with {prefix}; is it the file that `tramgac collector backup-key` wrote?",
        "không có dòng nào bắt đầu bằng {prefix}; có phải tệp do `tramgac collector backup-key` ghi không?",
    )
    KEY_DAMAGED = "the key in it is damaged", "khóa trong tệp bị hỏng"
    WRONG_IDENTITY = (
        (
            "The keys in this backup are encrypted to another recipient ({recipient}), or were damaged: give the "
            "--identity that belongs to it."
        ),
        (
            "Khóa trong bản sao lưu này được mã hóa cho người nhận khác ({recipient}), hoặc bị hỏng: hãy dùng đúng "
            "--identity."
        ),
    )
    IDENTITY_WANTED = (
        "The keys in this backup are encrypted to {recipient}: give --identity FILE.",
        "Khóa trong bản sao lưu này được mã hóa cho {recipient}: hãy dùng --identity TỆP.",
    )
    KEY_THERE = "{file} is there already; choose another name", "{file} đã có; hãy chọn tên khác"
    TARGET_THERE = (
        "{target} is there already; a backup gets a name of its own",
        "{target} đã có; mỗi bản sao lưu cần tên riêng",
    )
    TARGET_INSIDE = (
        "{target} lies in the state directory {root}; a backup belongs on another disk",
        "{target} nằm trong thư mục trạng thái {root}; bản sao lưu phải ở đĩa khác",
    )
    TARGET_FULL = (
        (
            "No room at {target}: {need} MiB are still to be copied, {free} MiB are free. Make room and give the same "
            "command again: it goes on from what is in {part}. There is no backup named {target}."
        ),
        (
            "Hết chỗ ở {target}: còn phải chép {need} MiB, còn trống {free} MiB. Hãy dọn chỗ rồi chạy lại đúng lệnh "
            "này: việc chép tiếp tục từ {part}. Chưa có bản sao lưu nào tên {target}."
        ),
    )
    RUNS_ALREADY = (
        "another backup of {root} is being taken; wait for it, or end it",
        "một bản sao lưu khác của {root} đang được tạo; hãy chờ hoặc dừng nó",
    )
    ENGINE_AWAY = (
        (
            "the collector runs and its event store does not answer ({why}): `tramgac collector doctor` says why; or "
            "end the collector and take the backup then"
        ),
        (
            "máy thu thập đang chạy nhưng kho sự kiện không trả lời ({why}): xem `tramgac collector doctor`; hoặc dừng "
            "máy thu thập rồi sao lưu"
        ),
    )
    STARTED_MEANWHILE = (
        "the collector was started while a backup of it was taken; give the command again",
        "máy thu thập được khởi động trong lúc đang sao lưu; hãy chạy lại lệnh",
    )
    CONTROL_AWAY = (
        "the control database cannot be read: {why}",
        "không đọc được cơ sở dữ liệu điều khiển: {why}",
    )
    NOT_A_BACKUP = "{place} is no backup: {why}", "{place} không phải bản sao lưu: {why}"
    UNFINISHED = (
        "{place} is no backup yet: taking it did not finish; give `tramgac collector backup` again",
        "{place} chưa phải bản sao lưu: việc tạo chưa xong; hãy chạy lại `tramgac collector backup`",
    )
    NEWER = (
        "it was made by a newer version ({version}); install that here first",
        "được tạo bởi phiên bản mới hơn ({version}); hãy cài phiên bản đó trước",
    )
    BAD_SIGNATURE = (
        "its list of parts is not signed by the collector that it names: it was altered",
        "danh sách phần không được ký bởi máy thu thập có tên trong đó: đã bị sửa",
    )
    BAD_PARTS = (
        "{place} is not as it was made; nothing was restored from it. {parts}",
        "{place} không còn như khi được tạo; chưa khôi phục gì từ đó. {parts}",
    )
    PART_MISSING = "{path} is missing.", "Thiếu {path}."
    PART_SHORT = "{path} has {size} bytes, {wanted} belong there.", "{path} có {size} byte, lẽ ra {wanted}."
    PART_ALTERED = "{path} was altered.", "{path} đã bị sửa."
    PART_FOREIGN = "{path} does not belong to it.", "{path} không thuộc bản sao lưu."
    AND_MORE = "{count} more.", "Và {count} phần nữa."
    NOT_EMPTY = (
        "{root} is not empty ({names}): a backup is restored into an empty folder or a new one only",
        "{root} không trống ({names}): chỉ khôi phục vào thư mục trống hoặc mới",
    )
    DATABASE_NOT_EMPTY = (
        (
            "the control database at {place} holds tables already: make an empty one, and name it in "
            "TRAMGAC_COLLECTOR_DATABASE_URL if it is another than the backup's"
        ),
        (
            "cơ sở dữ liệu điều khiển tại {place} đã có bảng: hãy tạo một cơ sở trống, và nêu trong "
            "TRAMGAC_COLLECTOR_DATABASE_URL nếu khác với bản sao lưu"
        ),
    )
    OTHER_DATABASE = (
        "the backup holds a control database of {held}, and the settings name one of {wanted}",
        "bản sao lưu chứa cơ sở dữ liệu {held}, còn cấu hình dùng {wanted}",
    )
