rule php_shell_by_request
{
    meta:
        title = "PHP that runs what a request brings"
        title_vi = "PHP chạy lệnh lấy từ yêu cầu web"
        description = "A PHP page hands a part of the request to a function that runs code or commands: a web shell."
        description_vi = "Trang PHP đưa một phần yêu cầu vào hàm chạy mã hoặc lệnh: web shell."
        falsepositives = "Administration pages that are written carelessly"
        falsepositives_vi = "Trang quản trị viết cẩu thả"
        triage = "Who asked for this page, and with what?"
        triage = "How did the file come into the web root?"
        triage_vi = "Ai đã gọi trang này, kèm gì?"
        triage_vi = "Tệp đã vào thư mục web bằng cách nào?"
        level = "critical"
        tags = "attack.persistence,attack.t1505.003"
        id = "bc51efd9-e21d-5c22-b22e-6c0cb312f2c9"
        scan_context = "file"
    strings:
        $open = /<\?(php|=)/ nocase
        $direct = /\b(eval|assert|system|passthru|shell_exec|exec|popen|proc_open|pcntl_exec|create_function)\s*\(\s*(@?\s*(base64_decode|gzinflate|str_rot13|stripslashes|urldecode|hex2bin|trim)\s*\(\s*){0,3}@?\s*\$_(GET|POST|REQUEST|COOKIE|SERVER|FILES)\b/ nocase
        $called = /\$_(GET|POST|REQUEST|COOKIE)\s*\[[^\]\n]{1,40}\]\s*\(\s*(\$_(GET|POST|REQUEST|COOKIE)|['"])/ nocase
        $backtick = /`[^`\n]{0,40}\$_(GET|POST|REQUEST|COOKIE)\b/ nocase
        $callback = /\b(array_map|array_filter|usort|call_user_func(_array)?|preg_replace_callback)\s*\([^;\n]{0,60}\$_(GET|POST|REQUEST|COOKIE)\b[^;\n]{0,60}\$_(GET|POST|REQUEST|COOKIE)\b/ nocase
    condition:
        filesize < 1MB and $open in (0..4096) and any of ($direct, $called, $backtick, $callback)
}
