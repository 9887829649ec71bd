rule elf_packed_without_marks
{
    meta:
        title = "Packed program whose packer's marks were removed"
        title_vi = "Chương trình nén đã bị xoá dấu của bộ nén"
        description = "A Linux program is packed by UPX, but what UPX writes about itself is gone or changed, so that it cannot be unpacked."
        description_vi = "Chương trình Linux được nén bằng UPX nhưng dấu của UPX bị xoá hoặc sửa để không giải nén được."
        falsepositives = "Software of vendors who hide their code"
        falsepositives_vi = "Phần mềm của hãng muốn che mã"
        triage = "What does the host talk to since it ran?"
        triage = "Who wrote the file, and has it run?"
        triage_vi = "Từ khi nó chạy, máy kết nối tới đâu?"
        triage_vi = "Ai đã ghi tệp này, và nó đã chạy chưa?"
        level = "medium"
        tags = "attack.stealth,attack.t1027.002"
        id = "e0089175-acef-571d-939a-ca721401ecf1"
        scan_context = "file"
    strings:
        $magic = "UPX!"
        $info = "$Info: This file is packed with the UPX"
        $id = "$Id: UPX "
        $stub = { 50 52 E8 ?? ?? 00 00 55 53 51 52 48 01 FE 56 }
        $proc = "/proc/self/exe"
        $prot = "PROT_EXEC|PROT_WRITE failed."
    condition:
        uint32(0) == 0x464C457F and filesize < 64MB and
        (($magic and not $info and not $id and ($prot or $proc)) or (($stub or $prot) and not $magic))
}
