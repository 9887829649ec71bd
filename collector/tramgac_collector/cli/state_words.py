"""What commands say of the states of rules and of rules that others publish, in English and Vietnamese."""

from __future__ import annotations

from tramgac_collector.cli.pairs import Pair


class StateWord(Pair):
    """One sentence: English, Vietnamese. `{name}` stands for a parameter."""

    ABOUT_STATE = (
        "Choose what becomes of events that meet rules: alert, watch (counted only), off, or default again.",
        "Chọn điều xảy ra khi sự kiện khớp luật: alert, watch (chỉ đếm), off, hoặc trở về default.",
    )
    ABOUT_FORECAST = (
        "What each watched rule would make a day at each site.",
        "Mỗi luật đang theo dõi sẽ tạo bao nhiêu cảnh báo mỗi ngày ở từng đơn vị.",
    )
    ABOUT_COSTS = (
        "What each rule costs the judge now, the dearest first.",
        "Mỗi luật đang tốn bao nhiêu công đánh giá, tốn nhất trước.",
    )
    OPTION_TOP = "How many rules to show.", "Hiển thị bao nhiêu luật."
    COSTS_AS_OF = (
        "Over {events:event|events} since these rules came into force, as of {since}; times and tests are a sample's.",
        "Trên {events} sự kiện từ khi bộ luật này có hiệu lực, tính đến {since}; thời gian và lần xét lấy từ mẫu.",
    )
    NO_COSTS = (
        "The judge has not said yet what rules cost: it does so a minute after its start.",
        "Bộ đánh giá chưa báo chi phí của luật: nó báo một phút sau khi khởi động.",
    )
    ABOUT_PROMOTE = (
        "Let imported rules alert that made less than N in so many days, and no verdict against.",
        "Cho phép cảnh báo với luật nhập khớp ít hơn N lần trong số ngày đó và không bị kết luận bác bỏ.",
    )
    ABOUT_IMPORT = (
        "Take the rules of a SigmaHQ checkout or release archive into a folder that can be signed.",
        "Lấy luật từ bản sao hoặc gói phát hành SigmaHQ vào một thư mục để ký.",
    )
    ARGUMENT_RULES = (
        "Ids of rules, or their first 8 characters or more; - reads them from stdin, one a line.",
        "Mã luật, hoặc từ 8 ký tự đầu; - đọc từ stdin, mỗi dòng một mã.",
    )
    ARGUMENT_STATE = "One of: {states}.", "Một trong: {states}."
    ARGUMENT_SOURCE = (
        "Folder of a checkout, or an archive: zip, tar, tar.gz.",
        "Thư mục bản sao, hoặc tệp nén: zip, tar, tar.gz.",
    )
    OPTION_WHY = "Why: kept with the decision.", "Lý do: lưu cùng quyết định."
    OPTION_SITE = "Only at this site.", "Chỉ ở đơn vị này."
    OPTION_DAYS = "Over so many days, at most {most}.", "Trong chừng này ngày, nhiều nhất {most}."
    OPTION_BELOW = "Rules with less matches than this.", "Luật có số lần khớp ít hơn số này."
    OPTION_DRY = "Only say which they would be.", "Chỉ cho biết sẽ là những luật nào."
    OPTION_WATCH = "Only watched rules, with their forecast.", "Chỉ luật đang theo dõi, kèm dự báo."
    OPTION_TO = (
        "Folder that the rules go into; an earlier import there is replaced.",
        "Thư mục nhận luật; lần nhập trước ở đó được thay thế.",
    )
    CHOSEN = "{changed} of {rules:rule|rules}: {state} now.", "{changed} trong {rules} luật: nay là {state}."
    PROMOTED = "{count:rule alerts|rules alert} now.", "{count} luật nay tạo cảnh báo."
    WOULD_PROMOTE = (
        "{count:rule|rules} would alert; leave out --dry-run to do it.",
        "{count} luật sẽ tạo cảnh báo; bỏ --dry-run để thực hiện.",
    )
    QUIET_ENOUGH = "less than {below} in {days:day|days}", "ít hơn {below} lần trong {days} ngày"
    NOTHING_WATCHED = (
        "No rule is under watch. Imported, experimental and hunting rules begin so.",
        "Không có luật nào đang được theo dõi. Luật nhập, thử nghiệm và săn tìm bắt đầu ở trạng thái này.",
    )
    STATES = (
        "Rules: {alert} alert, {watch} under watch, {off} off, {parked} parked.",
        "Luật: {alert} cảnh báo, {watch} theo dõi, {off} tắt, {parked} tạm dừng.",
    )
    PARTS = (
        (
            "{part:more is part of a correlation and raises nothing of its|more are parts of correlations and raise "
            "nothing of their} own."
        ),
        "{part} luật nữa là phần của luật tương quan và không tự tạo cảnh báo.",
    )
    PART = "part of a correlation", "phần của luật tương quan"
    PARKED = (
        (
            "Parked since {since}: {title} ({rule}): {reason}. "
            "Mend the rule, or try it again: tramgac rules state {rule} default --why TEXT"
        ),
        (
            "Tạm dừng từ {since}: {title} ({rule}): {reason}. "
            "Hãy sửa luật, hoặc thử lại: tramgac rules state {rule} default --why TEXT"
        ),
    )
    PARKED_ON_HOSTS = (
        (
            "Parked on {hosts:host|hosts} ({some}), first since {since}: {title} ({rule}). It costs too much there; "
            "its "
            "alerts come all the same, some of them a little later. Mend the rule if they are many."
        ),
        (
            "Tạm dừng trên {hosts} máy ({some}), sớm nhất từ {since}: {title} ({rule}). Luật tốn quá nhiều ở đó; cảnh "
            "báo vẫn đến, có khi chậm hơn một chút. Nếu nhiều máy, hãy sửa luật."
        ),
    )
    EXCEPTIONS = "exceptions: {count}", "ngoại lệ: {count}"
    ON_HOSTS = "parked on {hosts:host|hosts}", "tạm dừng trên {hosts} máy"
    SIGNED_WATCHED = (
        "{watched} of the rules begin under watch: they are counted and raise nothing until they are promoted.",
        "{watched} luật bắt đầu ở trạng thái theo dõi: được đếm và không tạo cảnh báo cho đến khi được chọn.",
    )
    IMPORTED = (
        (
            "Took {rules:rule|rules} in {files:file|files} into {to}; licence: {licence}. Left out, above: {left}. "
            "They begin under watch. Next: tramgac rules sign {to} ..., tramgac rules push"
        ),
        (
            "Đã lấy {rules} luật trong {files} tệp vào {to}; giấy phép: {licence}. Bỏ lại, nêu ở trên: {left}. "
            "Các luật bắt đầu ở trạng thái theo dõi. Tiếp theo: tramgac rules sign {to} ..., tramgac rules push"
        ),
    )
    ASIDE = (
        "Not looked at, since they hold no rules in force: {folders}.",
        "Không xét, vì không chứa luật có hiệu lực: {folders}.",
    )
    NOTED = (
        "{count:thing|things} to look at in what was taken: tramgac rules check {to}",
        "{count} điều cần xem trong phần đã lấy: tramgac rules check {to}",
    )
    NO_LICENCE = (
        "No licence that is known stands with these rules: find out whether you may use them, and how.",
        "Không thấy giấy phép quen thuộc đi kèm: hãy tìm hiểu bạn có được dùng các luật này không.",
    )
