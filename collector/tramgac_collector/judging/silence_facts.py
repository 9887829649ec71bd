"""What the collector tells of hosts that say nothing: three facts that it makes itself, in the form of rules."""

from typing import Any, Final

LEFT: Final[dict[str, Any]] = {
    "id": "tramgac:agent-ended",
    "title": "Agent ended without last words",
    "title_vi": "Tác tử bị dừng đột ngột",
    "level": "high",
    "tags": ["attack.defense-impairment", "attack.t1685"],
    "description": (
        "The machine closed the agent's stream at once, so it ran and its line served; but the agent said no last"
        " words, as it does when it is stopped or the machine is switched off. It was killed, or it crashed."
    ),
    "description_vi": (
        "Máy trạm đóng kết nối của tác tử ngay lập tức, tức là máy vẫn chạy và đường truyền vẫn tốt; nhưng tác tử không"
        " báo trước như khi dừng đúng cách hay tắt máy. Tác tử đã bị buộc dừng hoặc gặp sự cố."
    ),
    "triage": [
        "What were the last events of the host, and who was on it?",
        "Did other agents end at the same time? Then look for what reached all: a policy, a tool of administration",
        "Look at the machine: does the agent start again (tramgac-agent doctor), is it still installed?",
    ],
    "triage_vi": [
        "Những sự kiện cuối cùng của máy là gì, và ai đang dùng máy?",
        "Tác tử trên máy khác có dừng cùng lúc không? Nếu có, hãy tìm thứ tác động đến tất cả (chính sách, công cụ)",
        "Xem trực tiếp máy: tác tử có khởi động lại không (tramgac-agent doctor), có còn được cài không?",
    ],
    "falsepositives": ["A system that ran out of memory and killed it", "A machine that was reset hard"],
    "falsepositives_vi": ["Hệ thống hết bộ nhớ nên dừng tác tử", "Máy bị khởi động lại cưỡng bức"],
    "references": [],
}

LOST: Final[dict[str, Any]] = {
    "id": "tramgac:silence",
    "title": "Host fell silent",
    "title_vi": "Máy trạm im lặng",
    "level": "medium",
    "tags": ["attack.defense-impairment", "attack.t1685"],
    "description": (
        "The host's agent said nothing more, and no last words before, in hours in which the host is on and while its"
        " neighbours live: its line was cut, it lost its power, or something holds its messages back."
    ),
    "description_vi": (
        "Tác tử trên máy không gửi gì nữa và không báo trước khi dừng, vào giờ máy thường hoạt động và trong khi các"
        " máy cùng nơi vẫn gửi: máy mất mạng, mất điện, hoặc có thứ chặn dữ liệu của máy."
    ),
    "triage": [
        "What were the last events of the host, and who was on it?",
        "Does the machine run? Then what holds its messages back: a firewall rule, a cable, an address?",
        "Look at its agent there (tramgac-agent doctor)",
    ],
    "triage_vi": [
        "Những sự kiện cuối cùng của máy là gì, và ai đang dùng máy?",
        "Máy có đang chạy không? Nếu có, thứ gì chặn dữ liệu: luật tường lửa, dây mạng, địa chỉ?",
        "Xem tác tử trên máy đó (tramgac-agent doctor)",
    ],
    "falsepositives": ["A machine that sleeps, lost its network or its power"],
    "falsepositives_vi": ["Máy đang ngủ, mất mạng hoặc mất điện"],
    "references": [],
}

DARK: Final[dict[str, Any]] = {
    "id": "tramgac:site-dark",
    "title": "A site fell silent",
    "title_vi": "Cả một nơi im lặng",
    "level": "medium",
    "tags": ["attack.defense-impairment", "attack.t1685"],
    "description": (
        "Most hosts of a site that spoke went within ten minutes, without last words: its line or its power is cut."
    ),
    "description_vi": (
        "Phần lớn máy đang gửi của một nơi im lặng trong vòng mười phút mà không báo trước: nơi đó mất"
        " đường truyền hoặc mất điện."
    ),
    "triage": [
        "Is the line of that place up, has it power? Ask the people there",
        "All others of the place are well and only these are not? Then it is no line: look at one of them",
        "Their events wait with them and come when the line serves again",
    ],
    "triage_vi": [
        "Đường truyền của nơi đó có thông không, có điện không? Hãy hỏi người ở đó",
        "Nếu mọi thứ khác ở đó vẫn tốt thì không phải do đường truyền: hãy xem một trong các máy này",
        "Sự kiện nằm chờ trên các máy và sẽ được gửi khi có đường truyền trở lại",
    ],
    "falsepositives": ["Work on the line or on the power of a building"],
    "falsepositives_vi": ["Bảo trì đường truyền hoặc điện của toà nhà"],
    "references": [],
}
