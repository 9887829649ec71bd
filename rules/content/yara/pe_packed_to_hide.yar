import "pe"

rule pe_packed_to_hide
{
    meta:
        title = "Windows program in a packer that hides code"
        title_vi = "Chương trình Windows trong bộ đóng gói che mã"
        description = "A Windows program has sections of a packer whose purpose is to keep code from being read."
        description_vi = "Chương trình Windows có phân đoạn của bộ đóng gói chuyên che mã không cho đọc."
        falsepositives = "Games and licensed software with copy protection"
        falsepositives_vi = "Trò chơi và phần mềm có chống sao chép"
        triage = "Is it signed, and by whom?"
        triage = "Who wrote the file, and has it run?"
        triage_vi = "Nó có chữ ký số không, của ai?"
        triage_vi = "Ai đã ghi tệp này, và nó đã chạy chưa?"
        level = "medium"
        tags = "attack.stealth,attack.t1027.002"
        id = "b26a2be0-6e7a-5c70-a6db-ae8609ab6f09"
        scan_context = "file"
    condition:
        pe.is_pe and filesize < 64MB and
        for any section in pe.sections : (
            section.name == ".vmp0" or section.name == ".vmp1" or section.name == ".themida" or
            section.name == ".winlice" or section.name == ".enigma1" or section.name == ".enigma2" or
            section.name == ".aspack" or section.name == ".adata" or section.name == ".MPRESS1" or
            section.name == ".petite" or section.name == "PEC2TO" or section.name == ".nsp0" or section.name == ".yP"
        )
}
