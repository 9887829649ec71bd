rule python_runs_encoded_code
{
    meta:
        title = "Python that decodes code and runs it"
        title_vi = "Python giải mã rồi chạy mã lệnh"
        description = "A Python script runs code out of an encoded or compressed text instead of showing it."
        description_vi = "Tập lệnh Python chạy mã lệnh lấy từ đoạn mã hoá hoặc nén thay vì để lộ."
        falsepositives = "Commercial obfuscators of licensed software"
        falsepositives_vi = "Công cụ che mã của phần mềm thương mại"
        triage = "Replace exec by print in a copy and read what comes out"
        triage = "Who wrote the file, and has it run?"
        triage_vi = "Thay exec bằng print trong một bản sao rồi đọc"
        triage_vi = "Ai đã ghi tệp này, và nó đã chạy chưa?"
        level = "high"
        tags = "attack.stealth,attack.t1027.013,attack.t1140,attack.execution,attack.t1059.006"
        id = "addd26ea-2e31-5175-880d-9c4d1fb49f58"
        scan_context = "file, text"
    strings:
        $decode = /\b(exec|eval)\s*\(\s*(compile\s*\(\s*)?((__import__\(\s*['"](zlib|base64|marshal|lzma|bz2|codecs)['"]\s*\)|zlib|base64|marshal|lzma|bz2|codecs|binascii)\s*\.\s*(decompress|b64decode|b85decode|b32decode|a85decode|loads|decode|unhexlify)\s*\(\s*){2,4}/
        $once = /\b(exec|eval)\s*\(\s*(compile\s*\(\s*)?((__import__\(\s*['"](zlib|base64|marshal|lzma|bz2|codecs)['"]\s*\)|zlib|base64|marshal|lzma|bz2|codecs|binascii)\s*\.\s*(decompress|b64decode|b85decode|b32decode|a85decode|loads|decode|unhexlify)\s*\(\s*)b?['"]{1,3}[A-Za-z0-9+\/=\\]{80}/
        $reversed = /\bexec\s*\(\s*\(\s*_\s*\)\s*\(\s*b['"]/
    condition:
        filesize < 8MB and any of them
}
