"""What brings a host into quarantine, in words. Apart from what imposes it, which needs the control store."""

from typing import Final

from tramgac_collector.pairs import Both

REASONS: Final = {
    "flood": Both("it went on sending after it was told to wait", "tiếp tục gửi sau khi đã được yêu cầu chờ"),
    "limit": Both("it sent more at once than a message may hold", "gửi vượt giới hạn của một thông điệp"),
    "protocol": Both("what it sent is no dialogue of ours", "dữ liệu gửi lên không đúng giao thức"),
    "epochs": Both("it began its spool anew again and again", "liên tục bắt đầu lại hàng đợi"),
    "streams": Both("it connected again and again", "liên tục kết nối lại"),
    "calls": Both("it asked for files again and again", "liên tục xin tệp"),
}
"""What brings a host into quarantine."""
