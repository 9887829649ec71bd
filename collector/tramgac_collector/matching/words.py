"""What `tramgac match` says to people, in both languages: its lines, its summary, why something cannot be read."""

from __future__ import annotations

from tramgac_collector.pairs import Pair


class Line(Pair):
    """Where a detection is, in a line for people."""

    RECORD = "({source}, record {index})", "({source}, bản ghi {index})"
    EVENTS = (
        "({count:event|events}, the last {source}, record {index})",
        "({count} sự kiện, cuối cùng là {source}, bản ghi {index})",
    )


class Summary(Pair):
    """What was done, and what was not and why."""

    DONE = (
        "{rules:rule|rules}, {files:file|files}, {records:record|records}, {detections:detection|detections}",
        "{rules} luật, {files} tệp, {records} bản ghi, {detections} phát hiện",
    )
    NO_PLACE = (
        "tramgac match: rules cannot be opened: {path}: {why}",
        "tramgac match: không mở được luật: {path}: {why}",
    )
    NO_LISTS = (
        "tramgac match: the indicators cannot be used: {why}",
        "tramgac match: không dùng được chỉ dấu: {why}",
    )
    NO_RULES = (
        "there is no rule where --rules points: a rule is a file *.yml or *.yaml",
        "không có luật nào ở nơi --rules nêu: luật là tệp *.yml hoặc *.yaml",
    )
    PROBLEMS = (
        "{count:problem|problems} in rules; a rule with one is left out:",
        "{count} lỗi trong luật; luật có lỗi bị bỏ qua:",
    )
    STRANGE = (
        "{count:field of rules is|fields of rules are} in no event of their log source:",
        "{count} trường trong luật không có trong sự kiện nào của nguồn nhật ký đó:",
    )
    FILTERS = (
        "{count:filter may not do what it was|filters may not do what they were} meant to:",
        "{count} bộ lọc có thể không có tác dụng như mong muốn:",
    )
    UNREADABLE = "{count:record|records} cannot be read:", "{count} bản ghi không đọc được:"
    BROKEN = "{count:file|files} cannot be read whole:", "{count} tệp không đọc được trọn vẹn:"
    UNOPENED = "{count:path|paths} cannot be opened:", "{count} đường dẫn không mở được:"
    CUT = (
        (
            "{count:value is|values are} longer than the {limit} characters that rules look at; what stands behind met "
            "nothing:"
        ),
        "{count} giá trị dài hơn {limit} ký tự mà luật xét đến; phần phía sau không khớp được gì:",
    )
    AT_FIELD = (
        "{source}, record {index}: {field}, {length:character|characters}",
        "{source}, bản ghi {index}: {field}, {length} ký tự",
    )
    MORE = "... and {count} more", "... và {count} mục nữa"
    AT_RECORD = "{source}, record {index}: {why}", "{source}, bản ghi {index}: {why}"
    AT = "{source}: {why}", "{source}: {why}"
    CORRELATION = "{source}: {title}", "{source}: {title}"
    INDICATORS = (
        "{count:indicator|indicators}: {met} of the detections",
        "{count} chỉ dấu: {met} trong các phát hiện",
    )
    ENTRIES = (
        "{count:entry of lists of indicators is|entries of lists of indicators are} left out:",
        "{count} mục trong danh sách chỉ dấu bị bỏ qua:",
    )
    CORRELATIONS = (
        "{count:correlation rule|correlation rules}: {met} of the detections",
        "{count} luật tương quan: {met} trong các phát hiện",
    )
    NOT_APPLIED = (
        (
            "{count:correlation rule is not applied; --correlate applies it|correlation rules are not applied; "
            "--correlate applies them}:"
        ),
        "{count} luật tương quan không được áp dụng; dùng --correlate để áp dụng:",
    )
    WITHOUT_FIELD = (
        (
            "{count:match took no part: it lacks|matches took no part: they lack} a field that a correlation groups "
            "by or counts"
        ),
        "{count} lần khớp không được tính: thiếu trường mà luật tương quan dùng để gộp hoặc đếm",
    )
    WITHOUT_NUMBER = (
        "{count:match|matches} took no part: a correlation reckons with a value that is no number there",
        "{count} lần khớp không được tính: luật tương quan cần giá trị số, mà giá trị không phải số",
    )
    GROUPS_GIVEN_UP = (
        "{count:group of a correlation was|groups of a correlation were} given up: there were too many",
        "{count} nhóm của luật tương quan bị bỏ: có quá nhiều nhóm",
    )
    VALUES_GIVEN_UP = (
        "{count:value of a correlation was|values of a correlation were} given up: there were too many in one group",
        "{count} giá trị của luật tương quan bị bỏ: có quá nhiều giá trị trong một nhóm",
    )
    WITHOUT_TIME = (
        "{count:record took no part in correlations: it has|records took no part in correlations: they have} no time",
        "{count} bản ghi không tham gia tương quan: không có thời gian",
    )


class Unread(Pair):
    """Why a record, or the rest of a file, cannot be read."""

    NO_OBJECT = "no JSON object", "không phải đối tượng JSON"
    NO_EVENT = (
        "no event of a known form: EventID and Channel are missing",
        "không phải sự kiện ở dạng đã biết: thiếu EventID và Channel",
    )
    NO_JSON = "not JSON: its reader says {why!r}", "không phải JSON: bộ đọc báo {why!r}"
    NO_END = "the array ends without its ]: what follows is missing", "mảng kết thúc mà không có ]: phần sau bị thiếu"
    NO_EVTX = "no event log: it does not begin with ElfFile", "không phải nhật ký sự kiện: không bắt đầu bằng ElfFile"
    SHORT_HEADER = "the event log ends within its header", "nhật ký sự kiện kết thúc ngay trong phần đầu"
    NO_CHUNK = "a chunk without its mark", "một khối không có dấu nhận biết"
    LOST_CHUNKS = (
        "chunks of the event log are missing or all zeros: {chunks}",
        "nhật ký sự kiện có khối bị thiếu hoặc toàn số 0: {chunks}",
    )
    LOST_RECORDS = "{places} ({count:record|records})", "{places} ({count} bản ghi)"
    CIRCLE = "the chunk's tables lead in a circle", "các bảng của khối dẫn vòng quanh"
    SHORT_CHUNK = "the chunk ends before its end", "khối kết thúc trước điểm cuối"
    PARSER = (
        "the event log is damaged here: its reader says {why!r}",
        "nhật ký sự kiện bị hỏng ở đây: bộ đọc báo {why!r}",
    )
    LOST = (
        "the process that read it ended, and so it did when it was read by itself",
        "tiến trình đọc nó đã dừng, và lại dừng khi đọc riêng nó",
    )
    DAMAGED = "the file is damaged: its reader says {why!r}", "tệp bị hỏng: bộ đọc báo {why!r}"
    TOO_LARGE = (
        "an array or objects over many lines of more than {limit} MB: make it JSON lines",
        "mảng hoặc đối tượng trải nhiều dòng, lớn hơn {limit} MB: hãy chuyển thành JSON từng dòng",
    )
