"""What `tramgac collector doctor` says of what it looked at."""

from __future__ import annotations

from tramgac_collector.cli.pairs import Pair


class Seen(Pair):
    """What was seen, and how to mend it where it is not well."""

    MODE = (
        "{root} has mode {mode}: others can read it; chmod 0700 it",
        "{root} có quyền {mode}: người khác đọc được; hãy chmod 0700",
    )
    FREE = "{free} MiB free", "còn trống {free} MiB"
    DISK_LOW = (
        (
            "{free} MiB free; below {low} MiB agents hold back what is not urgent, below {least} MiB events are "
            "refused: make room"
        ),
        (
            "còn trống {free} MiB; dưới {low} MiB thì tác tử giữ lại những gì không khẩn, dưới {least} MiB thì sự kiện "
            "bị từ chối: hãy dọn bớt"
        ),
    )
    DISK_FULL = (
        "{free} MiB free; events are refused below {least} MiB: make room",
        "còn trống {free} MiB; dưới {least} MiB thì sự kiện bị từ chối: hãy dọn bớt",
    )
    ROOM_ENOUGH = (
        "events take {a_day} MiB a day; there is room for as long as they are kept",
        "sự kiện chiếm {a_day} MiB mỗi ngày; đủ chỗ cho thời hạn lưu",
    )
    ROOM_LASTS = (
        "events take {a_day} MiB a day; the disk is full in about {days:day|days}",
        "sự kiện chiếm {a_day} MiB mỗi ngày; đĩa sẽ đầy sau khoảng {days} ngày",
    )
    ROOM_ENDS = (
        (
            "events take {a_day} MiB a day; the disk is full in about {days:day|days}: make room, set "
            "cold_after_days and "
            "carry cold/ away, or keep events for less time (retention_days, retention_kinds)"
        ),
        (
            "sự kiện chiếm {a_day} MiB mỗi ngày; đĩa sẽ đầy sau khoảng {days} ngày: hãy thêm chỗ, đặt cold_after_days "
            "rồi chuyển cold/ đi nơi khác, hoặc giảm thời hạn lưu (retention_days, retention_kinds)"
        ),
    )
    NO_HOLES = "no holes", "không có lỗ hổng"
    HOLE = (
        "{consumer} never read records {first} to {last} ({reason})",
        "{consumer} không đọc được bản ghi {first} đến {last} ({reason})",
    )
    HOLES = (
        (
            "{told}: look at the disk (record_unknown: was a newer version here?); whose events they were stands as "
            "gaps with the hosts, what bytes stood there lies beside; then remove {place}"
        ),
        (
            "{told}: hãy xem lại đĩa (record_unknown: phiên bản mới hơn đã chạy ở đây?); sự kiện của máy nào bị thiếu "
            "được ghi là khoảng trống ở máy đó, dữ liệu thô nằm bên cạnh; sau đó hãy xóa {place}"
        ),
    )
    WHY_LOG_TRIMMED = "log_trimmed: the log was cut before it was read", "log_trimmed: nhật ký bị cắt trước khi đọc"
    WHY_LOG_DAMAGED = (
        "log_damaged: the disk does not give what was written",
        "log_damaged: đĩa không trả lại đúng dữ liệu",
    )
    WHY_RECORD_UNKNOWN = "record_unknown: of no type known here", "record_unknown: loại bản ghi không biết"
    NOTHING_ASIDE = "nothing", "không có gì"
    ASIDE = (
        "batches not digested whole: {count}; the .txt beside each says why; then remove {place}",
        "lô không xử lý trọn: {count}; tệp .txt bên cạnh nói rõ vì sao; sau đó hãy xóa {place}",
    )
    CONFINED = "YARA's child is confined by: {held}", "tiến trình con YARA bị giới hạn bởi: {held}"
    LESS_CONFINED = (
        (
            "YARA's child is confined by: {held}; missing: {missing}; network wants root or user namespaces, "
            "user wants root with CAP_SETUID and CAP_SETGID"
        ),
        (
            "tiến trình con YARA bị giới hạn bởi: {held}; thiếu: {missing}; network cần root hoặc user namespace, "
            "user cần root với CAP_SETUID và CAP_SETGID"
        ),
    )
    NO_LENS = (
        "YARA's child cannot be started: {why}",
        "không khởi động được tiến trình con YARA: {why}",
    )
    NO_CERTIFICATE = "{path}: {why}; restore it from a backup", "{path}: {why}; hãy khôi phục từ bản sao lưu"
    CERTIFICATE = "good until {day}", "có hiệu lực đến {day}"
    CERTIFICATE_ENDS = "good until {day}; renew it", "có hiệu lực đến {day}; hãy gia hạn"
    ROLE = "pid {pid}", "đang chạy, pid {pid}"
    NO_ROLE = (
        "not running; see {log}, start with: tramgac collector run --state {state}",
        "không chạy; xem {log}, khởi động bằng: tramgac collector run --state {state}",
    )
    ROLE_STARTS = (
        "not ready: the collector is starting or ending, or this role died; see {log}",
        "chưa sẵn sàng: máy thu thập đang khởi động hoặc đang dừng, hoặc vai trò này đã chết; xem {log}",
    )
    ANSWERS = "answers on {socket}", "trả lời trên {socket}"
    EVENTS = "{count:event|events}", "{count} sự kiện"
    NO_RULES = (
        (
            "none are in force, so nothing is detected: tramgac rules own (ours, to begin with), tramgac rules sign, "
            "tramgac rules push"
        ),
        (
            "chưa có luật nào có hiệu lực nên không phát hiện được gì: tramgac rules own (luật có sẵn để bắt đầu), "
            "tramgac rules sign, tramgac rules push"
        ),
    )
    NONE_PARKED = "all are evaluated", "tất cả đều được xét"
    PARKED = (
        "parked, so not evaluated: {told}; mend them, or try again: tramgac rules state RULE default --why TEXT",
        "tạm dừng, nên không được xét: {told}; hãy sửa luật, hoặc thử lại: tramgac rules state RULE default --why TEXT",
    )


class Running(Pair):
    """What was seen of a collector that runs."""

    AHEAD = "ahead of", "chạy nhanh hơn"
    BEHIND = "behind", "chạy chậm hơn"
    OUR_CLOCK = (
        (
            "the clocks of {alike} of {hosts:host|hosts} are {seconds} s {side} this machine's and agree with each "
            "other: this machine's is wrong; set it (timedatectl set-ntp true). Event times are by it until then"
        ),
        (
            "đồng hồ của {alike}/{hosts} máy trạm {side} máy này {seconds} giây và khớp nhau: đồng hồ máy này sai; hãy "
            "chỉnh lại (timedatectl set-ntp true). Thời gian của sự kiện tính theo đồng hồ này cho đến khi được chỉnh"
        ),
    )
    CLOCKS = (
        "the middle one of {hosts:host's|hosts'} clocks is {seconds} s {side} ours",
        "đồng hồ trung vị của {hosts} máy trạm {side} máy này {seconds} giây",
    )
    NO_CLOCKS = "no host to compare with", "chưa có máy trạm nào để so"
    DATABASE = "{kind}, {hosts:host|hosts}", "{kind}, {hosts} máy trạm"
    SMALL_DATABASE = (
        (
            "{hosts:host|hosts} on SQLite, which has one writer: move to PostgreSQL (database_url in collector.toml; "
            "a new"
            " installation that the hosts enrol with)"
        ),
        (
            "{hosts} máy trạm trên SQLite, vốn chỉ có một tiến trình ghi: hãy chuyển sang PostgreSQL (database_url"
            " trong collector.toml; cài đặt mới rồi ghi danh lại các máy)"
        ),
    )
    NOT_KEPT = (
        "no time service keeps this machine's clock: timedatectl set-ntp true",
        "không có dịch vụ giờ nào giữ đồng hồ máy này: timedatectl set-ntp true",
    )
    PORT = "{host}:{port} answers", "{host}:{port} có trả lời"
    PORT_SHUT = (
        "{host}:{port} does not answer ({why}): see the role's log, and this machine's packet filter",
        "{host}:{port} không trả lời ({why}): hãy xem nhật ký của vai trò và tường lửa của máy này",
    )
    FIREWALLED = (
        "new connections of one address to {ports} are bounded",
        "số kết nối mới từ một địa chỉ tới {ports} được giới hạn",
    )
    NO_FIREWALL = (
        (
            "no rule of ours bounds how often one address connects to {ports}, and each handshake costs the gateway: "
            "if no other firewall does it, as root: tramgac collector firewall --state {state} | nft -f -"
        ),
        (
            "không có luật nào của ta giới hạn số kết nối mới từ một địa chỉ tới {ports}, mà mỗi lần bắt tay đều tốn "
            "sức gateway: nếu không có tường lửa khác làm việc này, hãy chạy với quyền root: "
            "tramgac collector firewall --state {state} | nft -f -"
        ),
    )
    FIREWALL_UNSEEN = (
        (
            "cannot look whether new connections to {ports} are bounded (nft: {why}); if nothing does it, as root: "
            "tramgac collector firewall --state {state} | nft -f -"
        ),
        (
            "không xem được kết nối mới tới {ports} có bị giới hạn không (nft: {why}); nếu chưa có, hãy chạy với quyền "
            "root: tramgac collector firewall --state {state} | nft -f -"
        ),
    )
    CAME = (
        "{ago} ago; {connected:host is|hosts are} connected",
        "{ago} trước; {connected} máy đang kết nối",
    )
    QUIET = (
        (
            "{ago} ago, though {connected:host is connected and says|hosts are connected and say} something each "
            "minute: see {log}"
        ),
        "{ago} trước, dù {connected} máy đang kết nối và mỗi phút đều gửi: hãy xem {log}",
    )
    NOTHING_CAME = (
        "nothing came yet; {connected:host is|hosts are} connected",
        "chưa có gì; {connected} máy đang kết nối",
    )
    UP_TO_DATE = "nothing waits", "không có gì đang chờ"
    NEAR = "{records:batch waits|batches wait}, the oldest for {ago}", "{records} lô đang chờ, lô cũ nhất đã {ago}"
    STORE_BEHIND = (
        (
            "{records:batch waits|batches wait} (~{mib} MiB), the oldest for {ago}: searches miss the newest; is the "
            "disk slow "
            "or the engine's memory too small (engine_memory_bytes)? See {log}"
        ),
        (
            "{records} lô (khoảng {mib} MiB) đang chờ, lô cũ nhất đã {ago}: tìm kiếm thiếu phần mới nhất; đĩa chậm, "
            "hay bộ nhớ của kho quá nhỏ (engine_memory_bytes)? Xem {log}"
        ),
    )
    JUDGE_BEHIND = (
        (
            "{records:batch waits|batches wait} (about {mib} MiB), the oldest for {ago}: alerts come late; `tramgac "
            "rules costs` "
            "names dear rules. See {log}"
        ),
        (
            "{records} lô (khoảng {mib} MiB) đang chờ, lô cũ nhất đã {ago}: cảnh báo đến muộn; `tramgac rules costs` "
            "nêu luật tốn kém. Xem {log}"
        ),
    )
    LOOP = "of late at most {ms} ms behind", "gần đây chậm nhất {ms} ms"
    LOOP_LATE = (
        "{ms} ms late: agents wait so long for an acknowledgement; is the machine small, or its disk slow? See {log}",
        "chậm {ms} ms: tác tử phải chờ xác nhận lâu như vậy; máy quá yếu, hay đĩa chậm? Xem {log}",
    )
    NOBODY_TOLD = (
        "nobody is told of alerts: write {path} (docs/operating.md), `tramgac notify check`",
        "không ai được báo cảnh báo: hãy viết {path} (docs/operating.md), `tramgac notify check`",
    )
    TOLD = "{names}: {alerts:alert was|alerts were} told", "{names}: đã báo {alerts} cảnh báo"
    GIVEN_UP = (
        (
            "{count:alert was|alerts were} given up for {name} ({why}): mend it, `tramgac notify test {name}`, then "
            "`tramgac notify retry {name}` or forget {name}"
        ),
        (
            "{count} cảnh báo đã bỏ cuộc ở kênh {name} ({why}): hãy sửa, `tramgac notify test {name}`, rồi "
            "`tramgac notify retry {name}` hoặc forget {name}"
        ),
    )
    PARTLY = (
        "{name} took the last message in part ({why}): correct notify.toml",
        "{name} chỉ nhận một phần thông báo gần nhất ({why}): hãy sửa notify.toml",
    )
    NO_CHANNEL = (
        "{count:alert waits|alerts wait} for {name}, which notify.toml has no more",
        "{count} cảnh báo chờ kênh {name}, kênh không còn trong notify.toml",
    )
    LATE = (
        "{count:alert waits|alerts wait} for {name} since {since} ({why}): `tramgac notify test {name}`",
        "{count} cảnh báo chờ kênh {name} từ {since} ({why}): `tramgac notify test {name}`",
    )
    NOT_EXPORTED = (
        "{name} does not take what it is given ({why}); {behind} wait",
        "{name} không nhận dữ liệu ({why}); {behind} đang chờ",
    )
    EXPORTED = "{names}: taken as it comes", "{names}: nhận bình thường"
    NO_BACKUP = (
        "none was taken yet: tramgac collector backup --to PATH",
        "chưa có bản nào: tramgac collector backup --to PATH",
    )
    BACKUP = "taken {ago} ago", "tạo {ago} trước"
    BACKUP_OLD = (
        "the newest was taken {ago} ago: tramgac collector backup --to PATH, once a week at least",
        "bản mới nhất tạo {ago} trước: tramgac collector backup --to PATH, ít nhất mỗi tuần một lần",
    )
    BACKUP_UNREADABLE = (
        "{path} cannot be read ({why}): remove it and take a backup",
        "không đọc được {path} ({why}): hãy xóa tệp và tạo bản sao lưu",
    )
