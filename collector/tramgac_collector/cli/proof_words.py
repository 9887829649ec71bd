"""What `tramgac collector verify` says, in English and Vietnamese; a kind of finding by its name."""

from __future__ import annotations

from tramgac_collector.cli.pairs import Pair


class ProofWord(Pair):
    """One sentence: English, Vietnamese. `{name}` stands for a parameter."""

    ABOUT_VERIFY = (
        (
            "Prove that the ingest log holds what hosts made: chains are made anew and compared with what they signed. "
            "Works beside a running collector, and on a backup; fails if something was altered, and says where."
        ),
        (
            "Chứng minh nhật ký tiếp nhận giữ đúng những gì máy trạm đã sinh: chuỗi băm được tính lại và so với chữ ký "
            "của máy. Chạy được khi máy thu thập đang chạy và trên bản sao lưu; thất bại nếu có chỗ bị sửa, nêu rõ chỗ."
        ),
    )
    OPTION_HOST = (
        "Only this host: its id, the first 8 characters of it or more, or its name (of a backup not the name).",
        "Chỉ máy này: mã máy, từ 8 ký tự đầu của mã, hoặc tên máy (với bản sao lưu thì không dùng được tên).",
    )
    OPTION_SINCE = (
        "Begin with the segment that holds what came then: 2026-11-24T10:00:00Z, or 2h, 7d ago.",
        "Bắt đầu từ đoạn chứa dữ liệu lúc đó: 2026-11-24T10:00:00Z, hoặc 2h, 7d trước.",
    )
    OPTION_FROM = (
        "A backup, in place of the collector's own log.",
        "Một bản sao lưu, thay cho nhật ký của máy thu thập.",
    )
    BAD_HOST = (
        "{text} is no host's id, and a backup's log knows no names: give 8 to 32 of the digits `tramgac hosts` shows.",
        "{text} không phải mã máy, và nhật ký sao lưu không có tên máy: hãy dùng 8 đến 32 ký tự của mã máy.",
    )
    NO_NAMES = (
        "Which host is called {host} could not be read from the control store ({why}): give its id.",
        "Không đọc được từ kho điều khiển máy nào tên {host} ({why}): hãy dùng mã máy.",
    )
    NOTHING_OF = (
        "There is nothing of {host} in what was read; `tramgac hosts` lists the hosts.",
        "Không có gì của {host} trong phần đã đọc; `tramgac hosts` liệt kê các máy.",
    )
    NO_LOG = (
        "{folder} holds no ingest log; is {state} a collector's state or a backup?",
        "{folder} không có nhật ký tiếp nhận; {state} có phải thư mục trạng thái hay bản sao lưu không?",
    )
    NO_KEPT = (
        (
            "What hosts signed last could not be read from the control store ({why}): whether the log's end is whole "
            "was not looked at."
        ),
        "Không đọc được chữ ký mới nhất của máy từ kho điều khiển ({why}): chưa xét được cuối nhật ký có đủ không.",
    )
    PROVEN = (
        (
            "No alteration was found: {events:event|events} in {batches:batch|batches} of {lanes:lane|lanes}, "
            "{segments:segment|segments}; "
            "hosts vouch for {attested} of them by {checkpoints:signature|signatures}; they gave up {gaps}, and say so."
        ),
        (
            "Không thấy gì bị sửa: {events} sự kiện trong {batches} lô của {lanes} làn, {segments} đoạn; "
            "máy trạm xác nhận {attested} sự kiện bằng {checkpoints} chữ ký; các máy đã bỏ {gaps} và có báo."
        ),
    )
    NOT_PROVEN = (
        (
            "{found:finding|findings}, above, among {events:event|events} in {batches:batch|batches}, "
            "{segments:segment|segments}. Compare with a "
            "backup, and find out who could write there."
        ),
        (
            "{found} phát hiện, nêu ở trên, trong {events} sự kiện của {batches} lô, {segments} đoạn. Hãy so với bản "
            "sao lưu, và tìm xem ai ghi được vào đó."
        ),
    )
    LANE = "host {host}, incarnation {epoch}, lane {lane}", "máy {host}, lần khởi tạo {epoch}, làn {lane}"
    RECORD = "{segment}, record {position}", "{segment}, bản ghi {position}"
    FOUND_UNREADABLE = "records {first} to {last} cannot be read", "không đọc được bản ghi {first} đến {last}"
    FOUND_UNKNOWN = "a record of unknown type", "bản ghi có loại không biết"
    FOUND_GARBAGE = "the batch from {first} on does not unpack", "lô bắt đầu từ {first} không giải nén được"
    FOUND_ALTERED = (
        "events {first} to {last} are not those that were received",
        "sự kiện {first} đến {last} không phải là những sự kiện đã nhận",
    )
    FOUND_BROKEN = (
        "the batch does not continue what stands before it: something in {first} to {last} was altered",
        "lô không nối tiếp phần trước nó: có gì đó trong {first} đến {last} đã bị sửa",
    )
    FOUND_MISSING = "events {first} to {last} were taken out", "sự kiện {first} đến {last} đã bị lấy đi"
    FOUND_REPEATED = "events {first} to {last} stand here again", "sự kiện {first} đến {last} xuất hiện lại ở đây"
    FOUND_ORDER = (
        "the record is out of its place: the one before it came later",
        "bản ghi không đúng chỗ: bản ghi trước nó đến muộn hơn",
    )
    FOUND_FORGED = (
        "the checkpoint at {last} is not signed by the host's key",
        "mốc kiểm tại {last} không do khóa của máy ký",
    )
    FOUND_REMOVED = (
        "the host signed up to {last}; events from {first} on are not there",
        "máy đã ký đến {last}; thiếu sự kiện từ {first}",
    )
    FOUND_CONTRADICTED = (
        "the host signed other events than {first} to {last} as they stand here, altered in the log or on the way",
        "máy đã ký những sự kiện khác với {first} đến {last} ở đây; bị sửa trong nhật ký hoặc trên đường truyền",
    )
    FOUND_SNAPSHOT = (
        "the segment begins with a watermark that the records before it do not give ({first} to {last})",
        "đoạn bắt đầu bằng mốc không khớp các bản ghi trước nó ({first} đến {last})",
    )
    FOUND_UNACCOUNTED = (
        (
            "events {first} to {last} are said to be given up, and the agent does not say so (or an older backup was "
            "restored)"
        ),
        "sự kiện {first} đến {last} được ghi là đã bỏ, nhưng tác tử không báo vậy (hoặc đã khôi phục bản sao lưu cũ)",
    )
    FOUND_CUT = (
        "the log ends too early: the newest that the host signed is {last}, events from {first} on are not there",
        "nhật ký kết thúc quá sớm: chữ ký mới nhất của máy là {last}, thiếu sự kiện từ {first}",
    )


def kind(name: str) -> ProofWord:
    """Give what is said of a kind of finding. KeyError for one that there is not."""
    return ProofWord[f"FOUND_{name.upper()}"]
