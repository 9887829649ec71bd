rule html_application_starts_shell
{
    meta:
        title = "HTML application that starts a command shell"
        title_vi = "Ứng dụng HTML chạy trình lệnh"
        description = "An HTML application (.hta) starts PowerShell, cmd or another interpreter from its script."
        description_vi = "Ứng dụng HTML (.hta) chạy PowerShell, cmd hoặc trình thông dịch khác từ tập lệnh của nó."
        falsepositives = "In-house HTML applications for administration"
        falsepositives_vi = "Ứng dụng HTML nội bộ dùng để quản trị"
        triage = "Read the script: what does it fetch, and from where?"
        triage = "Did it come by mail or from a web page?"
        triage_vi = "Đọc tập lệnh: nó tải gì, từ đâu?"
        triage_vi = "Nó đến qua thư hay từ trang web?"
        level = "high"
        tags = "attack.stealth,attack.t1218.005,attack.execution,attack.t1059"
        id = "f69f8dfc-bc52-50b7-98ab-8c12b1546b4f"
    strings:
        $application = /<hta:application|<script[^>]{0,80}language\s*=\s*["']?(vbscript|jscript)/ nocase
        $create = /(CreateObject|ActiveXObject|GetObject)\s*\(/ nocase
        $shell = /\b(powershell|pwsh|cmd(\.exe)?\s+\/[ck]|mshta|rundll32|regsvr32|certutil|bitsadmin)\b/ nocase
        $run = /\.(Run|Exec|ShellExecute)\b/ nocase
    condition:
        filesize < 2MB and all of them
}
