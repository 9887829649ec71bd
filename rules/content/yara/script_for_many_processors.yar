rule script_for_many_processors
{
    meta:
        title = "Script that tries one download for many processor types"
        title_vi = "Tập lệnh thử một tệp tải về cho nhiều loại vi xử lý"
        description = "A shell script fetches builds of one program for several processor families and runs whichever works, as bot networks do."
        description_vi = "Tập lệnh shell tải bản dựng của một chương trình cho nhiều họ vi xử lý rồi chạy bản nào dùng được, như mạng botnet."
        falsepositives = "Build scripts that fetch toolchains for several systems"
        falsepositives_vi = "Tập lệnh dựng phần mềm tải bộ công cụ cho nhiều hệ"
        triage = "Read the script: what does it fetch, and from where?"
        triage = "Does the host talk to the addresses in it?"
        triage_vi = "Đọc tập lệnh: nó tải gì, từ đâu?"
        triage_vi = "Máy có kết nối tới các địa chỉ trong đó không?"
        level = "high"
        tags = "attack.command-and-control,attack.t1105,attack.resource-development,attack.t1584.005"
        id = "65554590-62f1-5183-ab25-343e550480b1"
    strings:
        $start = "#!"
        $fetch = /\b(curl|wget|tftp|ftpget)\b/
        $mode = /\bchmod\s+(\+x|0?7[0-7]{2})/
        $mips = /[.\/_ -](mips|mipsel|mpsl)\b/
        $arm = /[.\/_ -](arm|arm[4-7]l?|armv[5-7]l?|aarch64)\b/
        $power = /[.\/_ -](ppc|powerpc|ppc440fp)\b/
        $sh4 = /[.\/_ -](sh4|m68k|m68|spc|sparc)\b/
        $intel = /[.\/_ -](x86|i[3-6]86|x86_64)\b/
    condition:
        $start at 0 and filesize < 64KB and $mode and #fetch >= 3 and 3 of ($mips, $arm, $power, $sh4, $intel)
}
