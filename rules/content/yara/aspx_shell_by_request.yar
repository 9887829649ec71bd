rule aspx_shell_by_request
{
    meta:
        title = "ASPX that runs what a request brings"
        title_vi = "ASPX chạy lệnh lấy từ yêu cầu web"
        description = "An ASPX page evaluates a part of the request, starts a process with it or loads an assembly out of it: a web shell."
        description_vi = "Trang ASPX thực thi một phần yêu cầu, chạy tiến trình bằng nó hoặc nạp assembly từ đó: web shell."
        falsepositives = "Diagnostic pages of an application"
        falsepositives_vi = "Trang chẩn đoán của ứng dụng"
        triage = "Who asked for this page, and with what?"
        triage = "How did the file come into the web root?"
        triage_vi = "Ai đã gọi trang này, kèm gì?"
        triage_vi = "Tệp đã vào thư mục web bằng cách nào?"
        level = "critical"
        tags = "attack.persistence,attack.t1505.003"
        id = "2ce9446e-5448-5d55-bcbb-9cad0f812ef2"
        scan_context = "file"
    strings:
        $page = /<%@\s*(Page|WebHandler|WebService)\b|<script[^>]{0,60}runat\s*=\s*["']?server/ nocase
        $eval = /\beval\s*\(\s*(Request|System\.Text\.Encoding)\b/ nocase
        $request = /\bRequest\s*(\.\s*(Item|Form|QueryString|Params|Headers|BinaryRead|Files|Cookies)|\[|\()/ nocase
        $process = /Process\s*\.\s*Start\s*\(|new\s+(System\.Diagnostics\.)?Process(StartInfo)?\s*\(|WScript\.Shell/ nocase
        $shell = /\b(cmd\.exe|powershell)\b/ nocase
        $assembly = /Assembly\s*\.\s*Load\s*\(/ nocase
        $crypto = /RijndaelManaged|Aes(Managed|CryptoServiceProvider)?\b[^\n]{0,60}CreateDecryptor|FromBase64String/ nocase
    condition:
        filesize < 512KB and $page in (0..4096) and
        ($eval or ($request and (($process and $shell) or ($assembly and $crypto))))
}
