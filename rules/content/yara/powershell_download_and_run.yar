rule powershell_download_and_run
{
    meta:
        title = "PowerShell that runs what it downloads"
        title_vi = "PowerShell chạy ngay thứ vừa tải về"
        description = "PowerShell fetches text from the network and runs it without a file, hidden or with its policy put aside."
        description_vi = "PowerShell tải văn bản từ mạng rồi chạy mà không ghi tệp, chạy ẩn hoặc bỏ qua chính sách."
        falsepositives = "Installers of package managers that are run this way"
        falsepositives_vi = "Bộ cài của trình quản lý gói được chạy theo cách này"
        triage = "Read the script: what does it fetch, and from where?"
        triage = "What did PowerShell start afterwards?"
        triage_vi = "Đọc tập lệnh: nó tải gì, từ đâu?"
        triage_vi = "Sau đó PowerShell đã chạy gì?"
        level = "high"
        tags = "attack.execution,attack.t1059.001,attack.command-and-control,attack.t1105"
        id = "cf9614db-a26c-5186-a674-553ee37ee63a"
        scan_context = "file, text"
    strings:
        $fetch = /(DownloadString|DownloadData|OpenRead)\s*\(|Net\.WebClient|Invoke-WebRequest|Invoke-RestMethod|\biwr\b|\birm\b/ ascii wide nocase
        $run = /\b(iex|Invoke-Expression)\b|\.Invoke\(|&\s*\(\s*\[scriptblock\]::create/ ascii wide nocase
        $hidden = /-w(in(dowstyle)?)?\s+(h(idden)?|1)\b/ ascii wide nocase
        $policy = /-e(x(ec(utionpolicy)?)?|p)\s+(bypass|unrestricted)\b/ ascii wide nocase
        $quiet = /-no(p|profile)\b[^\n]{0,80}-noni(nteractive)?\b/ ascii wide nocase
    condition:
        filesize < 2MB and $fetch and $run and any of ($hidden, $policy, $quiet)
}
