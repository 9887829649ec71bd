rule tunnel_tool
{
    meta:
        title = "Tool that opens a tunnel out of the network"
        title_vi = "Công cụ mở đường hầm ra ngoài mạng"
        description = "A program has the marks of a common tool that carries connections in from outside through one it opens itself."
        description_vi = "Chương trình mang dấu của công cụ thường dùng để đưa kết nối từ ngoài vào qua kết nối do nó mở."
        falsepositives = "Remote access that the administrators set up with such a tool"
        falsepositives_vi = "Truy cập từ xa do quản trị cài bằng công cụ này"
        triage = "Which server does it connect to?"
        triage = "Who wrote the file, and has it run?"
        triage_vi = "Nó nối tới máy chủ nào?"
        triage_vi = "Ai đã ghi tệp này, và nó đã chạy chưa?"
        level = "high"
        tags = "attack.command-and-control,attack.t1572,attack.t1090"
        id = "fabe4ad6-262f-53d0-94c7-11ac8273240c"
        scan_context = "file"
    strings:
        $chisel = "github.com/jpillora/chisel/" ascii
        $ligolo = "github.com/nicocha30/ligolo-ng/" ascii
        $frp = "github.com/fatedier/frp/" ascii
        $gost = "github.com/ginuerzh/gost" ascii
        $rathole = "rathole::" ascii
        $stowaway = "Stowaway/agent/" ascii
        $iox = "iox/operate." ascii
        $revsocks = "revsocks/" ascii
    condition:
        (uint32(0) == 0x464C457F or uint16(0) == 0x5A4D) and filesize < 64MB and
        ((#chisel > 2) or (#ligolo > 2) or (#frp > 2) or (#gost > 2) or (#rathole > 2) or #stowaway > 2 or #iox > 2 or #revsocks > 2)
}
