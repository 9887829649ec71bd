rule script_carries_program
{
    meta:
        title = "Script that carries a program for Linux"
        title_vi = "Tập lệnh mang theo chương trình Linux"
        description = "A script holds a Linux program as encoded text and writes or runs it; what is dropped so never passed a download check."
        description_vi = "Tập lệnh chứa một chương trình Linux dạng mã hoá rồi ghi ra hoặc chạy; tệp được thả như vậy không qua kiểm tra tải về."
        falsepositives = "Installers that carry their program in themselves"
        falsepositives_vi = "Bộ cài mang chương trình trong chính nó"
        triage = "Decode the program and have it examined"
        triage = "Who wrote the file, and has it run?"
        triage_vi = "Giải mã chương trình và đem đi phân tích"
        triage_vi = "Ai đã ghi tệp này, và nó đã chạy chưa?"
        level = "high"
        tags = "attack.stealth,attack.t1027.009,attack.t1140"
        id = "fc5e890b-6460-56cb-949e-fcfa3c141e16"
    strings:
        $start = "#!"
        $base64 = /f0VMRg(I|E)BA[A-Za-z0-9+\/\n]{200}/
        $hex = /7f454c460(1|2)01[0-9a-fA-F]{200}/ nocase
        $escaped = /\\x7f(ELF|\\x45\\x4c\\x46)(\\x[0-9a-f]{2}){60}/ nocase
        $out = /(base64\s+(-d|--decode)|b64decode|xxd\s+-r|printf\s|echo\s+-n?e|unhexlify|fromhex|memfd_create|decode_base64|pack\s*\()/
    condition:
        $start at 0 and $out and any of ($base64, $hex, $escaped)
}
