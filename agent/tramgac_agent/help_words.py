"""What `--help` says, and what is said of a command line that is wrong, in both languages."""

from __future__ import annotations

from typing import Final

from tramgac_agent.words import Text

# The frame.
USAGE: Final = Text("usage: ", "cách dùng: ")
OPTIONS: Final = Text("options", "tùy chọn")
COMMANDS: Final = Text("commands", "lệnh")
COMMAND: Final = Text("COMMAND", "LỆNH")
HELP: Final = Text("show this and end", "hiện trợ giúp này rồi kết thúc")
VERSION: Final = Text("show the version and end", "hiện phiên bản rồi kết thúc")
# What the commands are for.
ABOUT: Final = Text(
    "The agent of Trạm Gác: sees what happens on this machine and sends it to its collector.",
    "Tác tử của Trạm Gác: theo dõi những gì xảy ra trên máy này và gửi về máy thu thập.",
)
ENROL: Final = Text("become known to a collector, by a ticket", "ghi danh với một máy thu thập bằng phiếu")
RUN: Final = Text("run the agent until SIGTERM", "chạy tác tử cho đến khi nhận SIGTERM")
DOCTOR: Final = Text("say what is well and what is not", "cho biết điều gì ổn, điều gì không")
INSTALL: Final = Text(
    "write hardened systemd services and start them", "ghi các dịch vụ systemd đã gia cố và khởi động chúng"
)
UNINSTALL: Final = Text("stop the services and remove them", "dừng các dịch vụ và gỡ bỏ")
# What the options are for.
STATE: Final = Text(
    "the state folder (else TRAMGAC_AGENT_STATE, else {default})",
    "thư mục trạng thái (hoặc TRAMGAC_AGENT_STATE, hoặc {default})",
)
TICKET: Final = Text(
    "the ticket's text, its file, or - for standard input",
    "nội dung phiếu, tệp chứa phiếu, hoặc - để đọc từ đầu vào chuẩn",
)
PART: Final = Text("one process alone", "chỉ chạy một tiến trình")
SCOPE_CGROUP: Final = Text(
    "look only at processes below this control group", "chỉ theo dõi tiến trình dưới nhóm điều khiển này"
)
SCOPE_PROCESS: Final = Text(
    "look only at this process and its descendants", "chỉ theo dõi tiến trình này và các tiến trình con cháu"
)
SCOPE_MOUNT: Final = Text("look only at files of this mount", "chỉ theo dõi tệp của điểm gắn này")
SCOPE_FOLDER: Final = Text("look only at files below", "chỉ theo dõi tệp nằm dưới thư mục này")
SCOPE_EXCLUDE: Final = Text("never look at files below", "không bao giờ theo dõi tệp nằm dưới thư mục này")
JSON: Final = Text("one JSON object a line", "mỗi dòng một đối tượng JSON")
ROOT: Final = Text("below another root; starts and stops nothing", "ghi dưới một gốc khác; không khởi động hay dừng gì")
# What is wrong with a command line.
MISSING: Final = Text("{name} is missing", "thiếu {name}")
NO_OPTION: Final = Text("there is no option {given}{near}", "không có tùy chọn {given}{near}")
NEAR: Final = Text(" (did you mean {name}?)", " (có phải ý bạn là {name}?)")
SURPLUS: Final = Text("nothing may stand where {given} stands", "thừa {given}")
CHOICE: Final = Text(
    "{name}: there is no {given}; choose from: {known}", "{name}: không có {given}; hãy chọn trong: {known}"
)
NUMBER: Final = Text("{name} takes a whole number, not {given}", "{name} phải là số nguyên, không phải {given}")
NEEDS_VALUE: Final = Text("{name} needs a value after it", "sau {name} phải có một giá trị")
NO_VALUE: Final = Text("{name} takes no value", "{name} không nhận giá trị")
UNCLEAR: Final = Text("{given} could be any of: {known}", "{given} có thể là: {known}")
