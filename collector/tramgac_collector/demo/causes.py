"""Why an act of a demo was not told of: what its state remembers of the rule, or that it came late or not at all."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from tramgac_collector.cli.errors import Failed
from tramgac_collector.demo.words import Pair

Sheet = Mapping[str, Any]
CAUSES: Final[Mapping[str, Pair]] = {
    "absent": (
        "{rule} is not among the rules in force: tramgac rules status --state {state}",
        "{rule} không nằm trong bộ luật đang có hiệu lực: tramgac rules status --state {state}",
    ),
    "parked": (
        (
            "“{title}” is parked in this state, for it cost too much once: "
            "tramgac rules state {rule} default --why TEXT --state {state}"
        ),
        (
            "“{title}” đang tạm dừng trong trạng thái này vì từng tốn quá nhiều: "
            "tramgac rules state {rule} default --why TEXT --state {state}"
        ),
    ),
    "chosen": (
        (
            "“{title}” was set not to alert in this state, by {by} ({why}): "
            "tramgac rules state {rule} default --why TEXT --state {state}"
        ),
        (
            "“{title}” đã bị chọn không cảnh báo trong trạng thái này, do {by} ({why}): "
            "tramgac rules state {rule} default --why TEXT --state {state}"
        ),
    ),
    "excepted": (
        (
            "“{title}” has exception {exception} in this state, which may hold it back: "
            "tramgac exceptions show {exception} --state {state}"
        ),
        (
            "“{title}” có ngoại lệ {exception} trong trạng thái này, có thể đã chặn: "
            "tramgac exceptions show {exception} --state {state}"
        ),
    ),
    "late": (
        (
            "“{title}” did not alert in {seconds} s: on a busy machine it comes later "
            "(tramgac alerts --state {state}), or "
            "no sensor saw it (tramgac hosts --state {state}); if it never does, begin anew with an empty --state"
        ),
        (
            "“{title}” không cảnh báo trong {seconds} giây: máy bận thì có thể đến muộn hơn "
            "(tramgac alerts --state {state}), hoặc không cảm biến nào thấy (tramgac hosts --state {state}); nếu mãi "
            "không có, hãy bắt đầu lại với --state trống"
        ),
    ),
}
"""By cause; what a person can do stands behind each."""


def of_rule(rule: str, ask: Callable[[str], Sheet]) -> dict[str, Any]:
    """Give the likeliest cause of a rule's silence; `ask`: tells what the collector knows of a rule."""
    try:
        sheet = ask(rule)
    except Failed:
        return {"rule": rule, "cause": "absent"}
    told = {"rule": rule, "title": sheet["title"], "title_vi": sheet["title_vi"]}
    if not sheet["on_offer"]:
        return told | {"cause": "absent"}
    if sheet["parked"]:
        return told | {"cause": "parked"}
    for chosen in sheet["chosen"]:
        if chosen["state"] != "alert":
            return told | {"cause": "chosen", "by": chosen["by"], "why": chosen["why"]}
    if sheet["exceptions"]:
        likeliest = max(sheet["exceptions"], key=lambda one: (one["held"], not one["every_rule"]))
        return told | {"cause": "excepted", "exception": likeliest["id"]}
    return told | {"cause": "late"}
