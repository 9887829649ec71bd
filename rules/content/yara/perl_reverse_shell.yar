rule perl_reverse_shell
{
    meta:
        title = "Perl that binds a shell to a connection"
        title_vi = "Perl gắn shell vào kết nối mạng"
        description = "A Perl script opens a connection, turns input and output to it and starts a shell."
        description_vi = "Tập lệnh Perl mở kết nối, chuyển đầu vào đầu ra sang đó rồi chạy shell."
        falsepositives = "Scripts of an authorised penetration test"
        falsepositives_vi = "Tập lệnh của một cuộc kiểm thử xâm nhập được phép"
        triage = "Which address does it connect to?"
        triage = "Who wrote the file, and has it run?"
        triage_vi = "Nó nối tới địa chỉ nào?"
        triage_vi = "Ai đã ghi tệp này, và nó đã chạy chưa?"
        level = "critical"
        tags = "attack.execution,attack.t1059.006,attack.command-and-control,attack.t1095"
        id = "87d5f70c-0472-59ed-b0ea-61f64ac36434"
        scan_context = "file, text"
    strings:
        $socket = /\bsocket\s*\(\s*\w+\s*,\s*(&?PF_INET|AF_INET|2)\b|IO::Socket::INET/
        $connect = /\bconnect\s*\(|PeerAddr/
        $turn = /\bopen\s*\(?\s*STD(IN|OUT|ERR)\s*,\s*["']?[<>]{1,2}&/
        $shell = /\b(exec|system)\s*\(?\s*[{"'\/ ]{0,4}(\/bin\/)?(ba|da)?sh\b/
    condition:
        filesize < 256KB and all of them
}
