"""What trying rules tells their authors, in both languages."""

from tramgac_rules.authoring.texts import Words


class TrySay(Words):
    """A sentence, or a part of one."""

    ASK_FORM = (
        "The form: docs/operating.md, rules test.",
        "Dạng của tệp: docs/operating.md, mục rules test.",
    )
    NO_SAMPLES = "the rule has no samples beside it", "luật không có mẫu kèm theo"
    ADD_SAMPLES = "Write {name}: what meets it, and near misses.", "Hãy viết {name}: mẫu khớp và mẫu suýt khớp."
    NOT_MET = "sample {number} of those that fire does not meet the rule", "mẫu khớp số {number} không khớp luật"
    MEND_EITHER = "Mend the rule, or the sample.", "Hãy sửa luật, hoặc sửa mẫu."
    MET = "near miss {number} ({because}) meets the rule", "mẫu suýt khớp số {number} ({because}) lại khớp luật"
    NO_MISSES = "the rule has no near miss", "luật không có mẫu suýt khớp"
    ADD_MISS = (
        "Add to `near_misses` what is like it and harmless.",
        "Hãy thêm vào `near_misses` điều giống thế nhưng vô hại.",
    )
    NOT_SCANNED = "sample {number} was not scanned: {why}", "mẫu số {number} không được quét: {why}"
    FAILED = "{field} is {value!r}, and not {pattern}", "{field} là {value!r}, không phải {pattern}"
    ABSENT = "there is no {field}", "không có {field}"
    FILTERED = "the filter on {field} took it: {pattern}", "bộ lọc theo {field} đã loại: {pattern}"
    OTHER_SOURCE = "the event is of another log source", "sự kiện thuộc nguồn nhật ký khác"
    SAME_LOGIC = "the rule looks for the same as {title!r} in {path}", "luật tìm cùng điều như {title!r} trong {path}"
    KEEP_ONE = "Keep one of them, or put both into one rule.", "Hãy giữ một luật, hoặc gộp hai luật làm một."
    UNREAD = (
        "records that cannot be read: {count}, first {index}: {why}",
        "không đọc được {count} bản ghi, đầu tiên là {index}: {why}",
    )
    UNREAD_REST = "the rest of the file cannot be read: {why}", "không đọc được phần còn lại của tệp: {why}"
    RECORD_AGAIN = "Record it again, or take it out.", "Hãy ghi lại, hoặc bỏ nó ra."
    NO_EVENTS = "no event could be read: nothing was judged", "không đọc được sự kiện nào: chưa xét gì cả"
    GIVE_EVENTS = (
        "Give files that `tramgac match` reads: EVTX, JSON lines, or what `tramgac events --json` writes.",
        "Hãy đưa tệp mà `tramgac match` đọc được: EVTX, JSON từng dòng, hoặc kết quả `tramgac events --json`.",
    )
    BENIGN = (
        "the rule meets {count} of {total} harmless events, first {source}, record {index}",
        "luật khớp {count} trong {total} sự kiện vô hại, đầu tiên là {source}, bản ghi {index}",
    )
    NARROW = "Narrow it, or add a filter for what is usual.", "Hãy thu hẹp luật, hoặc thêm bộ lọc cho việc bình thường."
    DEAR = (
        "the rule costs {spent:.1f} µs an event, {most:g} are allowed",
        "luật tốn {spent:.1f} µs mỗi sự kiện, cho phép {most:g}",
    )
    CHEAPEN = (
        "Give it a text that must be there, or a narrower log source.",
        "Hãy thêm một đoạn chữ bắt buộc phải có, hoặc nguồn nhật ký hẹp hơn.",
    )
    NO_ALERT = "this line is no decided alert", "dòng này không phải cảnh báo đã kết luận"
    NO_ALERTS = (
        "further lines that are none: {count}; the first is here",
        "{count} dòng nữa cũng không phải; dòng đầu ở đây",
    )
    WRITE_ALERT = "Write it with `tramgac alerts show ID --json`.", "Hãy ghi bằng `tramgac alerts show ID --json`."
    FORGOTTEN = (
        "a true positive of before is no longer met: alert {alert}",
        "cảnh báo đúng trước đây không còn được phát hiện: {alert}",
    )
    STILL = (
        "still met: alerts that were judged {verdict}, {count} of them, first {alert}",
        "{count} cảnh báo từng kết luận là {verdict} vẫn bị phát hiện, đầu tiên là {alert}",
    )
    UNJUDGED = (
        "true positives that could not be judged, having no copies of their events: {count}, first alert {alert}",
        "không xét được {count} cảnh báo đúng: thiếu bản sao sự kiện, cảnh báo đầu tiên {alert}",
    )
    WRITE_WHOLE = (
        "Write each with `tramgac alerts show ID --json`: a list of alerts has no events.",
        "Hãy ghi từng cảnh báo bằng `tramgac alerts show ID --json`: danh sách cảnh báo không có sự kiện.",
    )
    RULE_GONE = (
        "a rule that made true positives ({count}) is not among these: {title!r} ({rule}), first alert {alert}",
        "thiếu một luật từng cho {count} cảnh báo đúng: {title!r} ({rule}), cảnh báo đầu tiên {alert}",
    )
    BRING_BACK = (
        "Bring it back; if it went on purpose, take its alerts out of the file.",
        "Hãy đưa luật trở lại; nếu bỏ có chủ ý, hãy bỏ các cảnh báo của nó khỏi tệp.",
    )
    LOOK_WHY = "See why with `tramgac rules explain`.", "Xem lý do bằng `tramgac rules explain`."
