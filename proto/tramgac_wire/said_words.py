"""What agent and collector say of themselves, for people, in English and Vietnamese; named like the page's keys."""

from __future__ import annotations

import enum


class Said(enum.Enum):
    """What collector and agent say of themselves: English, Vietnamese; `{name}` is filled in."""

    def __init__(self, en: str, vi: str) -> None:
        """Name the two texts."""
        self.en = en
        self.vi = vi

    SILENT_OPEN = "last heard on {time}; its connection is open", "nghe lần cuối lúc {time}; kết nối vẫn mở"
    SILENT_ENDED = "last heard on {time}; its connection ended", "nghe lần cuối lúc {time}; kết nối đã đứt"
    NOTHING_SINCE = "nothing since, and no last words", "từ đó không gửi gì, cũng không có lời cuối"
    HOSTS_OF_SITE = "{n:host|hosts} of site {site}: {why}", "{n} máy của đơn vị {site}: {why}"
    BLIND = "saw before, sees no longer", "trước thấy, nay không thấy nữa"
    BYTES_AT = "{n:byte|bytes} at offset {offset}", "{n} byte tại vị trí {offset}"
    AT = "at offset {offset}", "tại vị trí {offset}"
    SIGNAL = "it was told to by signal {signal}", "được yêu cầu dừng bằng tín hiệu {signal}"
    SLEEP = "the machine went to sleep", "máy đã chuyển sang chế độ ngủ"
    OWN_ERROR = "after an error of its own", "vì lỗi của chính nó"
    GIVEN_UP = (
        "given up by the agent: its spool was full, too old or torn",
        "tác tử đã bỏ: hàng đợi đĩa đầy, quá cũ hoặc bị rách",
    )
    COLLECTOR_LOST = "lost at the collector, {role}: {why}", "mất tại máy thu thập, {role}: {why}"
    DISK = "disk: {why}", "đĩa: {why}"
    DOES_NOT_LOAD = "it does not load: {why}", "không nạp được: {why}"
    UPDATER_ENDED = "the agent's updater ended with {why}", "trình cập nhật của tác tử kết thúc với {why}"
    CLOCK_AHEAD = (
        "{n} s ahead of the collector's. The times of its events are corrected, but set it (timedatectl set-ntp true)",
        (
            "nhanh hơn máy thu thập {n} giây. Giờ của sự kiện đã được hiệu chỉnh, nhưng hãy chỉnh lại đồng hồ "
            "(timedatectl set-ntp true)"
        ),
    )
    CLOCK_BEHIND = (
        "{n} s behind the collector's. The times of its events are corrected, but set it (timedatectl set-ntp true)",
        (
            "chậm hơn máy thu thập {n} giây. Giờ của sự kiện đã được hiệu chỉnh, nhưng hãy chỉnh lại đồng hồ "
            "(timedatectl set-ntp true)"
        ),
    )
    TWO_AGENTS = (
        (
            "they take turns; the last is {who}. Find the copy (a cloned machine?), remove its identity folder "
            "and enrol it anew"
        ),
        (
            "hai bên luân phiên kết nối; bên gần nhất là {who}. Hãy tìm bản sao (máy được nhân bản?), xoá thư mục "
            "danh tính rồi ghi danh lại"
        ),
    )
    TWO_COLLECTORS = (
        (
            "they take turns; this host came from {who}. One was restored from the other's backup: stop the one that "
            "is not to be"
        ),
        (
            "hai bên luân phiên; máy này vừa rời {who}. Một bên được khôi phục từ bản sao lưu của bên kia: hãy dừng "
            "bên không được dùng"
        ),
    )
    EPOCH_NEW = "the spool was wiped, restored or torn", "hàng đợi đĩa đã bị xoá, khôi phục hoặc rách"
    SEQUENCE_JUMP = (
        "lane {lane}: {first} to {last} are missing, and the agent does not say why",
        "làn {lane}: thiếu từ {first} đến {last} mà tác tử không nói lý do",
    )
    CHAIN_BROKEN = (
        "lane {lane}: other events were here up to {last} (a restored disk, a copied machine, or a forged spool)",
        (
            "làn {lane}: đến số {last} ở đây đã có sự kiện khác (đĩa được khôi phục, máy được sao chép, hoặc hàng "
            "đợi giả mạo)"
        ),
    )
    CHECKPOINT_UNKNOWN = "lane {lane}: nothing is known at {last}", "làn {lane}: không biết gì tại số {last}"
    CHECKPOINT_FORGED = (
        "the checkpoint at {last} is not signed by the host's key",
        "mốc kiểm tại số {last} không do khoá của máy ký",
    )
    TOO_MANY = "more than {n}", "hơn {n}"
    UNKNOWN_MESSAGE = "it was passed over", "đã bỏ qua"
    NOT_PERMITTED = "not permitted; needs root or {rights}", "không được phép; cần root hoặc {rights}"
    NO_LIBBPF = "libbpf.so.1 not found; {install}", "không tìm thấy libbpf.so.1; {install}"
    NO_PROGRAMS = (
        "{path} is missing; build the package again (./dev run)",
        "thiếu {path}; hãy dựng lại gói (./dev run)",
    )
    NO_TYPES = (
        "this kernel tells nothing about its types; needs a kernel with {option}",
        "nhân này không cho biết kiểu dữ liệu của nó; cần nhân có {option}",
    )
    MACHINE = "proven on x86_64 only, not on {machine}", "chỉ được kiểm chứng trên x86_64, không phải trên {machine}"
    RING = "the kernel's buffer cannot be mapped: {why}", "không ánh xạ được bộ đệm nhân: {why}"
    PROGRAMS_GONE = "the kernel programs are not running", "các chương trình trong nhân không chạy"
    KERNEL_REFUSES = "the kernel refuses {what}: {why}", "nhân từ chối {what}: {why}"
    UNATTACHED = "{what} cannot be attached: {why}", "không gắn được {what}: {why}"
    DETACHED = "{what} is not attached any more ({why})", "{what} không còn được gắn ({why})"
    SCOPE_PROCESS = (
        "the scope names a process, and this can be narrowed to a control group only",
        "phạm vi nêu một tiến trình, mà ở đây chỉ thu hẹp được theo nhóm điều khiển (cgroup)",
    )
    SCOPE_CGROUP = (
        "the scope's {path} is in no mounted hierarchy of version 2 ({root})",
        "phạm vi: {path} không thuộc cây cgroup phiên bản 2 nào đang gắn ({root})",
    )
    SCOPE_MOUNT = (
        "the scope names no mount, and fanotify watches whole file systems",
        "phạm vi không nêu điểm gắn nào, mà fanotify theo dõi cả hệ thống tệp",
    )
    SCOPE_FOLDER = "the scope names no folder", "phạm vi không nêu thư mục nào"
    SCOPE_PLACE = "the scope's {path}: {why}", "phạm vi: {path}: {why}"
    NO_FILE_SYSTEM = "no file system here can be watched", "không hệ thống tệp nào ở đây theo dõi được"
    GROUP_GONE = "the notification group is gone: {why}", "nhóm thông báo đã mất: {why}"
    MARKS_GONE = "{n:mark is|marks are} gone", "{n} dấu theo dõi đã mất"
    FOLDERS_LARGE = (
        "no folder with at most {n} directories among {what}",
        "không có thư mục nào có tối đa {n} thư mục con trong số {what}",
    )
    FOLDERS = (
        "folders cannot be watched: {why}; raise fs.inotify.max_user_watches",
        "không theo dõi được thư mục: {why}; hãy tăng fs.inotify.max_user_watches",
    )
    WATCHDOG = "watchdog is not running", "watchdog không chạy"
    WATCHDOG_THREADS = "{n} of watchdog's threads ended", "{n} luồng của watchdog đã kết thúc"
    NO_PROCESSES = "processes cannot be listed: {why}", "không liệt kê được tiến trình: {why}"
    NONE_VISIBLE = "no process is visible", "không thấy tiến trình nào"
    NO_CONNECTIONS = "connections cannot be listed: {why}", "không liệt kê được kết nối: {why}"
    CANARY = "what it did as a test did not come through", "phép thử do chính nó tạo ra không được thấy"
    NO_CANARY = "it could do nothing as a test: {why}", "không tạo được phép thử: {why}"
    ANEW = "was set up anew: {why}", "đã được dựng lại: {why}"
    FAILED = "it failed: {why}", "nó bị lỗi: {why}"
    WATCHED_NOT = (
        "files are watched in {where} alone, not in {left}",
        "chỉ theo dõi tệp trong {where}, không theo dõi {left}",
    )
    WATCHED_ALONE = "files are watched in {where} alone", "chỉ theo dõi tệp trong {where}"
    UNWATCHED_MORE = "files are not watched on {where} and {n} more", "không theo dõi tệp trên {where} và {n} nơi khác"
    UNWATCHED_ON = "files are not watched on {where}", "không theo dõi tệp trên {where}"
    OVER_BUDGET = (
        "over its budget: {n} µs an event, {allowed} are allowed",
        "vượt hạn mức: {n} µs mỗi sự kiện, cho phép {allowed}",
    )
