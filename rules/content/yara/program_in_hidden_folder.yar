rule program_in_hidden_folder
{
    meta:
        title = "Program in a hidden folder where everyone may write"
        title_vi = "Chương trình trong thư mục ẩn ai cũng ghi được"
        description = "A program or script lies below a folder whose name begins with a dot or is blank, in a place for temporary files."
        description_vi = "Chương trình hoặc tập lệnh nằm dưới thư mục có tên bắt đầu bằng dấu chấm hoặc trống, ở nơi chứa tệp tạm."
        falsepositives = "Build tools that keep hidden folders in /tmp"
        falsepositives_vi = "Công cụ dựng phần mềm để thư mục ẩn trong /tmp"
        triage = "What else lies in that folder?"
        triage = "Who wrote the file, and has it run?"
        triage_vi = "Trong thư mục đó còn gì?"
        triage_vi = "Ai đã ghi tệp này, và nó đã chạy chưa?"
        level = "medium"
        tags = "attack.stealth,attack.t1564.001"
        id = "d633be23-97de-5232-8868-86a3186b982e"
    condition:
        (filetype == "ELF" or filetype == "SCRIPT") and
        filepath matches /^\/(tmp|var\/tmp|dev\/shm)\/(.{0,200}\/)?(\.[^\/]{1,60}| +|\.\.[^\/]{1,20})\// and
        not filepath matches /\/\.(X11|ICE|font|XIM|Test|org\.chromium|mount_|cache|venv|git|npm|cargo|local|nox|tox)/
}
