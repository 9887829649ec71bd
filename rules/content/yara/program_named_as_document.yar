rule program_named_as_document
{
    meta:
        title = "Program that is named like a document"
        title_vi = "Chương trình đặt tên như tài liệu"
        description = "A program's name ends like that of a document or a picture, or hides its ending behind such a one."
        description_vi = "Tên chương trình có đuôi giống tài liệu hoặc ảnh, hoặc giấu đuôi thật sau đuôi như vậy."
        falsepositives = "Files that a person renamed by mistake"
        falsepositives_vi = "Tệp bị đổi tên nhầm"
        triage = "Did it come by mail or out of an archive?"
        triage = "Who wrote the file, and has it run?"
        triage_vi = "Nó đến qua thư hay từ tệp nén?"
        triage_vi = "Ai đã ghi tệp này, và nó đã chạy chưa?"
        level = "high"
        tags = "attack.stealth,attack.t1036.007,attack.t1036.008"
        id = "ea0ecea8-0437-5d0e-83be-6c99b1737d97"
    condition:
        (
            (filetype == "ELF" or filetype == "EXE") and
            extension matches /^\.(pdf|docx?|xlsx?|pptx?|odt|rtf|jpe?g|png|gif|bmp|txt|csv|html?|mp3|mp4|zip|rar)$/i
        ) or (
            (filetype == "ELF" or filetype == "EXE" or filetype == "LNK" or filetype == "SCRIPT") and
            filename matches /\.(pdf|docx?|xlsx?|pptx?|jpe?g|png|txt)[ _.]{0,40}\.(exe|scr|com|pif|lnk|js|vbs|hta|sh|desktop)$/i
        )
}
