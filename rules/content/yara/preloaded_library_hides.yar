rule preloaded_library_hides
{
    meta:
        title = "Library that hides files or listens inside other programs"
        title_vi = "Thư viện giấu tệp hoặc nghe lén trong chương trình khác"
        description = "A library takes the place of functions that list folders or check log-ins and knows the file by which it is loaded everywhere."
        description_vi = "Thư viện thế chỗ các hàm liệt kê thư mục hoặc kiểm tra đăng nhập và biết tệp giúp nó được nạp vào mọi chương trình."
        falsepositives = "Test tools that fake the file system"
        falsepositives_vi = "Công cụ kiểm thử giả lập hệ thống tệp"
        triage = "Look at the disk from outside: the host itself does not show it"
        triage = "What does /etc/ld.so.preload say?"
        triage_vi = "Xem đĩa từ bên ngoài: chính máy sẽ không cho thấy"
        triage_vi = "/etc/ld.so.preload ghi gì?"
        level = "critical"
        tags = "attack.stealth,attack.t1014,attack.t1574.006"
        id = "2c381ddc-0248-5cbe-b181-c01f0cacb840"
        scan_context = "file"
    strings:
        $preload = "ld.so.preload"
        $next = "dlsym"
        $list = /\x00(readdir(64)?|__?[lf]?xstat(64)?|opendir|getdents(64)?)\x00/
        $proc = /\/proc\/(self\/fd\/|net\/tcp|%d|\[0-9\])/
        $login = /\x00(pam_(authenticate|get_item|sm_authenticate)|getpwnam(_r)?|crypt|accept4?|pcap_loop)\x00/
        $magic = /(HIDE|hide_?(port|file|proc|gid|uid)|MAGIC_?(GID|STRING|PASS)|rootkit|backdoor|LD_PRELOAD=)/
    condition:
        uint32(0) == 0x464C457F and uint16(16) == 3 and filesize < 8MB and
        $preload and $next and $list and ($login or $proc) and $magic
}
