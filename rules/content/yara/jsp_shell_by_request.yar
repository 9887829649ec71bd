rule jsp_shell_by_request
{
    meta:
        title = "JSP that runs what a request brings"
        title_vi = "JSP chạy lệnh lấy từ yêu cầu web"
        description = "A JSP page starts a process with a parameter of the request, or loads a class out of it: a web shell."
        description_vi = "Trang JSP chạy tiến trình bằng tham số của yêu cầu, hoặc nạp lớp từ đó: web shell."
        falsepositives = "Diagnostic pages of an application server"
        falsepositives_vi = "Trang chẩn đoán của máy chủ ứng dụng"
        triage = "Who asked for this page, and with what?"
        triage = "How did the file come into the web root?"
        triage_vi = "Ai đã gọi trang này, kèm gì?"
        triage_vi = "Tệp đã vào thư mục web bằng cách nào?"
        level = "critical"
        tags = "attack.persistence,attack.t1505.003"
        id = "8c55bd78-8e61-5484-be7d-26a34ca6551d"
        scan_context = "file"
    strings:
        $page = /<%(@|!|=|\s)|<jsp:/
        $parameter = /request\s*\.\s*(getParameter|getHeader|getReader|getInputStream|getCookies)\s*\(/
        $exec = /getRuntime\s*\(\s*\)\s*\.\s*exec\s*\(|new\s+ProcessBuilder\s*\(|ProcessImpl/
        $class = /\bdefineClass\s*\(/
        $decode = /BASE64Decoder|Base64\s*\.\s*getDecoder|Cipher\s*\.\s*getInstance/
    condition:
        filesize < 512KB and $page in (0..4096) and $parameter and ($exec or ($class and $decode))
}
