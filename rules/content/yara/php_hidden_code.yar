rule php_hidden_code
{
    meta:
        title = "PHP that unpacks hidden code and runs it"
        title_vi = "PHP giải mã đoạn ẩn rồi chạy"
        description = "A PHP page runs code that lies in it packed several times over, as stolen sites carry it."
        description_vi = "Trang PHP chạy đoạn mã được đóng gói nhiều lớp trong chính nó, thường thấy ở trang web bị chiếm."
        falsepositives = "Commercial themes and modules with obfuscated licences"
        falsepositives_vi = "Giao diện, mô-đun thương mại che mã bản quyền"
        triage = "Compare with the original of the software"
        triage = "How did the file come into the web root?"
        triage_vi = "So với bản gốc của phần mềm"
        triage_vi = "Tệp đã vào thư mục web bằng cách nào?"
        level = "high"
        tags = "attack.persistence,attack.t1505.003,attack.stealth,attack.t1027.013"
        id = "00f7914e-9309-5616-9d9a-9d8166d49df3"
        scan_context = "file"
    strings:
        $open = /<\?(php|=)/ nocase
        $layers = /\b(eval|assert)\s*\(\s*@?((gzinflate|gzuncompress|gzdecode|str_rot13|strrev|base64_decode|convert_uudecode|rawurldecode|hex2bin)\s*\(\s*){2,6}/ nocase
        $built = /\$\w{1,20}\s*=\s*(chr\(\d{1,3}\)\s*\.\s*){6,}/ nocase
        $globals = /\$\{?["']?(\\x[0-9a-f]{2}){5,}/ nocase
        $eval = /\b(eval|assert|create_function)\s*\(/ nocase
    condition:
        filesize < 4MB and $open in (0..4096) and ($layers or ($eval and ($built or #globals > 4)))
}
