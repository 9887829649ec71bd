"""What an author is told where a file is no YAML, or no YARA, to the library that reads it."""

from tramgac_rules.authoring.texts import Words


class FileRefusal(Words):
    """A sentence."""

    # YAML.
    YAML = "its reader says {why!r}", "bộ đọc báo {why!r}"
    MEND_PLACE = "Mend this place or the line above it.", "Hãy sửa chỗ này hoặc dòng ngay trên."
    START = (
        "a tab, or a character that has a meaning of its own, stands here",
        "ở đây có tab hoặc ký tự mang nghĩa riêng",
    )
    SPACE_OR_QUOTE = (
        "Indent with spaces; put a value that begins with @, %, ` or the like in quotes.",
        "Hãy thụt lề bằng dấu cách; đặt giá trị bắt đầu bằng @, %, ` hoặc tương tự trong dấu nháy.",
    )
    COLON = "a key or a list begins where none can", "một khóa hoặc danh sách bắt đầu ở nơi không thể"
    QUOTE_COLON = (
        "Put a value that holds `: ` or begins with `- ` in quotes, or begin a new line.",
        "Hãy đặt giá trị chứa `: ` hoặc bắt đầu bằng `- ` trong dấu nháy, hoặc xuống dòng mới.",
    )
    ENDED = "this goes on with nothing that stands above", "chỗ này không nối tiếp phần nào ở trên"
    ALIGN = (
        "Indent it as what it belongs to; write a quote inside single quotes twice.",
        "Hãy thụt lề như phần mà nó thuộc về; dấu nháy đơn bên trong nháy đơn thì viết hai lần.",
    )
    NO_VALUE = "a value is expected here", "cần một giá trị ở đây"
    WRITE_VALUE = (
        "Write it, close the bracket before it, or put it in quotes.",
        "Hãy viết giá trị, đóng ngoặc ở trước, hoặc đặt nó trong dấu nháy.",
    )
    NO_COLON = "a key has no colon", "một khóa thiếu dấu hai chấm"
    WRITE_COLON = "Write `KEY: VALUE`.", "Hãy viết `KHÓA: GIÁ TRỊ`."
    OPEN = "a list or a mapping in brackets is never closed", "một danh sách hoặc ánh xạ trong ngoặc không được đóng"
    CLOSE = (
        "Write the missing {what}, or a comma before this.",
        "Hãy viết dấu {what} còn thiếu, hoặc dấu phẩy trước chỗ này.",
    )
    TEXT_OPEN = "a text in quotes is never closed", "một chuỗi trong dấu nháy không được đóng"
    CLOSE_TEXT = "Write the missing quote.", "Hãy viết dấu nháy còn thiếu."
    ALIAS = (
        "a value that begins with * or & names another place, and there is none",
        ("giá trị bắt đầu bằng * hoặc & là tên một chỗ khác, mà chỗ đó không có"),
    )
    QUOTE = "Put the value in quotes.", "Hãy đặt giá trị trong dấu nháy."
    ESCAPE = "there is no such escape in double quotes", "trong dấu nháy kép không có ký hiệu thoát như vậy"
    WRITE_ESCAPE = (
        "Put the text in single quotes, where a backslash is one.",
        "Hãy đặt chuỗi trong nháy đơn, nơi dấu gạch chéo ngược giữ nguyên nghĩa.",
    )
    CONTROL = "it holds a control character", "có ký tự điều khiển"
    LEAVE_OUT = "Leave it out.", "Hãy bỏ nó."
    TAG = "the type {what} is not taken", "không nhận kiểu {what}"
    NO_TAG = (
        "Leave the word with ! out, or put the value in quotes.",
        "Hãy bỏ từ có dấu !, hoặc đặt giá trị trong dấu nháy.",
    )
    DEEP = "it is nested too deeply", "lồng quá sâu"
    FLATTEN = "Split it into parts that stand side by side.", "Hãy tách thành các phần đặt cạnh nhau."
    REST_UNREAD = "What follows it in the file was not read.", "Phần sau đó của tệp chưa được đọc."
    # YARA.
    YARA = "YARA says {why!r}", "YARA báo {why!r}"
    SEE_YARA = "See the manual of YARA.", "Hãy xem tài liệu của YARA."
    NO_STRING = "there is no string {what}", "không có chuỗi {what}"
    ADD_STRING = "Add it to `strings:`, or mend the name.", "Hãy thêm nó vào `strings:`, hoặc sửa tên."
    NO_NAME = "the name {what} is unknown", "không biết tên {what}"
    IMPORT = (
        "Import the module that it is of, or write the rule before this one.",
        "Hãy import mô-đun chứa nó, hoặc viết luật đó trước luật này.",
    )
    STRING_UNUSED = "no condition uses the string {what}", "không condition nào dùng chuỗi {what}"
    USE_STRING = (
        "Use it, take it out, or let its name begin with $_.",
        "Hãy dùng nó, bỏ nó, hoặc đặt tên bắt đầu bằng $_.",
    )
    TWICE = "the name {what} is given twice", "tên {what} được đặt hai lần"
    RENAME = "Give one of them another name.", "Hãy đổi tên một trong hai."
    NO_MODULE = "there is no module {what} here", "ở đây không có mô-đun {what}"
    OTHER_MODULE = "Leave the import out, and what needs it.", "Hãy bỏ import đó và phần cần đến nó."
    NO_FIELD = "the module has no {what}", "mô-đun không có {what}"
    SEE_MODULE = "See the module in the manual of YARA.", "Hãy xem mô-đun này trong tài liệu của YARA."
    ARGUMENTS = "{what} is not called like this", "{what} không được gọi như vậy"
    EMPTY = "the string {what} is empty", "chuỗi {what} trống"
    FILL = "Write a text of some characters.", "Hãy viết một chuỗi có vài ký tự."
    HEX = "{what} is no string of bytes in hexadecimal", "{what} không phải chuỗi byte dạng thập lục phân"
    WRITE_HEX = "Write two digits a byte, as {{ 4D 5A ?? }}.", "Hãy viết hai chữ số mỗi byte, ví dụ {{ 4D 5A ?? }}."
    EXPRESSION = "{what} is no regular expression", "{what} không phải biểu thức chính quy"
    WRITE_EXPRESSION = (
        "Close its groups; look-around and back-references are out.",
        "Hãy đóng các nhóm; không dùng được look-around và tham chiếu ngược.",
    )
    TYPES = "the two sides are of different types", "hai vế thuộc kiểu khác nhau"
    SAME_TYPES = "Compare numbers with numbers, texts with texts.", "Hãy so số với số, chuỗi với chuỗi."
    INCLUDE = "include is out", "không dùng được include"
    PUT_IN = "Put what it includes into this file.", "Hãy đưa nội dung đó vào tệp này."
    FILE_ENDS = "the rule, or a text in it, is never closed", "luật hoặc một chuỗi trong luật không được đóng"
    CLOSE_ALL = (
        "Look above this line for a missing quote, / or }}, and for a character that YARA does not take.",
        "Hãy xem phía trên dòng này có thiếu dấu nháy, / hoặc }}, hay có ký tự mà YARA không nhận.",
    )
    UNEXPECTED = "{given} stands where it cannot", "{given} đứng ở nơi không thể"
    WRITE_EXPECTED = "YARA expects {wanted} before it.", "YARA cần {wanted} ở trước."
