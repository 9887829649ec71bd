"""What `tramgac collector backup`, `restore` and `backup-key` say, in English and Vietnamese."""

from __future__ import annotations

from tramgac_collector.cli.pairs import Pair


class BackupSaid(Pair):
    """One sentence: English, Vietnamese. `{name}` stands for a parameter."""

    ABOUT_BACKUP = (
        (
            "Take a backup while the collector runs: events, log, control database, samples, content, and the keys, "
            "encrypted to a recipient. --verify reads one through instead."
        ),
        (
            "Sao lưu trong khi máy thu thập đang chạy: sự kiện, nhật ký, cơ sở dữ liệu điều khiển, mẫu, nội dung, và "
            "khóa đã mã hóa cho người nhận. --verify chỉ đọc kiểm tra một bản có sẵn."
        ),
    )
    ABOUT_RESTORE = (
        "Restore a backup into an empty state directory; agents return by themselves.",
        "Khôi phục bản sao lưu vào thư mục trạng thái trống; các tác tử tự kết nối lại.",
    )
    ABOUT_KEY = (
        "Make the pair of keys for backups: run it on another machine, and keep the private one there.",
        "Tạo cặp khóa cho sao lưu: hãy chạy trên máy khác và giữ khóa riêng ở đó.",
    )
    OPTION_TO = "Folder to be made, on another disk.", "Thư mục sẽ được tạo, trên đĩa khác."
    OPTION_RECIPIENT = (
        "Public key file of whom the keys are encrypted to (`backup-key` makes it).",
        "Tệp khóa công khai của người nhận khóa (do `backup-key` tạo).",
    )
    OPTION_PLAIN = (
        "Leave the keys readable to whoever has the backup.",
        "Để khóa đọc được bởi bất kỳ ai có bản sao lưu.",
    )
    OPTION_BASE = (
        "An earlier backup on the same disk: what has not changed since is linked to it (hard links), not copied.",
        "Bản sao lưu trước trên cùng đĩa: phần không đổi được liên kết (liên kết cứng) thay vì chép.",
    )
    OPTION_VERIFY = "Read this backup through and compare it.", "Đọc và kiểm tra toàn bộ bản sao lưu này."
    OPTION_FROM = "The backup's folder.", "Thư mục bản sao lưu."
    OPTION_IDENTITY = (
        "Private key file that the backup's keys are encrypted to.",
        "Tệp khóa riêng tương ứng với bản sao lưu.",
    )
    OPTION_OUT = (
        "File for the private key; the public one is put beside it.",
        "Tệp khóa riêng; khóa công khai đặt cạnh.",
    )
    TO_OR_VERIFY = "give either --to or --verify", "hãy dùng một trong hai: --to hoặc --verify"
    TAKEN = (
        "Backup of {taken} at {target}: {parts:file|files}, {size} MiB, the log up to {head}. Keys: {keys}.",
        "Bản sao lưu lúc {taken} tại {target}: {parts} tệp, {size} MiB, nhật ký đến {head}. Khóa: {keys}.",
    )
    KEYS_PLAIN = "plain; keep it where nobody else reads", "không mã hóa; hãy giữ ở nơi không ai khác đọc được"
    KEYS_SEALED = "encrypted to {recipient}", "mã hóa cho {recipient}"
    WHOLE = (
        "{target} is as it was made on {taken}: {parts:file|files}, {size} MiB. Keys: {keys}.",
        "{target} đúng như khi được tạo lúc {taken}: {parts} tệp, {size} MiB. Khóa: {keys}.",
    )
    RESTORED = (
        (
            "Restored the backup of {taken} into {root}; this collector is {incarnation} from now on. Next: tramgac "
            "collector run --state {root}. Agents return by themselves and send again what they still have; what came "
            "after the backup and is gone there stands on the hosts as a gap."
        ),
        (
            "Đã khôi phục bản sao lưu lúc {taken} vào {root}; máy thu thập này từ nay là {incarnation}. Tiếp theo: "
            "tramgac collector run --state {root}. Các tác tử tự kết nối lại và gửi lại những gì còn giữ; những gì đến "
            "sau bản sao lưu mà không còn ở máy trạm sẽ hiện là khoảng trống."
        ),
    )
    MADE_KEY = (
        (
            "The private key is at {file}: keep it on this machine or on paper, never on the collector. Give {public} "
            "to the collector: tramgac collector backup --recipient FILE"
        ),
        (
            "Khóa riêng ở {file}: giữ trên máy này hoặc in ra giấy, đừng đặt ở máy thu thập. Đưa {public} cho máy "
            "thu thập: tramgac collector backup --recipient TỆP"
        ),
    )
