rule kernel_module_hides
{
    meta:
        title = "Kernel module that hides something"
        title_vi = "Mô-đun nhân giấu thứ gì đó"
        description = "A kernel module looks for the kernel's table of calls or hooks it and takes itself out of the list of modules."
        description_vi = "Mô-đun nhân tìm hoặc móc vào bảng lời gọi hệ thống và tự gỡ mình khỏi danh sách mô-đun."
        falsepositives = "Security software with a kernel module of its own"
        falsepositives_vi = "Phần mềm bảo vệ có mô-đun nhân riêng"
        triage = "Look at the disk from outside: the host itself does not show it"
        triage = "Who loaded it, and by what is it loaded again?"
        triage_vi = "Xem đĩa từ bên ngoài: chính máy sẽ không cho thấy"
        triage_vi = "Ai đã nạp, và gì nạp lại nó?"
        level = "critical"
        tags = "attack.stealth,attack.t1014,attack.persistence,attack.t1547.006"
        id = "dfb9b405-6f2f-5f7a-bb43-c60632ecbd72"
        scan_context = "file"
    strings:
        $module = "vermagic="
        $table = "sys_call_table"
        $lookup = /kallsyms_(lookup_name|on_each_symbol)/
        $hook = /\b(ftrace_set_filter_ip|register_ftrace_function|register_kprobe|write_cr0|native_write_cr0|set_memory_rw)\b/
        $list = /\x00(getdents(64)?|tcp[46]_seq_show|iterate_(dir|shared)|filldir(64)?|kill)\x00|__x64_sys_(getdents(64)?|kill)/
        $hide = /(hide|unhide|give_root|set_root|hidden|invisible|backdoor|rootkit)/ nocase
        $creds = /prepare_(kernel_)?creds|commit_creds/
    condition:
        uint32(0) == 0x464C457F and uint16(16) == 1 and filesize < 8MB and $module and
        ($table or $lookup) and $hook and $hide and ($list or $creds)
}
