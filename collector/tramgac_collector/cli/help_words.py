"""The words around what a command's help says."""

from __future__ import annotations

from tramgac_collector.cli.pairs import Pair


class Frame(Pair):
    """A heading or a remark of a help page."""

    USAGE = "Usage:", "Cách dùng:"
    OPTION_WORD = "[OPTIONS]", "[TÙY CHỌN]"
    COMMAND_WORD = "COMMAND ...", "LỆNH ..."
    ARGUMENTS = "Arguments:", "Đối số:"
    OPTIONS = "Options:", "Tùy chọn:"
    COMMANDS = "Commands:", "Lệnh:"
    REQUIRED = "required", "bắt buộc"
    DEFAULT = "default: {default}", "mặc định: {default}"
    LEAST = "{least} or more", "từ {least} trở lên"
    BOUNDS = "{least} to {most}", "từ {least} đến {most}"
    HELP = "Show this and end.", "Hiện trợ giúp này rồi kết thúc."
    VERSION = "Show the version and end.", "Hiện phiên bản rồi kết thúc."
    INSTALL_COMPLETION = (
        "Let the Tab key complete commands in this shell from now on.",
        "Từ nay dùng phím Tab để hoàn thành lệnh trong shell này.",
    )
    SHOW_COMPLETION = (
        "Show what --install-completion would write, to copy it.",
        "Hiện nội dung mà --install-completion sẽ ghi, để tự chép.",
    )
