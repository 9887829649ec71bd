rule powershell_loads_program_from_text
{
    meta:
        title = "PowerShell that loads a program out of a text"
        title_vi = "PowerShell nạp chương trình từ một đoạn văn bản"
        description = "PowerShell decodes a long text and loads it as an assembly or as machine code, so that no file is ever written."
        description_vi = "PowerShell giải mã một đoạn dài rồi nạp như assembly hoặc mã máy, không hề ghi tệp."
        falsepositives = "Administrators' scripts that carry a small library"
        falsepositives_vi = "Tập lệnh quản trị mang theo một thư viện nhỏ"
        triage = "Decode the text without running it and have it examined"
        triage = "Who wrote the file, and has it run?"
        triage_vi = "Giải mã đoạn đó nhưng không chạy, rồi đem phân tích"
        triage_vi = "Ai đã ghi tệp này, và nó đã chạy chưa?"
        level = "high"
        tags = "attack.stealth,attack.t1620,attack.t1027.013,attack.execution,attack.t1059.001"
        id = "60ddb4b7-2521-530d-adaf-51b705d81620"
        scan_context = "file, text"
    strings:
        $decode = /FromBase64String\s*\(|IO\.Compression\.(Gzip|Deflate)Stream/ ascii wide nocase
        $assembly = /(Reflection\.)?Assembly\]?\s*::\s*Load\s*\(/ ascii wide nocase
        $memory = /VirtualAlloc(Ex)?\b|GetDelegateForFunctionPointer|CreateThread\b|NtAllocateVirtualMemory/ ascii wide nocase
    condition:
        filesize < 20MB and $decode and ($assembly or #memory >= 2)
}
