rule powershell_disables_amsi
{
    meta:
        title = "PowerShell that blinds the antivirus interface"
        title_vi = "PowerShell làm mù giao diện chống mã độc"
        description = "PowerShell reaches into the antimalware interface (AMSI) to make it report failure or overwrites its scan function."
        description_vi = "PowerShell can thiệp giao diện chống mã độc (AMSI) để nó báo lỗi hoặc ghi đè hàm quét."
        falsepositives = "Scripts of an authorised penetration test"
        falsepositives_vi = "Tập lệnh của một cuộc kiểm thử xâm nhập được phép"
        triage = "What did the same session run afterwards?"
        triage = "Who wrote the file, and has it run?"
        triage_vi = "Phiên này đã chạy gì sau đó?"
        triage_vi = "Ai đã ghi tệp này, và nó đã chạy chưa?"
        level = "critical"
        tags = "attack.defense-impairment,attack.t1685"
        id = "7f66d894-2527-5e0e-82bb-36b2aa844f7e"
        scan_context = "file, text"
    strings:
        $type = /System\.Management\.Automation\.(Amsi|['"]\s*\+|\$\{?)/ ascii wide nocase
        $failed = /amsi(Init|['"]\s*\+\s*['"]\s*Init)(Failed|['"]\s*\+\s*['"]\s*Failed)/ ascii wide nocase
        $context = /amsi(Context|Session)\b/ ascii wide nocase
        $reflect = /GetField\s*\(|SetValue\s*\(\s*\$null/ ascii wide nocase
        $function = /Amsi(Scan(Buffer|String)|OpenSession)\b/ ascii wide nocase
        $patch = /VirtualProtect\b|WriteProcessMemory|Marshal\]?::Copy/ ascii wide nocase
    condition:
        filesize < 2MB and (($reflect and ($failed or ($type and $context))) or ($function and $patch))
}
