"""What `tramgac rules backtest` says, in English and Vietnamese."""

from __future__ import annotations

from tramgac_collector.cli.pairs import Pair


class BacktestWord(Pair):
    """One sentence: English, Vietnamese. `{name}` stands for a parameter."""

    ABOUT = (
        "Judge stored events again: which alerts rules would have made, how many a day, on which hosts. Raises none.",
        "Xét lại sự kiện đã lưu: luật lẽ ra sinh cảnh báo nào, bao nhiêu mỗi ngày, ở máy nào. Không tạo cảnh báo.",
    )
    ARGUMENT = (
        "Files and folders of rules, or ids of rules on offer at the collector.",
        "Tệp và thư mục luật, hoặc mã của các luật đang được cung cấp ở máy thu thập.",
    )
    MIXED = (
        "Name files or ids of rules, not both: {path} is there, {id} is not.",
        "Hãy nêu tệp hoặc mã luật, đừng trộn cả hai: có {path}, không có {id}.",
    )
    FAULTY = (
        "There are errors in the rules, {errors}, above; correct these rules or leave them out.",
        "Các luật có lỗi ({errors}), nêu ở trên; hãy sửa hoặc bỏ những luật đó ra.",
    )
    DONE = (
        "Judged: {events:event|events} of {days:day|days}; nothing was raised.",
        "Đã xét {events} sự kiện trong {days} ngày; không tạo cảnh báo nào.",
    )
    OPTION_NONE = (
        "As if there were no exceptions; without it those in force now hold back what they would hold back live.",
        "Coi như không có ngoại lệ; nếu không, các ngoại lệ đang có hiệu lực sẽ chặn như khi chạy thật.",
    )
    HELD = (
        "Exceptions would hold back {count} more, by number: {by}. --no-exceptions counts them as alerts.",
        "Ngoại lệ sẽ chặn thêm {count}, theo số: {by}. --no-exceptions tính chúng là cảnh báo.",
    )
    UNSURE = (
        "{count:time|times} nobody could tell whether an exception holds back; these are counted as alerts.",
        "{count} lần không thể kết luận ngoại lệ có chặn hay không; các lần đó được tính là cảnh báo.",
    )
    NO_EVENTS = (
        "The store holds no event of this time that these rules look at.",
        "Kho không có sự kiện nào trong thời gian này mà các luật này xét đến.",
    )
    SHORT = (
        "Events of this time are stored from {first} on; a day's count is over those {days:day|days}.",
        "Sự kiện trong khoảng này chỉ có từ {first}; số mỗi ngày tính trên {days} ngày đó.",
    )
    FAILURES = (
        "{failures:event could not be judged and is|events could not be judged and are} left out.",
        "Không xét được {failures} sự kiện, đã bỏ qua.",
    )
    LIMITED = (
        "Correlations had too much to remember: {what}. Their counts are too low; choose a shorter time.",
        "Luật tương quan phải nhớ quá nhiều: {what}. Số đếm của chúng thấp hơn thực tế; hãy chọn thời gian ngắn hơn.",
    )
