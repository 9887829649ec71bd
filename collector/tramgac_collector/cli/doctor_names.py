"""What `tramgac collector doctor` calls what it looks at: for programs always in English, for people in theirs."""

from __future__ import annotations

from tramgac_collector.cli.pairs import Pair, pick


class Looked(Pair):
    """A check's name, as `--json` has it, and in Vietnamese; what follows a name (a role, a file) stays as it is."""

    STATE = "state", "thư mục"
    MODE = "mode", "quyền"
    DISK = "disk", "đĩa"
    FORECAST = "forecast", "dự báo"
    CERTIFICATE = "certificate", "chứng thư"
    LOG = "log", "nhật ký"
    SET_ASIDE = "set aside", "để riêng"
    LENS = "lens", "YARA"
    ROLE = "role", "vai trò"
    API = "api", "giao diện API"
    STORE = "store", "kho sự kiện"
    RULES = "rules", "luật"
    LAG = "lag", "độ trễ"
    GATEWAY_LOOP = "gateway loop", "vòng lặp gateway"
    EXPORT = "export", "xuất"
    BACKUP = "backup", "sao lưu"
    CLOCK = "clock", "đồng hồ"
    PORT = "port", "cổng"
    FIREWALL = "firewall", "tường lửa"
    LAST_EVENT = "last event", "sự kiện cuối"
    DATABASE = "database", "cơ sở dữ liệu"
    EXCEPTIONS = "exceptions", "ngoại lệ"
    NOTIFY = "notify", "thông báo"


_KNOWN = {name.en: name for name in Looked}


def called(check: str) -> str:
    """Give a check's name in the person's language; one that is not known is its own."""
    if check in _KNOWN:
        return pick((check, _KNOWN[check].vi))
    first, space, rest = check.partition(" ")
    known = _KNOWN.get(first)
    return check if known is None or not space else f"{pick((first, known.vi))} {rest}"
