"""What doctor says: a sentence for each finding, with advice, in both languages."""

from __future__ import annotations

from typing import Final

from tramgac_agent.status import Life
from tramgac_agent.words import Text

ENROL: Final = Text("run `{enrol}`", "hãy chạy `{enrol}`")
START: Final = Text(
    "start it: `{run}`, or `systemctl start tramgac-sensor tramgac-uplink`",
    "hãy khởi động: `{run}`, hoặc `systemctl start tramgac-sensor tramgac-uplink`",
)
IDENTITY: Final = Text("host {host}", "máy {host}")
OPEN_KEY: Final = Text("the private key {path} can be read by others", "khoá riêng {path} bị người khác đọc được")
CLOSE_KEY: Final = Text(
    "run `chmod 600 {path}`; if it was copied, enrol anew",
    "chạy `chmod 600 {path}`; nếu đã bị sao chép, hãy ghi danh lại",
)
CERTIFICATE: Final = Text("ends in {days:.1f} days", "còn hiệu lực {days:.1f} ngày")
CERTIFICATE_OVER: Final = Text("ended {days:.1f} days ago", "đã hết hạn {days:.1f} ngày")
RENEWAL: Final = Text(
    "it is renewed by itself while the link works; see link. Once it has ended, enrol again",
    "chứng thư tự gia hạn khi có kết nối; xem mục link. Nếu đã hết hạn, hãy ghi danh lại",
)
CLOCK: Final = Text("differs from the collector's by {seconds:.1f} s", "lệch so với máy thu thập {seconds:.1f} giây")
CLOCK_UNKNOWN: Final = Text("not measured yet", "chưa đo được")
UNKNOWN: Final = Text("unknown: {why}", "chưa rõ: {why}")
SET_CLOCK: Final = Text(
    "set it (`timedatectl set-ntp true`); events are corrected meanwhile",
    "hãy chỉnh giờ (`timedatectl set-ntp true`); trong khi đó sự kiện vẫn được hiệu chỉnh",
)
LINK: Final = Text("connected to {collector}", "đã kết nối tới {collector}")
LINK_DOWN: Final = Text("{state}: {reason}", "{state}: {reason}")
LIFE: Final = {
    Life.NEVER: Text("it does not run", "không chạy"),
    Life.STOPPED: Text("stopped at {at}", "đã dừng lúc {at}"),
    Life.KILLED: Text("ended without a word, last heard of at {at}", "đã kết thúc đột ngột, lần cuối có tin lúc {at}"),
    Life.SILENT: Text("process {pid} says nothing since {at}", "tiến trình {pid} im lặng từ {at}"),
}
HANGS: Final = Text(
    "it hangs: end process {pid} (kill -9); what started it starts it again",
    "nó bị treo: hãy kết thúc tiến trình {pid} (kill -9); dịch vụ khởi động nó sẽ chạy lại",
)
DISK: Final = Text("{free} MiB free at {path}", "còn trống {free} MiB tại {path}")
DISK_ADVICE: Final = Text(
    "make room: below {least} MiB events may be given up, and what the checks below say may be old",
    "hãy dọn đĩa: dưới {least} MiB sự kiện có thể bị bỏ, và những mục kiểm tra bên dưới có thể đã cũ",
)
NO_STATUS: Final = Text(
    "it may run and find no room to say so: see disk", "có thể nó vẫn chạy nhưng không còn chỗ để ghi: xem mục disk"
)
NO_BATCH: Final = Text("{count:time|times} no batch could be made of what waits", "{count} lần không tạo được lô gửi")
NETWORK: Final = Text(
    "check the way to {collector}; what waits is kept in the spool and sent when the link is back",
    "hãy kiểm tra đường tới {collector}; dữ liệu được giữ trong hàng đợi và gửi khi có lại kết nối",
)
FULL: Final = Text(
    "the collector refuses events: its disk is full (it said so last at {at})",
    "máy thu thập từ chối sự kiện: đĩa của nó đã đầy (báo lần cuối lúc {at})",
)
HELD: Final = Text(
    "the collector asks to hold back all but what is urgent, until {at} (it does while its disk is nearly full)",
    "máy thu thập yêu cầu giữ lại mọi thứ không khẩn, đến {at} (thường vì đĩa của nó sắp đầy)",
)
HELD_ADVICE: Final = Text(
    "make room on the collector; what waits is kept in the spool here and sent then",
    "hãy dọn đĩa của máy thu thập; dữ liệu được giữ trong hàng đợi ở đây và sẽ gửi sau",
)
REPLACED: Final = Text(
    "two agents run with this host's identity (last seen {ago:.0f} min ago)",
    "có hai tác tử dùng chung danh tính máy này (lần cuối {ago:.0f} phút trước)",
)
REPLACED_ADVICE: Final = Text(
    "find the copy (a cloned machine?) and enrol it anew: remove its identity folder first",
    "hãy tìm bản sao (máy bị nhân bản?) và ghi danh lại nó: trước hết xoá thư mục identity của nó",
)
TURNS: Final = Text(
    "two collectors with one identity take turns (last {ago:.0f} min ago)",
    "có hai máy thu thập dùng chung danh tính luân phiên nhau (lần cuối {ago:.0f} phút trước)",
)
TURNS_ADVICE: Final = Text(
    "one was restored from the other's backup: tell the administrator, who stops the one that is not to be",
    "một máy được khôi phục từ bản sao lưu của máy kia: hãy báo quản trị viên để dừng máy không được dùng",
)
REVOKED: Final = Text("the collector has revoked this host", "máy thu thập đã thu hồi máy này")
REVOKED_ADVICE: Final = Text(
    "ask the collector's administrator, who may let it back: tramgac hosts allow HOST",
    "hãy hỏi quản trị viên máy thu thập; người đó có thể cho phép lại: tramgac hosts allow MÁY",
)
SPOOL: Final = Text(
    "{bytes} of {cap} bytes, {kept} of them acknowledged and kept a while; waiting {waiting}, given up {dropped}",
    "{bytes} trên {cap} byte, trong đó {kept} byte đã được xác nhận và còn giữ; đang chờ {waiting}, đã bỏ {dropped}",
)
SPOOL_AGAIN: Final = Text(
    "sent again to a collector that was restored: {resent}, no longer kept: {gone}",
    "đã gửi lại cho bộ thu được khôi phục: {resent}, không còn giữ: {gone}",
)
SPOOL_DISK: Final = Text(
    "free some disk, or see to its health where it damages files; the oldest of the lowest lane goes first",
    "hãy giải phóng đĩa, hoặc kiểm tra đĩa nếu tệp bị hỏng; mục cũ nhất của làn thấp nhất bị bỏ trước",
)
SPOOL_BOOKS: Final = Text("its books do not balance: please report this", "sổ sách không khớp: xin hãy báo lỗi này")
SENSOR: Final = Text("{rung}: {state}", "{rung}: {state}")
SENSOR_NONE: Final = Text("no sensor reports", "không có cảm biến nào báo cáo")
SENSOR_ADVICE: Final = Text("this is not seen now; see why", "hiện không quan sát được; xem lý do")
LENS: Final = Text(
    "{rules} YARA files, in a child confined by: {held}",
    "{rules} tệp YARA, trong tiến trình con bị giới hạn bởi: {held}",
)
LENS_TROUBLE: Final = Text("the newest YARA rules are not in use: {what}", "luật YARA mới nhất không được dùng: {what}")
LENS_ADVICE: Final = Text(
    "files that are written are not judged by them; have the author mend and push again, or see what is said",
    "tệp mới ghi không được chúng xét; hãy nhờ tác giả sửa và đẩy lại, hoặc xem lời báo",
)
LENS_MISSING: Final = Text(
    "YARA runs in a child confined by: {held}; missing: {missing}",
    "YARA chạy trong tiến trình con bị giới hạn bởi: {held}; thiếu: {missing}",
)
LENS_MISSING_ADVICE: Final = Text(
    "user: run as root with CAP_SETUID, CAP_SETGID, CAP_KILL (`{install}` gives them); network: allow "
    "unprivileged user namespaces, or run as root",
    "user: chạy bằng root với CAP_SETUID, CAP_SETGID, CAP_KILL (`{install}` cấp sẵn); network: cho phép "
    "user namespace không đặc quyền, hoặc chạy bằng root",
)
PARKED: Final = Text(
    "{count:rule costs too much here and is parked; its|rules cost too much here and are parked; their} alerts come "
    "all the same, some a little later: {rules}",
    "{count} luật tốn quá nhiều ở đây nên tạm dừng; cảnh báo vẫn đến, có khi chậm hơn một chút: {rules}",
)
PARKED_ADVICE: Final = Text(
    "nothing has to be done here; rule_budget_us in config.toml says what a rule may cost",
    "không cần làm gì ở đây; rule_budget_us trong config.toml cho biết một luật được tốn bao nhiêu",
)
LEFT_OUT: Final = Text(
    "since its start: {unhashed:program or script|programs and scripts} without a hash, {unscanned} not looked at by "
    "YARA rules of this host; {ownerless:change or connection|changes and connections} without a process; "
    "{failures:event|events} on which a rule failed",
    "từ khi khởi động: {unhashed} chương trình và tập lệnh không có mã băm, {unscanned} không được luật YARA của máy "
    "này xem; {ownerless} thay đổi và kết nối không rõ tiến trình; {failures} sự kiện mà một luật bị lỗi",
)
LEFT_OUT_ADVICE: Final = Text(
    "such an event reaches the collector, later than it should: tell the author of the rule; the first is in the log",
    "sự kiện đó vẫn tới máy thu thập nhưng chậm hơn: hãy báo tác giả luật, lỗi đầu tiên có trong nhật ký",
)
CONTENT: Final = Text("bundle {version} in force", "gói {version} đang dùng")
CONTENT_ON_DISK: Final = Text(
    "bundle {version} on disk, in force as soon as it runs", "gói {version} trên đĩa, có hiệu lực khi chạy"
)
CONTENT_NONE: Final = Text("no bundle yet", "chưa có gói nào")
CONTENT_UNPINNED: Final = Text(
    "; its root was taken from the collector, not from a ticket",
    "; gốc tin cậy lấy từ máy thu thập, không phải từ phiếu",
)
CONTENT_UNLOADED: Final = Text(
    "; the one on the disk does not load ({what}), so no rule is judged here",
    "; gói trên đĩa không nạp được ({what}) nên ở đây chưa có luật nào được xét",
)
CONTENT_REFUSED: Final = Text("; refused {what}", "; từ chối {what}")
CONTENT_ADVICE: Final = Text(
    "the last good bundle, if any, stays in force; have the author sign and push again",
    "gói tốt gần nhất (nếu có) vẫn được dùng; hãy nhờ tác giả ký và đẩy lại",
)
PARTS: Final = Text(
    "{part}: restarted {restarts:time|times}, last end {last}",
    "{part}: khởi động lại {restarts} lần, lần kết thúc cuối {last}",
)
PARTS_ADVICE: Final = Text("see the agent's log for why", "xem nhật ký của tác tử để biết lý do")
