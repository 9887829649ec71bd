"""What the `tramgac rules` commands say beyond check, sign and push, in English and Vietnamese."""

from __future__ import annotations

from tramgac_collector.cli.pairs import Pair


class RuleWord(Pair):
    """One sentence: English, Vietnamese. `{name}` stands for a parameter."""

    SCANNING_AGAIN = (
        "The YARA rules changed: {again} of {samples:stored sample|stored samples} still to be scanned with them.",
        "Luật YARA đã thay đổi: còn {again} trong {samples} mẫu đã lưu chưa được quét lại.",
    )
    # Trying rules.
    ABOUT_TEST = (
        "Try rules on the samples beside them (NAME.samples.json): what fires, and near misses.",
        "Thử luật với mẫu kèm theo (TÊN.samples.json): mẫu khớp và mẫu suýt khớp.",
    )
    ABOUT_EXPLAIN = (
        "Tell in words what a rule looks for, and why events meet it or not.",
        "Diễn giải luật tìm gì, và vì sao sự kiện khớp hay không khớp.",
    )
    ABOUT_SHOW = (
        "All of one rule here: state and who chose it, where it comes from, cost, what it met, alerts, exceptions.",
        "Toàn bộ về một luật ở đây: trạng thái và ai chọn, nguồn gốc, chi phí, đã khớp gì, cảnh báo, ngoại lệ.",
    )
    ARGUMENT_ID = (
        "A rule's id, or its first 8 characters or more.",
        "Mã luật, hoặc từ 8 ký tự đầu.",
    )
    NOT_OFFERED = "not on offer any more", "không còn được cung cấp"
    STATE_AT = "at {site} {state} ({by}: {why})", "tại {site} {state} ({by}: {why})"
    STATE_CHOSEN = "{state} (by {by}: {why})", "{state} (do {by}: {why})"
    STATE_WATCHED = "{state} (by its author: {why})", "{state} (theo tác giả: {why})"
    WATCH_IMPORTED = "imported", "luật nhập"
    WATCH_EXPERIMENTAL = "experimental", "thử nghiệm"
    WATCH_HUNTING = "hunting", "săn tìm"
    PARKED_SINCE = "parked since {since}: {reason}", "tạm dừng từ {since}: {reason}"
    COST_IS = (
        "{us} µs an event, by a sample of {events:event|events}",
        "{us} µs mỗi sự kiện, theo mẫu lấy từ {events} sự kiện",
    )
    COST_UNKNOWN = "the judge has not had to look at it yet", "bộ đánh giá chưa phải xét đến luật này"
    MET_IS = "{matches} in {days:day|days}, on {hosts:host|hosts}", "{matches} lần trong {days} ngày, trên {hosts} máy"
    ALERTS_ARE = (
        "{of_late} in {days:day|days}, {total} in all, {open} open",
        "{of_late} trong {days} ngày, tổng cộng {total}, {open} đang mở",
    )
    EXPLAIN_IT = (
        "In words what it looks for: tramgac rules explain {id}",
        "Luật tìm gì, diễn giải bằng lời: tramgac rules explain {id}",
    )
    ABOUT_COVERAGE = (
        "Show which ATT&CK techniques rules cover, on paper or on a host.",
        "Cho biết luật bao phủ những kỹ thuật ATT&CK nào, nói chung hoặc trên một máy.",
    )
    ABOUT_TRAIN = (
        "Make dictionaries out of stored batches, so that agents send less.",
        "Tạo từ điển nén từ các lô sự kiện đã lưu để tác tử gửi ít byte hơn.",
    )
    OPTION_TRAIN_TO = (
        "The folder that they are written to: that of your rules, so that the next `tramgac rules sign` takes them.",
        "Thư mục để ghi: hãy chọn thư mục luật của bạn, để lần `tramgac rules sign` tới ký kèm.",
    )
    TRAINED = (
        "{path}: {bytes} bytes out of {events:event|events} of {hosts:host|hosts}",
        "{path}: {bytes} byte, từ {events} sự kiện của {hosts} máy",
    )
    NOT_TRAINED = "{system}: no dictionary: {why}", "{system}: chưa có từ điển: {why}"
    ABOUT_BENCH = (
        "Measure what each rule costs on recorded events.",
        "Đo chi phí của từng luật trên sự kiện đã ghi.",
    )
    ABOUT_OWN = (
        "Write the rules that ship with Trạm Gác into a folder, to read, change and sign them.",
        "Ghi bộ luật đi kèm Trạm Gác vào một thư mục để đọc, sửa và ký.",
    )
    ARGUMENT_FOLDER = "An empty folder, or one that is not there yet.", "Thư mục rỗng hoặc chưa có."
    FOLDER_USED = "{path} is not empty; name another folder.", "{path} không rỗng; hãy chọn thư mục khác."
    OWN_WRITTEN = "{files:file is|files are} in {path}.", "Đã ghi {files} tệp vào {path}."
    ARGUMENT_RULE = (
        "A rule's file, or the id of one on offer at the collector (its first 8 characters do).",
        "Tệp luật, hoặc mã của luật đang được cung cấp ở máy thu thập (chỉ cần 8 ký tự đầu).",
    )
    ARGUMENT_EVENT = (
        "A file of events, as `tramgac match` reads them; of a rule the first few are looked at, of a correlation all.",
        "Tệp sự kiện mà `tramgac match` đọc được; với luật chỉ xét vài sự kiện đầu, với luật tương quan xét tất cả.",
    )
    OPTION_NEED_SAMPLES = "Rules without samples fail too.", "Luật không có mẫu cũng bị coi là hỏng."
    OPTION_EVENTS = (
        "Recorded events: a file or folder. May be repeated.",
        "Sự kiện đã ghi: tệp hoặc thư mục. Có thể lặp lại.",
    )
    OPTION_TOP = "Show so many of the dearest.", "Số luật đắt nhất cần hiện."
    OPTION_HARMLESS = (
        "Recorded harmless events that rules of medium and above must not meet. May be repeated.",
        "Sự kiện vô hại đã ghi mà luật từ mức medium không được khớp. Có thể lặp lại.",
    )
    OPTION_COST = (
        "What a rule may cost on those events, microseconds an event.",
        "Chi phí tối đa của một luật trên các sự kiện đó, micro giây mỗi sự kiện.",
    )
    OPTION_VERDICTS = (
        "Decided alerts (a line each of `tramgac alerts show ID --json`): true positives must be judged and still met.",
        "Cảnh báo đã kết luận (mỗi dòng là `tramgac alerts show ID --json`): cảnh báo đúng phải xét được và vẫn khớp.",
    )
    OPTION_SAMPLES = (
        "Try the samples beside the rules; each rule must have some.",
        "Thử mẫu kèm theo; luật nào cũng phải có mẫu.",
    )
    OPTION_STRICT = (
        "Warnings fail too: twins of rules, fields of no event, what is not Sigma's shape, true positives not judged.",
        "Warning cũng bị coi là lỗi: luật trùng nhau, trường không sự kiện nào có, sai dạng Sigma, cảnh báo chưa xét.",
    )
    OPTION_COST_NEEDS = "--cost needs --events: on what?", "--cost cần --events: đo trên sự kiện nào?"
    TESTED = (
        (
            "{samples:sample|samples} of {files:file|files} tried, {failed} failed; files without samples: "
            "{without_samples}."
        ),
        "Đã thử {samples} mẫu của {files} tệp, {failed} hỏng; số tệp không có mẫu: {without_samples}.",
    )
    NOT_ONE_RULE = (
        "There is no Sigma rule that compiles in {rule}.",
        "Không có luật Sigma nào biên dịch được trong {rule}.",
    )
    EVENT_MET = "Record {index} meets it:", "Bản ghi {index} khớp:"
    FIRES = "Fires with records {records}:", "Kích hoạt với các bản ghi {records}:"
    FIRES_NOT = "Does not fire:", "Không kích hoạt:"
    EVENT_NOT_MET = "Record {index} does not:", "Bản ghi {index} không khớp:"
    BENCHED = (
        "{events:event|events} in {seconds} s of processor time, {each} µs an event for all rules together.",
        "{events} sự kiện trong {seconds} giây CPU, {each} µs mỗi sự kiện cho tất cả luật.",
    )
    PASSED_EVENTS = "{events:harmless event was|harmless events were} judged.", "Đã xét {events} sự kiện vô hại."
    PASSED_VERDICTS = (
        "{verdicts:decided alert was|decided alerts were} judged again, {verdicts_skipped} could not be.",
        "Đã xét lại {verdicts} cảnh báo đã kết luận, {verdicts_skipped} không xét được.",
    )
    PASSED_SAMPLES = (
        "{samples:sample was|samples were} tried; files without samples: {without_samples}.",
        "Đã thử {samples} mẫu; số tệp không có mẫu: {without_samples}.",
    )
    # Coverage.
    OPTION_COVERED_HOST = (
        "Of one host of the collector: which of its sensors and logs give what rules need.",
        "Của một máy ở máy thu thập: cảm biến và nhật ký nào của máy cung cấp điều luật cần.",
    )
    OPTION_ALL = "Techniques without any rule too.", "Cả kỹ thuật chưa có luật nào."
    OPTION_NAVIGATOR = (
        "Write a layer for the ATT&CK Navigator into this file.",
        "Ghi lớp (layer) cho ATT&CK Navigator vào tệp này.",
    )
    OPTION_PLATFORM = (
        "Techniques of this system alone: linux or windows.",
        "Chỉ kỹ thuật của hệ này: linux hoặc windows.",
    )
    COVERED = (
        (
            "ATT&CK v{version}: of {all} techniques {covered} are covered, {watch} only watched, {blind} blind, "
            "{none} without a rule."
        ),
        (
            "ATT&CK v{version}: trong {all} kỹ thuật, {covered} được bao phủ, {watch} chỉ theo dõi, {blind} mù, "
            "{none} chưa có luật."
        ),
    )
    HOST_GIVES = "{host} gives: {gives}.", "{host} cung cấp: {gives}."
    HOST_GIVES_NOTHING = "{host} gives nothing now.", "{host} hiện không cung cấp gì."
    LAYER_WRITTEN = "The layer is in {path}.", "Lớp đã được ghi vào {path}."
    CANNOT_WRITE = "{path} cannot be written: {why}", "Không ghi được {path}: {why}"
    COLLECTOR_OR_PATHS = (
        "--host asks the collector, whose rules are those on offer: leave the paths out.",
        "--host hỏi máy thu thập với luật đang cung cấp ở đó: hãy bỏ các đường dẫn.",
    )
    COVERED_WORD = "covered", "bao phủ"
    WATCH_WORD = "watch", "theo dõi"
    BLIND_WORD = "blind", "mù"
    NONE_WORD = "none", "không"


class RuleHeading(Pair):
    """A column's heading."""

    COST = "µs/EVENT", "µs/SỰ KIỆN"
    TESTS = "TESTED", "ĐÃ THỬ"
    HITS = "HITS", "KHỚP"
    TECHNIQUE = "TECHNIQUE", "KỸ THUẬT"
    STANDING = "STANDING", "TÌNH TRẠNG"
    RULES = "RULES", "LUẬT"
    MISSING = "NEEDS", "CẦN"
    SOURCE = "FROM", "NGUỒN"
    LOOKS_AT = "LOOKS AT", "XÉT"
    MEMBERS = "COMBINES", "KẾT HỢP"
    AUTHOR = "AUTHOR", "TÁC GIẢ"
    TAGS = "TAGS", "NHÃN"
    COSTS = "COST", "CHI PHÍ"
    MET = "MET", "ĐÃ KHỚP"
