rule reverse_shell_script
{
    meta:
        title = "Script with a reverse shell"
        title_vi = "Tập lệnh chứa reverse shell"
        description = "A script that opens a connection and binds a shell to it, in one of the usual forms."
        description_vi = "Một tập lệnh mở kết nối mạng và gắn shell vào đó, theo một trong các dạng thường gặp."
        falsepositives = "Scripts of an authorised penetration test"
        falsepositives_vi = "Tập lệnh của một cuộc kiểm thử xâm nhập được phép"
        triage = "Read the script: which address does it connect to?"
        triage = "Who wrote it, and was it run?"
        triage_vi = "Đọc tập lệnh: nó nối tới địa chỉ nào?"
        triage_vi = "Ai đã ghi nó, và nó đã chạy chưa?"
        level = "critical"
        tags = "attack.execution,attack.t1059.004"
        id = "5b1f0c0e-6a0c-5a55-9d0a-4f0f3d3d8a01"
    strings:
        $start = "#!"
        $device = /\/dev\/(tcp|udp)\/[0-9A-Za-z_.${}-]{1,80}\/[0-9$]/
        $bound = /\b(ba|da|z|k)?sh\b[^\n]{0,40}(>&|<&|0<&)/
        $python = /socket\.socket\([^\n]{0,400}(dup2|pty\.spawn)/
    condition:
        $start at 0 and filesize < 1MB and (($device and $bound) or $python)
}
