"""What `tramgac collector firewall` says, in English and Vietnamese."""

from __future__ import annotations

from tramgac_collector.cli.pairs import Pair


class FirewallWord(Pair):
    """One sentence: English, Vietnamese. `{name}` stands for a parameter."""

    ABOUT = (
        "Print firewall rules (for nft -f) that bound how often one address connects to the agents' ports.",
        "In luật tường lửa (cho nft -f) giới hạn số kết nối mới từ một địa chỉ tới các cổng dành cho tác tử.",
    )
    OPTION_EACH_SECOND = (
        "Connections that an address may open in a second, in the long run.",
        "Số kết nối mới mỗi giây, tính lâu dài, từ một địa chỉ.",
    )
    OPTION_AT_ONCE = (
        "How many beyond that after a quiet while: more where more hosts stand behind one address (NAT).",
        "Số kết nối được thêm sau lúc yên: tăng lên nếu nhiều máy dùng chung một địa chỉ (NAT).",
    )
    NO_PORT = (
        "A rule needs ports that stay: session_listen and enrol_listen in {config} name none.",
        "Luật cần cổng cố định: session_listen và enrol_listen trong {config} chưa nêu cổng.",
    )
