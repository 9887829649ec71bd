"""What is told of an import: what was left out and why, and why nothing of a source is taken."""

from tramgac_rules.authoring.texts import Words


class Taken(Words):
    """A sentence."""

    # Files that are left out.
    TWICE = (
        "the archive has two files of this name; the first was taken",
        "gói nén có hai tệp cùng tên này; tệp đầu được lấy",
    )
    LARGE_FILE = "the file has more than {most} bytes", "tệp dài hơn {most} byte"
    ODD_NAME = "its name holds what cannot be shown", "tên tệp chứa ký tự không hiển thị được"
    LINK = (
        "it is a link or no file; links are not followed",
        "đó là liên kết hoặc không phải tệp; không đi theo liên kết",
    )
    GIVEN_UP = "its authors gave it up (status: {status})", "tác giả đã bỏ luật này (status: {status})"
    LOOK_FOR = "Look for what took its place.", "Hãy tìm luật thay thế."
    # Sources of which nothing is taken.
    ALL_FAULTY = (
        "{source}: no rule of it can be taken; the first fault: {fault}",
        "{source}: không lấy được luật nào; lỗi đầu tiên: {fault}",
    )
    NO_RULES = (
        "{source} holds no rule (*.yml, *.yaml): give a checkout of rules, or a release of them",
        "{source} không có luật (*.yml, *.yaml): hãy đưa thư mục luật, hoặc một bản phát hành luật",
    )
    MUCH = (
        "the rules have more than {most} bytes together: this is no set of rules",
        "tổng các luật dài hơn {most} byte: đây không phải một bộ luật",
    )
    LARGE_ARCHIVE = (
        "{path} has more than {most} bytes: give a release, or a checkout's folder",
        "{path} dài hơn {most} byte: hãy đưa bản phát hành, hoặc thư mục luật",
    )
    HOSTILE_NAME = (
        "the archive holds {name!r}, which is no name of a rule: nothing of it was taken",
        "gói nén chứa {name!r}, không phải tên của luật: không lấy gì từ gói này",
    )
    NO_ARCHIVE = (
        "{path} is no zip or tar that can be read: {why}",
        "{path} không phải zip hay tar đọc được: {why}",
    )
    MANY_FILES_BELOW = (
        "{path} holds more than {most} files: give the folder of the rules alone",
        "{path} có hơn {most} tệp: hãy chỉ đưa thư mục luật",
    )
    MANY_FILES = (
        "the archive holds more than {most} files: this is no set of rules",
        "gói nén có hơn {most} tệp: đây không phải một bộ luật",
    )
    UNPACKS_TO = (
        "the archive unpacks to more than {most} bytes: this is no set of rules",
        "gói nén bung ra hơn {most} byte: đây không phải một bộ luật",
    )
    # The folder that they are to lie in.
    CHANGED = (
        (
            "{to} is there and is not as an import left it: move what you changed into a folder of your own, "
            "or choose another with --to"
        ),
        (
            "{to} đã có và không còn như khi nhập luật: hãy chuyển phần đã sửa sang thư mục riêng, "
            "hoặc chọn thư mục khác bằng --to"
        ),
    )
    ODD_MANIFEST = (
        "{path} is not as an import wrote it: choose another folder with --to",
        "{path} không còn như khi nhập luật ghi ra: hãy chọn thư mục khác bằng --to",
    )
