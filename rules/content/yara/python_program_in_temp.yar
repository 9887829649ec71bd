rule python_program_in_temp
{
    meta:
        title = "Packed Python program in a temporary folder"
        title_vi = "Chương trình Python đóng gói trong thư mục tạm"
        description = "A program that was made of a Python script in one file lies where everyone may write."
        description_vi = "Chương trình làm từ tập lệnh Python gói thành một tệp, nằm ở nơi ai cũng ghi được."
        falsepositives = "Portable tools that a user has just unpacked"
        falsepositives_vi = "Công cụ chạy ngay mà người dùng vừa giải nén"
        triage = "Where did it come from?"
        triage = "Who wrote the file, and has it run?"
        triage_vi = "Nó đến từ đâu?"
        triage_vi = "Ai đã ghi tệp này, và nó đã chạy chưa?"
        level = "medium"
        tags = "attack.execution,attack.t1059.006,attack.stealth,attack.t1027.002"
        id = "72ea17c1-115f-5c05-859a-58629b058564"
    strings:
        $cookie = { 4D 45 49 0C 0B 0A 0B 0E }
        $archive = "_MEIPASS"
        $nuitka = "NUITKA_ONEFILE_PARENT"
    condition:
        (uint32(0) == 0x464C457F or uint16(0) == 0x5A4D) and filesize < 128MB and any of them and
        filepath matches /^\/(tmp|var\/tmp|dev\/shm)\/|\\(Temp|Public|ProgramData)\\[^\\]+$/i
}
