rule script_prepares_encryption
{
    meta:
        title = "Script that removes what could undo an encryption"
        title_vi = "Tập lệnh xoá những gì giúp khôi phục dữ liệu"
        description = "A script removes shadow copies and backups and switches recovery off, as ransomware does before it encrypts."
        description_vi = "Tập lệnh xoá bản sao bóng, bản sao lưu và tắt khôi phục, như mã độc tống tiền làm trước khi mã hoá."
        falsepositives = "Scripts that prepare a master image"
        falsepositives_vi = "Tập lệnh chuẩn bị máy mẫu"
        triage = "Isolate the host: what comes next is encryption"
        triage = "Who wrote the file, and has it run?"
        triage_vi = "Cô lập máy: bước tiếp theo là mã hoá"
        triage_vi = "Ai đã ghi tệp này, và nó đã chạy chưa?"
        level = "critical"
        tags = "attack.impact,attack.t1490"
        id = "0c300b10-76fd-5e79-9fc7-d7fe96b91df1"
        scan_context = "file, text"
    strings:
        $shadows = /vssadmin(\.exe)?\s+(delete\s+shadows|resize\s+shadowstorage)|wmic(\.exe)?\s+shadowcopy\s+delete|Win32_ShadowCopy[^\n]{0,80}(Delete|Remove-)/ nocase
        $recovery = /bcdedit(\.exe)?[^\n]{0,60}(recoveryenabled\s+no|bootstatuspolicy\s+ignoreallfailures)/ nocase
        $backups = /wbadmin(\.exe)?\s+delete\s+(catalog|systemstatebackup|backup)/ nocase
        $logs = /wevtutil(\.exe)?\s+(cl|clear-log)\s/ nocase
        $services = /(net(1|\.exe)?|sc(\.exe)?)\s+stop\s+["']?(vss|sql|veeam|backup|msexchange|wbengine)/ nocase
    condition:
        filesize < 1MB and uint16(0) != 0x5A4D and $shadows and any of ($recovery, $backups, $logs, $services)
}
