"""What keeps a collector from being set up or started, said in both languages: what, where, and how to mend it."""

from __future__ import annotations

from tramgac_collector.pairs import Pair


class Trouble(Pair):
    """A sentence, or a part of one."""

    # Settings and options.
    NO_ADDRESS = (
        "{text!r} is no HOST:PORT, such as 127.0.0.1:18444 or, for all addresses, 0.0.0.0:8444",
        "{text!r} không phải HOST:PORT, ví dụ 127.0.0.1:18444, hoặc 0.0.0.0:8444 để nhận trên mọi địa chỉ",
    )
    NO_PAIR = (
        "{text!r} is not NAME=NUMBER with a number of {least} to {most}",
        "{text!r} không phải dạng TÊN=SỐ với số từ {least} đến {most}",
    )
    NO_DATABASE = (
        "must be postgresql+psycopg://USER@HOST:PORT/NAME, or sqlite:////FOLDER/FILE",
        "phải là postgresql+psycopg://USER@HOST:PORT/NAME, hoặc sqlite:////FOLDER/FILE",
    )
    NO_SERVER = (
        "{text!r} is no server of a queue, such as nats://q1:4222 or tls://q1:4222",
        "{text!r} không phải máy chủ hàng đợi, ví dụ nats://q1:4222 hoặc tls://q1:4222",
    )
    NO_CLUSTER = (
        "{text!r} is no name of a cluster: letters, digits and _, at most 64",
        "{text!r} không phải tên cụm: chỉ gồm chữ, số và _, nhiều nhất 64 ký tự",
    )
    STORE_UNFIT = (
        (
            "the event store's table {table} was made by another version, and this one cannot fill it: {wrong}; in"
            " parentheses what it needs. Install the newer version again: events wait in the ingest log until then."
        ),
        (
            "bảng {table} của kho sự kiện do một phiên bản khác tạo ra, phiên bản này không ghi vào được: {wrong};"
            " trong ngoặc là điều nó cần. Hãy cài lại phiên bản mới hơn: sự kiện chờ trong nhật ký tiếp nhận cho đến"
            " khi đó."
        ),
    )
    NO_NAME = (
        "{text!r} is no name or address alone (no port, no scheme), such as gac.example.vn or 192.0.2.7",
        "{text!r} không phải tên hay địa chỉ thuần túy (không kèm cổng hay giao thức), ví dụ gac.example.vn, 192.0.2.7",
    )
    NO_SETTING = "there is no such setting", "không có thiết lập này"
    NO_TEXT = "must be a text in quotes", "phải là chuỗi trong ngoặc kép"
    NO_WHOLE = "must be a whole number", "phải là số nguyên"
    NO_NUMBER = "must be a number", "phải là một số"
    AT_LEAST = "must be {limit} at least", "phải ít nhất là {limit}"
    AT_MOST = "may be {limit} at most", "chỉ được nhiều nhất là {limit}"
    MORE_THAN = "must be more than {limit}", "phải lớn hơn {limit}"
    MISSING = "is missing", "bị thiếu"
    NO_CHOICE = "must be one of {limit}", "phải là một trong {limit}"
    NO_KIND = "needs {limit}", "cần có {limit}"
    NO_LIST = "must be a list in square brackets", "phải là danh sách trong ngoặc vuông"
    NO_JSON = "must be a JSON list, such as '{form}'", "phải là danh sách JSON, ví dụ '{form}'"
    EMPTY = "must not be empty", "không được để trống"
    NO_BOOLEAN = "must be true or false", "phải là true hoặc false"
    NO_TABLE = "must be a table", "phải là một bảng"
    SETTINGS = (
        "{path}: {faults}. Correct the file; docs/operating.md names every setting.",
        "{path}: {faults}. Hãy sửa tệp này; docs/operating.md nêu mọi thiết lập.",
    )
    VARIABLES = (
        "In the environment {faults}. Correct it there; docs/operating.md names every setting.",
        "Trong biến môi trường {faults}. Hãy sửa ở đó; docs/operating.md nêu mọi thiết lập.",
    )
    SETTINGS_UNREADABLE = (
        "{path} cannot be read: {why}. It must be the collector's user's (chown).",
        "Không đọc được {path}: {why}. Tệp phải thuộc người dùng của máy thu thập (chown).",
    )
    NO_TOML = "{path} is no TOML: {why}", "{path} không phải TOML: {why}"
    OTHER_THERE = "{option} is {stands} there, {asks} was asked for", "{option} ở đó là {stands}, yêu cầu là {asks}"
    OTHER_SETTINGS = (
        (
            "{root} holds a collector already and nothing was changed: {other}. To change a setting"
            " edit {config} and start the collector again."
        ),
        (
            "{root} đã có máy thu thập, không thay đổi gì: {other}. Để đổi thiết lập, hãy sửa {config}"
            " rồi khởi động lại máy thu thập."
        ),
    )
    OTHER_NAME = (
        (
            " The collector's certificate has that name too: after editing remove {certificate} and run"
            " `tramgac collector init --state {root}` for a new one; a host that is enrolled needs the new name"
            " as `collector` in its config.toml."
        ),
        (
            " Chứng thư của máy thu thập cũng ghi tên đó: sau khi sửa, hãy xóa {certificate} và chạy"
            " `tramgac collector init --state {root}` để có chứng thư mới; máy đã ghi danh cần tên mới"
            " ở mục `collector` trong config.toml của nó."
        ),
    )
    AND = " and ", " và "
    POSTGRESQL_WANTED = (
        (
            "{hosts:host wants|hosts want} PostgreSQL as the control database: SQLite has one writer and serves {most} "
            "with ease. Make an empty database and name it: --database-url postgresql+psycopg://USER@HOST/tramgac"
        ),
        (
            "{hosts} máy trạm cần PostgreSQL làm cơ sở dữ liệu điều khiển: SQLite chỉ có một tiến trình ghi, phục vụ"
            " tốt {most} máy. Hãy tạo một cơ sở dữ liệu trống rồi nêu nó:"
            " --database-url postgresql+psycopg://USER@HOST/tramgac"
        ),
    )
    NAME_WANTED = (
        (
            "{listens}: other machines are to come, and agents would be told to come to"
            " {advertise}, which is each machine itself. Say by which name or address they reach this one:"
            " --advertise gac.example.vn (`advertise` where there is a collector.toml)"
        ),
        (
            "{listens}: máy khác sẽ kết nối tới, nhưng tác tử lại được chỉ đến {advertise}, tức chính máy của nó."
            " Hãy nêu tên hay địa chỉ để chúng đến được máy này: --advertise gac.example.vn"
            " (`advertise` nếu đã có collector.toml)"
        ),
    )
    # The state directory.
    NO_STATE = (
        "there is no state directory {root}: {first}, or name another with --state",
        "không có thư mục trạng thái {root}: {first}, hoặc chỉ định nơi khác bằng --state",
    )
    SETTINGS_LOST = (
        (
            "{root} holds a collector without its settings: restore {config} from the backup; without one "
            "`tramgac collector init --state {root}` writes default settings, with the options that you give it"
        ),
        (
            "{root} chứa máy thu thập nhưng thiếu cấu hình: hãy khôi phục {config} từ bản sao lưu; nếu không có, "
            "`tramgac collector init --state {root}` ghi cấu hình mặc định cùng các tùy chọn được nêu"
        ),
    )
    NO_COLLECTOR = (
        "{root} holds no collector ({file} is missing): {first}",
        "{root} không có máy thu thập (thiếu {file}): {first}",
    )
    INIT_FIRST = (
        "run `tramgac collector init --state {root}` first",
        "trước hết hãy chạy `tramgac collector init --state {root}`",
    )
    FOREIGN = (
        (
            "{root} holds something else ({names}) and no collector: name a new or an empty folder with --state;"
            " it becomes readable for its owner alone"
        ),
        (
            "{root} chứa thứ khác ({names}) và không có máy thu thập: hãy chỉ định thư mục mới hoặc trống bằng --state;"
            " thư mục đó sẽ chỉ chủ của nó đọc được"
        ),
    )
    AND_MORE = "{names} and {count} more", "{names} và {count} mục nữa"
    AUTHORITY_LOST = (
        "{file} is missing from a collector that was set up: restore it from a backup, agents trust no other",
        "thiếu {file} của máy thu thập đã thiết lập: hãy khôi phục từ bản sao lưu, tác tử không tin tệp nào khác",
    )
    OTHER_OWNER = (
        "{root} belongs to the user {owner} and this is {me}: run it so: {line}",
        "{root} thuộc người dùng {owner}, còn đây là {me}: hãy chạy như sau: {line}",
    )
    RUNS_ALREADY = (
        "a collector runs in {root} already (pid {pid}); stop it first",
        "đã có máy thu thập chạy tại {root} (pid {pid}); trước hết hãy dừng nó",
    )
    STARTS_ALREADY = (
        "a collector is starting in {root}; stop it first, or wait for it",
        "một máy thu thập đang khởi động tại {root}; hãy dừng nó hoặc đợi nó",
    )
    # The control database.
    DATABASE = (
        "the control database {place} cannot be brought to this version: {why}",
        "không đưa được cơ sở dữ liệu điều khiển {place} lên phiên bản này: {why}",
    )
    DATABASE_NEWER = (
        "{why}; a newer version has been here: install that one, or restore the database from a backup",
        "{why}; phiên bản mới hơn đã dùng nó: hãy cài phiên bản đó, hoặc khôi phục cơ sở dữ liệu từ bản sao lưu",
    )
    DATABASE_AWAY = (
        "{why}; look whose it is and whether there is room on its disk, or restore it from a backup",
        "{why}; hãy xem nó của ai, đĩa còn chỗ không, hoặc khôi phục nó từ bản sao lưu",
    )
    DATABASE_UNREACHED = (
        (
            "the control database {place} is not reached: {why}; is the server there, by that name and port, and are "
            "user, password and database right?"
        ),
        (
            "không đến được cơ sở dữ liệu điều khiển {place}: {why}; máy chủ có ở đó, đúng tên và cổng, người dùng,"
            " mật khẩu và cơ sở dữ liệu có đúng không?"
        ),
    )
    DATABASE_URL = "{why}; look at database_url", "{why}; hãy xem lại database_url"
    # What the system says about a place.
    PLACE = "{where}: {why}; {advice}", "{where}: {why}; {advice}"
    DISK_FULL = "the disk is full: make room on it and try again", "đĩa đã đầy: hãy dọn bớt rồi thử lại"
    QUOTA_USED = (
        "this user's quota is used up: make room and try again",
        "người dùng này đã hết hạn mức: hãy dọn bớt rồi thử lại",
    )
    NO_PLACE = "name another folder with --state", "hãy chỉ định thư mục khác bằng --state"
    NO_FOLDER = (
        "name a folder with --state, this is a file",
        "hãy chỉ định thư mục bằng --state, đây là tệp",
    )
    READ_ONLY = (
        "the disk is mounted read-only: look at the machine's own log for why",
        "đĩa được gắn chỉ đọc: hãy xem nhật ký của máy để biết vì sao",
    )
    LOOK = "look at it", "hãy xem lại nơi đó"
    PARTLY_FOREIGN = (
        "part of it is another user's: as root, chown -R {me} {place}",
        "một phần của nó thuộc người dùng khác: bằng root, hãy chạy chown -R {me} {place}",
    )
    WHOSE = (
        "this is the user {me}: run as the user whom {place} belongs to{owner}",
        "đây là người dùng {me}: hãy chạy bằng người dùng sở hữu {place}{owner}",
    )
    # Ports and who may reach them.
    LISTEN = (
        "cannot listen on {taken}. Stop that program or change the setting in collector.toml",
        "không mở được {taken}. Hãy dừng chương trình đang dùng cổng đó hoặc đổi thiết lập trong collector.toml",
    )
    NO_TLS = (
        (
            "console_listen is {listen}, which other machines reach, and there is no TLS: set "
            "console_certificate and console_key to PEM files, or listen on 127.0.0.1 behind a proxy that speaks TLS"
        ),
        (
            "console_listen là {listen}, máy khác đến được mà không có TLS: hãy đặt console_certificate và"
            " console_key là tệp PEM, hoặc chỉ nhận trên 127.0.0.1 sau một proxy có TLS"
        ),
    )
    NO_PEM = (
        "{name} is {path!r}, which is no file: name the PEM file that the console is to use",
        "{name} là {path!r}, không phải tệp: hãy nêu tệp PEM mà trang web dùng",
    )
    DEMO_CONTENT = (
        (
            "the content on offer was signed with a {marked}'s keys, and this collector listens beyond loopback: "
            "make a collector of your own with `tramgac collector init --state DIR` and sign with your own keys"
        ),
        (
            "nội dung đang cung cấp được ký bằng khóa của {marked}, mà máy thu thập này mở ra ngoài máy: hãy tạo máy"
            " thu thập riêng bằng `tramgac collector init --state DIR` và ký bằng khóa của bạn"
        ),
    )
