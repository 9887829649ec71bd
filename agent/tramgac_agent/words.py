"""The command line's sentences, in English and Vietnamese, by the locale (LC_ALL, LC_MESSAGES, LANG)."""

from __future__ import annotations

import os
from dataclasses import dataclass

from tramgac_wire.counted import fill


def vietnamese(environment: os._Environ[str] | dict[str, str] = os.environ) -> bool:
    """The person at this terminal reads Vietnamese."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if value := environment.get(name):
            return value.lower().startswith("vi")
    return False


@dataclass(frozen=True, slots=True)
class Text:
    """One sentence in both languages, with places for values in braces."""

    en: str
    vi: str

    def say(self, **values: object) -> str:
        """The sentence in the reader's language."""
        return fill(self.vi if vietnamese() else self.en, values)


ENROLLED = Text(
    "Enrolled: this host is {host}. Start the agent with `{run}` or `{install}`.",
    "Đã ghi danh: máy này là {host}. Khởi động tác tử bằng `{run}` hoặc `{install}`.",
)
ALREADY = Text(
    "This host is enrolled already as {host} ({path}). To enrol it anew, remove that folder first.",
    "Máy này đã ghi danh với mã {host} ({path}). Muốn ghi danh lại, hãy xoá thư mục đó trước.",
)
NO_ROOM = Text(
    "Nothing can be kept in {path}: {why}. The ticket was not used: make room there, run as its owner or choose "
    "another folder with --state, and enrol again.",
    "Không lưu được gì vào {path}: {why}. Phiếu chưa bị dùng: hãy dọn chỗ, chạy bằng chủ của thư mục hoặc chọn thư mục "
    "khác bằng --state, rồi ghi danh lại.",
)
NOT_TICKET = Text("The ticket cannot be used: {why}.", "Không dùng được phiếu: {why}.")
TICKET_FILE = Text(
    "{path}: {why}; give --ticket with the ticket's text (it begins with tramgac1.), a file that holds it, or - to "
    "read it from standard input",
    "{path}: {why}; dùng --ticket kèm nội dung phiếu (bắt đầu bằng tramgac1.), tên tệp chứa phiếu, hoặc - để đọc từ "
    "đầu vào chuẩn",
)
TICKET_WHY = {
    "foreign": Text(
        "it is none: one begins with tramgac1.; copy the whole line",
        "đó không phải phiếu: phiếu bắt đầu bằng tramgac1.; hãy chép nguyên cả dòng",
    ),
    "damaged": Text(
        "it was cut or changed on its way; copy the whole line again",
        "phiếu bị cắt hoặc bị đổi trên đường đi; hãy chép lại nguyên cả dòng",
    ),
    "malformed": Text(
        "a part of it is missing or wrong; ask for a new one (`tramgac tokens create`)",
        "phiếu thiếu hoặc sai một phần; hãy xin phiếu mới (`tramgac tokens create`)",
    ),
}
TOKEN = Text(
    "The collector did not accept the token: {why}. Ask for a new one (`tramgac tokens create`) and enrol again.",
    "Máy thu thập không chấp nhận mã: {why}. Hãy xin mã mới (`tramgac tokens create`) rồi ghi danh lại.",
)
TOKEN_WHY = {
    "token_unknown": Text("it does not know it", "máy thu thập không biết mã này"),
    "token_used": Text("it was used already", "mã đã được dùng"),
    "token_expired": Text("its time is over", "mã đã hết hạn"),
    "token_revoked": Text("it was taken back", "mã đã bị thu hồi"),
}
REFUSED = Text(
    "The collector at {address} did not enrol this host: {why}. If it is busy, try again in a minute.",
    "Máy thu thập tại {address} không ghi danh máy này: {why}. Nếu nó đang bận, hãy thử lại sau một phút.",
)
FOREIGN_CA = Text(
    "Whoever answers at {address} is not the collector of this ticket: its certificate is not signed by the ticket's "
    "authority ({why}). Check the address; if the collector was set up anew, ask for a new ticket.",
    "Máy trả lời tại {address} không phải máy thu thập của phiếu này: chứng thư của nó không do cơ quan chứng"
    " thực trong "
    "phiếu ký ({why}). Hãy kiểm tra địa chỉ; nếu máy thu thập được cài lại, hãy xin phiếu mới.",
)
WRONG_NAME = Text(
    "The collector's certificate does not name {address} ({why}). Use the address that the collector advertises.",
    "Chứng thư của máy thu thập không ghi tên {address} ({why}). Hãy dùng địa chỉ mà máy thu thập công bố.",
)
WRONG_CLOCK = Text(
    "The collector's certificate is not valid at {now} by this host's clock ({why}). Set the clock and try again.",
    "Theo đồng hồ máy này ({now}), chứng thư của máy thu thập không có hiệu lực ({why}). Hãy chỉnh giờ rồi thử lại.",
)
CLOCK_OFF = Text(
    "This host's clock is about {hours} h {side} the collector's. Events are corrected for it, but set the clock.",
    "Đồng hồ máy này {side} máy thu thập khoảng {hours} giờ. Sự kiện vẫn được hiệu chỉnh, nhưng hãy chỉnh lại giờ.",
)
BEHIND = Text("behind", "chậm hơn")
AHEAD = Text("ahead of", "nhanh hơn")
EXPIRED = Text(
    "This host's certificate ended at {ended} (its clock says {now}). If the clock is right, remove the identity "
    "folder and enrol again with a new ticket; what waits in the spool is kept and sent then.",
    "Chứng thư của máy này đã hết hạn lúc {ended} (đồng hồ máy: {now}). Nếu đồng hồ đúng, hãy xoá thư mục identity và "
    "ghi danh lại bằng phiếu mới; dữ liệu trong hàng đợi được giữ và gửi sau đó.",
)
CUT = Text(
    "The connection to the collector at {address} ended before it was up; trying again.",
    "Kết nối tới máy thu thập tại {address} đã đứt trước khi hoàn tất; đang thử lại.",
)
NOT_TAKEN = Text(
    "The collector at {address} does not take this host's certificate: another authority signed it, or the collector's "
    "clock says it has ended. Remove the identity folder and enrol again with a new ticket; the spool is kept.",
    "Máy thu thập tại {address} không nhận chứng thư của máy này: do cơ quan chứng thực khác ký, hoặc theo đồng"
    " hồ máy thu thập đã "
    "hết hạn. Hãy xoá thư mục identity và ghi danh lại bằng phiếu mới; hàng đợi được giữ nguyên.",
)
REPLY_HOST = Text("it names host {named}, our key is {ours}", "nó nêu máy {named}, khoá của máy này là {ours}")
REPLY_ADDRESS = Text("its session address {address} is no HOST:PORT", "địa chỉ phiên {address} không phải HOST:PORT")
REPLY_LARGE = Text(
    "its content root has {size} bytes, limit {limit}", "gốc nội dung của nó dài {size} byte, giới hạn {limit}"
)
REPLY_ROOT = Text(
    "its content root is not the one that the ticket names", "gốc nội dung của nó không phải gốc mà phiếu nêu"
)
KEY_DAMAGED = Text("the private key is damaged: {why}", "khoá riêng bị hỏng: {why}")
KEY_ODD = Text("the private key is not ECDSA P-256", "khoá riêng không phải ECDSA P-256")
NO_X509 = Text(
    "the certificate or the authorities are no X.509 in PEM: {why}",
    "chứng thư hoặc cơ quan chứng thực không phải X.509 dạng PEM: {why}",
)
OTHER_KEY = Text("the certificate belongs to another key", "chứng thư thuộc về khoá khác")
OTHER_AUTHORITY = Text(
    "the certificate is signed by none of the authorities", "chứng thư không do cơ quan chứng thực nào ở đây ký"
)
UNREACHABLE = Text(
    "Nobody answers at {address}: {why}. Check the name, that the collector runs, and that no firewall is between.",
    "Không ai trả lời tại {address}: {why}. Hãy kiểm tra tên, xem máy thu thập có chạy không và có tường lửa"
    " nào chặn không.",
)
BAD_REPLY = Text(
    "The collector's answer does not fit: {why}. Nothing was stored; tell the collector's administrator.",
    "Câu trả lời của máy thu thập không hợp lệ: {why}. Chưa lưu gì cả; hãy báo quản trị viên của máy thu thập.",
)
TICKET = Text("TICKET", "PHIẾU")
NOT_ENROLLED = Text(
    "This host is not enrolled ({path} is missing). Run `{enrol}`.",
    "Máy này chưa ghi danh (thiếu {path}). Hãy chạy `{enrol}`.",
)
DAMAGED = Text(
    "The identity in {path} cannot be used: {why}. Remove that folder and enrol again with a new ticket.",
    "Danh tính trong {path} không dùng được: {why}. Hãy xoá thư mục đó rồi ghi danh lại bằng phiếu mới.",
)
STATE = Text(
    "The state folder {path} cannot be used: {why}. Choose another with --state, or run as its owner.",
    "Không dùng được thư mục trạng thái {path}: {why}. Hãy chọn thư mục khác bằng --state, hoặc chạy bằng chủ của nó.",
)
NO_SCOPE = Text(
    "The scope names what is not there, so nothing would be seen: {paths}. Name folders that exist; a control group by"
    " its absolute path below the cgroup2 mount.",
    "Phạm vi nêu thứ không tồn tại nên sẽ không thấy gì: {paths}. Hãy nêu thư mục có thật; nhóm điều khiển theo đường"
    " dẫn tuyệt đối dưới điểm gắn cgroup2.",
)
NO_PROCESS = Text(
    "The scope names process {pid}, and no such process lives. Name one that does (--scope-process PID).",
    "Phạm vi nêu tiến trình {pid} nhưng không có tiến trình đó. Hãy nêu tiến trình đang chạy (--scope-process PID).",
)
BUSY = Text(
    "Another agent runs with this state folder ({path}). Stop it first, or choose another folder with --state.",
    "Đã có tác tử khác chạy với thư mục trạng thái này ({path}). Hãy dừng nó, hoặc chọn thư mục khác bằng --state.",
)
UNITS_STARTED = Text("written and started: {units}", "đã ghi và khởi động: {units}")
UNITS_WRITTEN = Text(
    "written, not started: systemd does not run here ({units})",
    "đã ghi, chưa khởi động: ở đây không chạy systemd ({units})",
)
UNITS_REMOVED = Text(
    "removed: {units}. The state folder {state} and the user were left; remove them by hand if they are not needed.",
    "đã gỡ: {units}. Thư mục trạng thái {state} và người dùng được giữ lại; hãy tự xoá nếu không cần nữa.",
)
NOT_INSTALLED = Text("nothing is installed below {root}", "chưa cài gì dưới {root}")
NEED_ROOT = Text(
    "Only root can write services here. Run it with sudo, or give --root DIR to write them below another root.",
    "Chỉ root mới ghi được dịch vụ. Hãy chạy bằng sudo, hoặc dùng --root THƯ_MỤC để ghi dưới gốc khác.",
)
UNREADABLE = Text(
    "The user {user} cannot read {place}, where this program is: install Python and the agent where every user can"
    " read them (/opt), or set uplink_user in config.toml.",
    "Người dùng {user} không đọc được {place}, nơi đặt chương trình này: hãy cài Python và tác tử ở nơi mọi người dùng"
    " đọc được (/opt), hoặc đặt uplink_user trong config.toml.",
)
NOT_PERMITTED = Text(
    "The uplink may not become the user {user}: {why}. Give it CAP_SETUID and CAP_SETGID (a container's root may lack"
    ' them), or set uplink_user = "root" in config.toml.',
    "Tiến trình uplink không được chuyển sang người dùng {user}: {why}. Hãy cấp CAP_SETUID và CAP_SETGID (root trong"
    ' container thường không có đủ), hoặc đặt uplink_user = "root" trong config.toml.',
)
SYSTEMCTL = Text(
    "`{command}` failed: {why}. The units are written; look at `journalctl -u tramgac-sensor -u tramgac-uplink`.",
    "`{command}` thất bại: {why}. Đã ghi các đơn vị; hãy xem `journalctl -u tramgac-sensor -u tramgac-uplink`.",
)
ODD_PATH = Text(
    "{path!r} cannot be named in a systemd unit: give an absolute path of printable characters",
    "không thể ghi {path!r} vào đơn vị systemd: hãy dùng đường dẫn tuyệt đối gồm các ký tự in được",
)
NO_SERVICES = Text(
    "services are written for systemd; on Windows there is none yet",
    "dịch vụ được viết cho systemd; trên Windows hiện chưa có",
)
# Settings.
CONFIG_UNREADABLE = Text(
    "cannot be read: {why}. Mend the line, or remove the file and enrol again.",
    "không đọc được: {why}. Hãy sửa dòng đó, hoặc xoá tệp rồi ghi danh lại.",
)
NO_SETTING = Text("unknown setting {name!r}; known: {known}.", "không có thiết lập {name!r}; hiện có: {known}.")
NOT_OF_TYPE = Text("{name} = {value!r}: must be {kind}.", "{name} = {value!r}: phải là {kind}.")
ONE_OF = Text("{name} = {value!r}: must be one of {known}.", "{name} = {value!r}: phải là một trong {known}.")
BELOW_ZERO = Text("{name} = {value!r}: must not be below 0.", "{name} = {value!r}: không được nhỏ hơn 0.")
NO_TABLE = Text("{name} must be a table: [{name}].", "{name} phải là một bảng: [{name}].")
KINDS = {
    "str": Text("text in quotes", "chuỗi trong ngoặc kép"),
    "int": Text("a whole number", "số nguyên"),
    "float": Text("a number", "một số"),
    "texts": Text("a list of texts", "danh sách chuỗi"),
}
